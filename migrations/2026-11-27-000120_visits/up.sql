-- `planned_on` is the civil date of `planned_at` in the campaign's time zone; `sequence` counts the changes that
-- calendars are told (RFC 5545).

CREATE TABLE visits (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    unit_id TEXT NOT NULL REFERENCES units (id),
    planned_at TIMESTAMP NOT NULL,
    planned_on DATE NOT NULL,
    team TEXT,
    note TEXT,
    status TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    timing TEXT,
    completed_at TIMESTAMP,
    cancel_reason TEXT,
    created_by TEXT REFERENCES accounts (id),
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX visits_campaign ON visits (campaign_id, id);
CREATE INDEX visits_unit ON visits (unit_id, id);

CREATE TABLE visit_inspectors (
    visit_id TEXT NOT NULL REFERENCES visits (id),
    account_id TEXT NOT NULL REFERENCES accounts (id),
    position INTEGER NOT NULL,
    PRIMARY KEY (visit_id, account_id)
);
CREATE INDEX visit_inspectors_account ON visit_inspectors (account_id, visit_id);
