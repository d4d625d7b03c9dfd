-- Accounts of programs. Each is an account too, so that whatever names who did something can name it; its roles are
-- the account's grants. Expiry by the system clock, as of sessions.
ALTER TABLE accounts ADD COLUMN kind TEXT NOT NULL DEFAULT 'person';

CREATE TABLE service_accounts (
    id TEXT NOT NULL PRIMARY KEY REFERENCES accounts (id),
    version BIGINT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    unit_ids TEXT,
    read_only BOOLEAN NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    created_at TIMESTAMP NOT NULL
);
