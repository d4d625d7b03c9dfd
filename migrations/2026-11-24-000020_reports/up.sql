-- Versions of the district report. `number` counts within the campaign and is given once the figures
-- passed their check; `stage` is where the compiling is.
CREATE TABLE reports (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    edition TEXT NOT NULL,
    status TEXT NOT NULL,
    number TEXT,
    requested_by TEXT REFERENCES accounts (id),
    stage TEXT,
    failure_reason TEXT,
    compiled_at TIMESTAMP,
    ready_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (campaign_id, number)
);
CREATE INDEX reports_campaign ON reports (campaign_id, id);

-- The first file of a report is its snapshot: where that stands, the version no longer changes, and every
-- other format is made from it.
CREATE TABLE report_files (
    report_id TEXT NOT NULL REFERENCES reports (id),
    format TEXT NOT NULL,
    object_key TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    PRIMARY KEY (report_id, format)
);

-- What people write for the next report of a campaign. Writing it raises the campaign's version.
CREATE TABLE report_texts (
    campaign_id TEXT NOT NULL PRIMARY KEY REFERENCES campaigns (id),
    addressee TEXT,
    document_number TEXT,
    signer TEXT,
    sections TEXT NOT NULL,
    typical_cases TEXT NOT NULL
);
