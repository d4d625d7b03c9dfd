-- One portable set for SQLite and PostgreSQL. Identifiers are UUID texts, instants UTC
-- without a zone, JSON is text, areas are integer hundredths of a square metre.

CREATE TABLE accounts (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    username TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    email TEXT,
    password_hash TEXT NOT NULL,
    password_initial BOOLEAN NOT NULL,
    status TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE account_grants (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    role TEXT NOT NULL,
    unit_id TEXT
);
CREATE INDEX account_grants_account ON account_grants (account_id);
CREATE INDEX account_grants_unit ON account_grants (unit_id, role);

-- Times of the system clock: a simulated campaign ends no session.
CREATE TABLE sessions (
    token_hash TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    created_at TIMESTAMP NOT NULL,
    last_used_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id);

CREATE TABLE login_failures (
    subject TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at TIMESTAMP NOT NULL
);

CREATE TABLE idempotency_keys (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    headers TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (account_id, key)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);

-- `tx` orders the changes: on PostgreSQL the transaction's id, on SQLite the last plus one.
CREATE TABLE audit_events (
    id TEXT NOT NULL PRIMARY KEY,
    tx BIGINT NOT NULL,
    at TIMESTAMP NOT NULL,
    actor_id TEXT,
    actor_name TEXT NOT NULL,
    request_id TEXT NOT NULL,
    action TEXT NOT NULL,
    record_kind TEXT NOT NULL,
    record_id TEXT NOT NULL,
    unit_id TEXT,
    campaign_id TEXT,
    reason TEXT,
    before TEXT,
    after TEXT
);
CREATE INDEX audit_events_tx ON audit_events (tx, id);
CREATE INDEX audit_events_record ON audit_events (record_kind, record_id);

-- A row stands here only in a simulated database.
CREATE TABLE civil_clock (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    offset_micros BIGINT NOT NULL
);

-- Document numbers: never max() + 1.
CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);

CREATE TABLE dictionary_entries (
    list TEXT NOT NULL,
    code TEXT NOT NULL,
    position INTEGER NOT NULL,
    label_zh TEXT NOT NULL,
    label_en TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    PRIMARY KEY (list, code, valid_from)
);

INSERT INTO dictionary_entries (list, code, position, label_zh, label_en, valid_from) VALUES
    ('nature', 'organ', 1, '党政机关', 'Party or government organ', '1949-10-01'),
    ('nature', 'civil_service_institution', 2, '参照公务员法管理的事业单位', 'Institution under the Civil Servants Law', '1949-10-01'),
    ('nature', 'people_organisation', 3, '人民团体', 'People''s organisation', '1949-10-01'),
    ('nature', 'public_institution', 4, '事业单位', 'Public institution', '1949-10-01'),
    ('nature', 'enterprise', 5, '企业', 'Enterprise', '1949-10-01'),
    ('nature', 'other', 6, '其他', 'Other', '1949-10-01');
