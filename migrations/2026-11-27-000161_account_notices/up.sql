-- Some notices belong to no campaign: invitations, one-time links, changed addresses. SQLite cannot take a
-- NOT NULL away, so the ledger's three tables are made anew and filled from the old ones, on both engines alike.

CREATE TABLE new_notices (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    campaign_id TEXT REFERENCES campaigns (id),
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
INSERT INTO new_notices (
    id, version, campaign_id, kind, event_key, recipient, audience, unit_id, account_id, address, record_kind,
    record_id, status, content, created_at, due_at, ended_at, next_attempt_at, attempts, lease, lease_until,
    message_id, object_key, object_sha256, rendered_at, words, overtaken_by, cancel_reason, told_channel,
    told_name, told_at, told_note
) SELECT
    id, version, campaign_id, kind, event_key, recipient, audience, unit_id, account_id, address, record_kind,
    record_id, status, content, created_at, due_at, ended_at, next_attempt_at, attempts, lease, lease_until,
    message_id, object_key, object_sha256, rendered_at, words, overtaken_by, cancel_reason, told_channel,
    told_name, told_at, told_note
FROM notices;

CREATE TABLE new_notice_attempts (
    id TEXT NOT NULL PRIMARY KEY,
    notice_id TEXT NOT NULL REFERENCES new_notices (id),
    status TEXT NOT NULL,
    address TEXT NOT NULL,
    message_id TEXT NOT NULL,
    object_key TEXT NOT NULL,
    object_sha256 TEXT NOT NULL,
    started_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP,
    reply TEXT
);
INSERT INTO new_notice_attempts (
    id, notice_id, status, address, message_id, object_key, object_sha256, started_at, ended_at, reply
) SELECT
    id, notice_id, status, address, message_id, object_key, object_sha256, started_at, ended_at, reply
FROM notice_attempts;

CREATE TABLE new_notice_items (
    notice_id TEXT NOT NULL REFERENCES new_notices (id),
    record_id TEXT NOT NULL,
    unit_id TEXT NOT NULL REFERENCES units (id),
    kind TEXT NOT NULL,
    due_on DATE NOT NULL,
    recipient TEXT NOT NULL,
    stage INTEGER NOT NULL,
    PRIMARY KEY (notice_id, record_id),
    UNIQUE (kind, record_id, due_on, recipient, stage)
);
INSERT INTO new_notice_items (notice_id, record_id, unit_id, kind, due_on, recipient, stage)
SELECT notice_id, record_id, unit_id, kind, due_on, recipient, stage FROM notice_items;

DROP TABLE notice_items;
DROP TABLE notice_attempts;
DROP TABLE notices;
-- Both engines carry the references along.
ALTER TABLE new_notices RENAME TO notices;
ALTER TABLE new_notice_attempts RENAME TO notice_attempts;
ALTER TABLE new_notice_items RENAME TO notice_items;

CREATE INDEX notices_campaign ON notices (campaign_id, id);
CREATE INDEX notices_unit ON notices (unit_id, id);
CREATE INDEX notices_account ON notices (account_id, status);
CREATE INDEX notices_due ON notices (status, next_attempt_at);
CREATE INDEX notice_attempts_notice ON notice_attempts (notice_id, id);
CREATE INDEX notice_items_unit ON notice_items (unit_id, notice_id);
