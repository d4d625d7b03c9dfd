-- A person and the rooms for the person's use, in one campaign and unit. The rooms are JSON: they are read and
-- written as a whole. What is measured has its day.
CREATE TABLE leader_offices (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    unit_id TEXT NOT NULL REFERENCES units (id),
    person_name TEXT NOT NULL,
    person_key TEXT NOT NULL,
    service_status TEXT NOT NULL,
    level TEXT,
    rank_grade TEXT,
    standard_level TEXT,
    standard_level_reason TEXT,
    principal_chief BOOLEAN NOT NULL,
    post TEXT,
    department TEXT,
    formalities_on DATE,
    vacated_on DATE,
    second_office_approval TEXT,
    selected_for_measurement BOOLEAN NOT NULL,
    declared_rooms TEXT NOT NULL,
    measured_rooms TEXT NOT NULL,
    measured_on DATE,
    note TEXT,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (campaign_id, unit_id, person_name, person_key)
);
CREATE INDEX leader_offices_campaign ON leader_offices (campaign_id, id);
CREATE INDEX leader_offices_unit ON leader_offices (unit_id, id);

ALTER TABLE findings ADD COLUMN leader_office_id TEXT REFERENCES leader_offices (id);
CREATE INDEX findings_leader_office ON findings (leader_office_id);
