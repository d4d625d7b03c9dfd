-- A planned visit to a unit that went into another is one to the successor, and names both.
ALTER TABLE visits ADD COLUMN former_unit_id TEXT REFERENCES units (id);
