CREATE TABLE findings (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    unit_id TEXT NOT NULL REFERENCES units (id),
    focus_item TEXT NOT NULL,
    source TEXT NOT NULL,
    severity TEXT NOT NULL,
    description TEXT NOT NULL,
    handling_opinion TEXT,
    misreporting TEXT NOT NULL,
    misreporting_serious BOOLEAN NOT NULL,
    status TEXT NOT NULL,
    self_check_id TEXT REFERENCES self_checks (id),
    created_by TEXT REFERENCES accounts (id),
    created_at TIMESTAMP NOT NULL,
    UNIQUE (self_check_id, focus_item)
);
CREATE INDEX findings_campaign ON findings (campaign_id, id);
CREATE INDEX findings_unit ON findings (unit_id, id);

CREATE TABLE rectifications (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    unit_id TEXT NOT NULL REFERENCES units (id),
    finding_id TEXT NOT NULL REFERENCES findings (id),
    number TEXT UNIQUE,
    status TEXT NOT NULL,
    mode TEXT NOT NULL,
    requirement TEXT NOT NULL,
    due_on DATE NOT NULL,
    first_due_on DATE NOT NULL,
    responsible_person TEXT,
    goal TEXT,
    evidence TEXT,
    submitted_at TIMESTAMP,
    submitted_by TEXT REFERENCES accounts (id),
    submitted_late BOOLEAN NOT NULL,
    entered_for_unit BOOLEAN NOT NULL,
    return_reason TEXT,
    close_opinion TEXT,
    closed_at TIMESTAMP,
    withdraw_reason TEXT,
    ordered_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX rectifications_campaign ON rectifications (campaign_id, id);
CREATE INDEX rectifications_unit ON rectifications (unit_id, id);
CREATE INDEX rectifications_finding ON rectifications (finding_id, id);

CREATE TABLE rectification_measures (
    id TEXT NOT NULL PRIMARY KEY,
    rectification_id TEXT NOT NULL REFERENCES rectifications (id),
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    due_on DATE NOT NULL,
    status TEXT NOT NULL,
    done_on DATE
);
CREATE INDEX rectification_measures_of ON rectification_measures (rectification_id, position);

CREATE TABLE rectification_progress (
    id TEXT NOT NULL PRIMARY KEY,
    rectification_id TEXT NOT NULL REFERENCES rectifications (id),
    at TIMESTAMP NOT NULL,
    author TEXT NOT NULL,
    text TEXT NOT NULL,
    attachment_ids TEXT NOT NULL
);
CREATE INDEX rectification_progress_of ON rectification_progress (rectification_id, id);
