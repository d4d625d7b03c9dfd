-- What belongs to nobody's record yet has an `expires_at`, in the system's time; the record's columns are
-- set once, together, when it is linked.
CREATE TABLE attachments (
    id TEXT NOT NULL PRIMARY KEY,
    uploader_id TEXT NOT NULL REFERENCES accounts (id),
    file_name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    object_key TEXT NOT NULL UNIQUE,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP,
    record_kind TEXT,
    record_id TEXT,
    unit_id TEXT REFERENCES units (id),
    campaign_id TEXT REFERENCES campaigns (id)
);
CREATE INDEX attachments_expires ON attachments (expires_at);
CREATE INDEX attachments_record ON attachments (record_kind, record_id);
