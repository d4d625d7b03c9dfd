CREATE TABLE escalations (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    unit_id TEXT NOT NULL REFERENCES units (id),
    kind TEXT NOT NULL,
    addressee TEXT NOT NULL,
    facts TEXT NOT NULL,
    legal_basis TEXT,
    attachment_ids TEXT NOT NULL,
    status TEXT NOT NULL,
    decision TEXT,
    withdraw_reason TEXT,
    sent_at TIMESTAMP,
    answer TEXT,
    answer_attachment_ids TEXT NOT NULL,
    concluded_at TIMESTAMP,
    own_unit_allowed BOOLEAN NOT NULL,
    created_by TEXT REFERENCES accounts (id),
    proposed_by TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX escalations_campaign ON escalations (campaign_id, id);
CREATE INDEX escalations_unit ON escalations (unit_id, id);

CREATE TABLE escalation_findings (
    escalation_id TEXT NOT NULL REFERENCES escalations (id),
    finding_id TEXT NOT NULL REFERENCES findings (id),
    PRIMARY KEY (escalation_id, finding_id)
);
CREATE INDEX escalation_findings_finding ON escalation_findings (finding_id);

CREATE TABLE escalation_rectifications (
    escalation_id TEXT NOT NULL REFERENCES escalations (id),
    rectification_id TEXT NOT NULL REFERENCES rectifications (id),
    PRIMARY KEY (escalation_id, rectification_id)
);
CREATE INDEX escalation_rectifications_rectification ON escalation_rectifications (rectification_id);
