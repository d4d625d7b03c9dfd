-- Civil dates are in the campaign's time zone. What lives only under a campaign has no version of
-- its own: writing it raises the campaign's.

CREATE TABLE campaigns (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    document_number TEXT,
    time_zone TEXT NOT NULL,
    status TEXT NOT NULL,
    mail_content TEXT NOT NULL,
    office TEXT NOT NULL,
    order_prefix TEXT NOT NULL,
    overdue_self_checks TEXT NOT NULL,
    overdue_rectifications TEXT NOT NULL,
    sending_hours TEXT NOT NULL,
    opened_at TIMESTAMP,
    closed_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX campaigns_status ON campaigns (status);

CREATE TABLE campaign_phases (
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    kind TEXT NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    PRIMARY KEY (campaign_id, kind)
);

-- Changes of dates after the opening.
CREATE TABLE phase_decisions (
    id TEXT NOT NULL PRIMARY KEY,
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    kind TEXT NOT NULL,
    starts_on_before DATE NOT NULL,
    ends_on_before DATE NOT NULL,
    starts_on_after DATE NOT NULL,
    ends_on_after DATE NOT NULL,
    reason TEXT NOT NULL,
    decided_by TEXT,
    decided_by_name TEXT NOT NULL,
    decided_at TIMESTAMP NOT NULL
);
CREATE INDEX phase_decisions_campaign ON phase_decisions (campaign_id, id);

CREATE TABLE campaign_focus_items (
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    item TEXT NOT NULL,
    position INTEGER NOT NULL,
    title TEXT NOT NULL,
    PRIMARY KEY (campaign_id, item)
);

CREATE TABLE campaign_materials (
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    key TEXT NOT NULL,
    position INTEGER NOT NULL,
    title TEXT NOT NULL,
    PRIMARY KEY (campaign_id, key)
);

CREATE TABLE campaign_documents (
    id TEXT NOT NULL PRIMARY KEY,
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    position INTEGER NOT NULL,
    title TEXT NOT NULL,
    document_number TEXT,
    attachment_id TEXT
);
CREATE INDEX campaign_documents_campaign ON campaign_documents (campaign_id, position);

-- A unit that is taken out of an open campaign stays here: its self-check is excused.
CREATE TABLE campaign_units (
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    unit_id TEXT NOT NULL REFERENCES units (id),
    selected_for_visit BOOLEAN NOT NULL,
    self_check_due_on DATE,
    PRIMARY KEY (campaign_id, unit_id)
);
CREATE INDEX campaign_units_unit ON campaign_units (unit_id, campaign_id);
