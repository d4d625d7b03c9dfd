-- Signed forms: one row a form in `forms`, whatever kind it is, with what stands under it; what is written on a kind
-- is in tables of that kind. `form_seals.content` holds the canonical bytes (RFC 8785).

CREATE TABLE forms (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    version BIGINT NOT NULL,
    status TEXT NOT NULL,
    visit_id TEXT NOT NULL REFERENCES visits (id),
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    unit_id TEXT NOT NULL REFERENCES units (id),
    unit_name TEXT NOT NULL,
    requested_at TIMESTAMP,
    void_reason TEXT,
    created_by TEXT REFERENCES accounts (id),
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX forms_campaign ON forms (campaign_id, id);
CREATE INDEX forms_unit ON forms (unit_id, id);
CREATE INDEX forms_visit ON forms (visit_id, id);

-- `supplement` is the number of the supplement that is signed; null for the form itself.
CREATE TABLE form_signatures (
    id TEXT NOT NULL PRIMARY KEY,
    form_id TEXT NOT NULL REFERENCES forms (id),
    supplement INTEGER,
    side TEXT NOT NULL,
    name TEXT NOT NULL,
    post TEXT NOT NULL,
    medium TEXT NOT NULL,
    attachment_id TEXT REFERENCES attachments (id),
    account_id TEXT REFERENCES accounts (id),
    signed_at TIMESTAMP NOT NULL,
    received_at TIMESTAMP NOT NULL,
    received_from TEXT REFERENCES accounts (id),
    sha256 TEXT NOT NULL,
    voided_at TIMESTAMP
);
CREATE INDEX form_signatures_of ON form_signatures (form_id, received_at, id);

CREATE TABLE form_refusals (
    id TEXT NOT NULL PRIMARY KEY,
    form_id TEXT NOT NULL REFERENCES forms (id),
    reason TEXT NOT NULL,
    name TEXT,
    post TEXT,
    refused_at TIMESTAMP NOT NULL,
    received_at TIMESTAMP NOT NULL,
    recorded_by TEXT REFERENCES accounts (id),
    sha256 TEXT NOT NULL,
    voided_at TIMESTAMP
);
CREATE INDEX form_refusals_of ON form_refusals (form_id, received_at, id);

CREATE TABLE form_seals (
    form_id TEXT NOT NULL PRIMARY KEY REFERENCES forms (id),
    content TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    stamp TEXT,
    sealed_at TIMESTAMP NOT NULL,
    sealed_by TEXT REFERENCES accounts (id),
    sealed_by_name TEXT NOT NULL
);

CREATE TABLE form_supplements (
    id TEXT NOT NULL PRIMARY KEY,
    form_id TEXT NOT NULL REFERENCES forms (id),
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    created_by TEXT REFERENCES accounts (id),
    created_by_name TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (form_id, number)
);

CREATE TABLE inspections (
    form_id TEXT NOT NULL PRIMARY KEY REFERENCES forms (id),
    inspected_on DATE NOT NULL,
    methods TEXT NOT NULL,
    principal TEXT,
    address TEXT,
    contact_name TEXT,
    contact_phone TEXT,
    note TEXT,
    replaces TEXT UNIQUE REFERENCES forms (id)
);

CREATE TABLE inspection_items (
    id TEXT NOT NULL PRIMARY KEY,
    form_id TEXT NOT NULL REFERENCES forms (id),
    position INTEGER NOT NULL,
    focus_item TEXT NOT NULL,
    result TEXT NOT NULL,
    content TEXT,
    problem TEXT,
    handling_opinion TEXT,
    attachment_ids TEXT NOT NULL
);
CREATE INDEX inspection_items_of ON inspection_items (form_id, position);
