-- The ledger of notices: a row a recipient. Civil instants, except what times the delivery
-- (`next_attempt_at`, `lease_until`), which is the system clock's.
--
-- `event_key` is the event's id, or campaign and civil date for the kinds of the daily scan;
-- `recipient` is the address, or who has none.

CREATE TABLE notices (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    kind TEXT NOT NULL,
    event_key TEXT NOT NULL,
    recipient TEXT NOT NULL,
    audience TEXT NOT NULL,
    unit_id TEXT REFERENCES units (id),
    account_id TEXT REFERENCES accounts (id),
    address TEXT,
    record_kind TEXT NOT NULL,
    record_id TEXT NOT NULL,
    status TEXT NOT NULL,
    content TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    due_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP,
    next_attempt_at TIMESTAMP NOT NULL,
    attempts INTEGER NOT NULL,
    lease BIGINT NOT NULL,
    lease_until TIMESTAMP,
    message_id TEXT,
    object_key TEXT,
    object_sha256 TEXT,
    rendered_at TIMESTAMP,
    words TEXT,
    overtaken_by TEXT,
    cancel_reason TEXT,
    told_channel TEXT,
    told_name TEXT,
    told_at TIMESTAMP,
    told_note TEXT,
    UNIQUE (kind, event_key, recipient)
);
CREATE INDEX notices_campaign ON notices (campaign_id, id);
CREATE INDEX notices_unit ON notices (unit_id, id);
CREATE INDEX notices_due ON notices (status, next_attempt_at);

CREATE TABLE notice_attempts (
    id TEXT NOT NULL PRIMARY KEY,
    notice_id TEXT NOT NULL REFERENCES notices (id),
    status TEXT NOT NULL,
    address TEXT NOT NULL,
    message_id TEXT NOT NULL,
    object_key TEXT NOT NULL,
    object_sha256 TEXT NOT NULL,
    started_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP,
    reply TEXT
);
CREATE INDEX notice_attempts_notice ON notice_attempts (notice_id, id);

-- What the daily scan has told about each record. A record that gets another due date starts anew.
CREATE TABLE notice_items (
    notice_id TEXT NOT NULL REFERENCES notices (id),
    record_id TEXT NOT NULL,
    unit_id TEXT NOT NULL REFERENCES units (id),
    kind TEXT NOT NULL,
    due_on DATE NOT NULL,
    recipient TEXT NOT NULL,
    stage INTEGER NOT NULL,
    PRIMARY KEY (notice_id, record_id),
    UNIQUE (kind, record_id, due_on, recipient, stage)
);
CREATE INDEX notice_items_unit ON notice_items (unit_id, notice_id);
