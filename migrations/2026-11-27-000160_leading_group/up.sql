-- Who leads a campaign and who inspects. Each list is written whole, in its order.

CREATE TABLE campaign_leading_group (
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    place INTEGER NOT NULL,
    name TEXT NOT NULL,
    unit TEXT,
    post TEXT,
    position TEXT NOT NULL,
    user_id TEXT REFERENCES accounts (id),
    PRIMARY KEY (campaign_id, place)
);

-- `member_ids` is a JSON array of accounts.
CREATE TABLE campaign_teams (
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    place INTEGER NOT NULL,
    name TEXT NOT NULL,
    head_id TEXT REFERENCES accounts (id),
    member_ids TEXT NOT NULL,
    PRIMARY KEY (campaign_id, place)
);

-- The account of the leading group's head, kept with the list.
ALTER TABLE campaigns ADD COLUMN head_id TEXT REFERENCES accounts (id);
