-- A leader office of a unit that went into another is one of the successor, and names both.
ALTER TABLE leader_offices ADD COLUMN former_unit_id TEXT REFERENCES units (id);
