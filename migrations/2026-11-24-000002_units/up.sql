CREATE TABLE units (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    standard_class TEXT NOT NULL,
    nature TEXT,
    region_code TEXT,
    uscc TEXT,
    principal TEXT,
    address TEXT,
    contact_name TEXT,
    contact_phone TEXT,
    contact_email TEXT,
    leader_email TEXT,
    restricted BOOLEAN NOT NULL,
    status TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX units_created ON units (created_at, id);
