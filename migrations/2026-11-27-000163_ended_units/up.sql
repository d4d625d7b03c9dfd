-- Units that went into another or exist no more. What was open passes to the successor and names both.
ALTER TABLE units ADD COLUMN successor_id TEXT REFERENCES units (id);
ALTER TABLE units ADD COLUMN ended_on DATE;
ALTER TABLE findings ADD COLUMN former_unit_id TEXT REFERENCES units (id);
ALTER TABLE rectifications ADD COLUMN former_unit_id TEXT REFERENCES units (id);
