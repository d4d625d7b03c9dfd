-- `due_on` is the unit's own last day, where it has one; `timing` is decided by the first submission and
-- stays whatever dates change later.
CREATE TABLE self_checks (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    unit_id TEXT NOT NULL REFERENCES units (id),
    status TEXT NOT NULL,
    due_on DATE,
    answers TEXT NOT NULL,
    first_submitted_at TIMESTAMP,
    timing TEXT,
    submitted_at TIMESTAMP,
    submitted_by TEXT REFERENCES accounts (id),
    accepted_at TIMESTAMP,
    return_reason TEXT,
    excuse_reason TEXT,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (campaign_id, unit_id)
);
CREATE INDEX self_checks_unit ON self_checks (unit_id);

CREATE TABLE self_check_supplements (
    id TEXT NOT NULL PRIMARY KEY,
    self_check_id TEXT NOT NULL REFERENCES self_checks (id),
    text TEXT NOT NULL,
    attachment_ids TEXT NOT NULL,
    filed_by TEXT REFERENCES accounts (id),
    filed_by_name TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX self_check_supplements_check ON self_check_supplements (self_check_id, id);
