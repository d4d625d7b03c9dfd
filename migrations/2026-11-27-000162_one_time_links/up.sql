-- Links by which the holder of an account sets a password: kept as hashes, used once, timed by the system clock.

CREATE TABLE one_time_links (
    token_hash TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX one_time_links_account ON one_time_links (account_id);

-- Who took an account's place.
ALTER TABLE accounts ADD COLUMN successor_id TEXT REFERENCES accounts (id);
