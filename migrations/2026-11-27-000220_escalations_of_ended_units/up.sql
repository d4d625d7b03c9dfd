-- An escalation about a unit that went into another is one about the successor, and names both.
ALTER TABLE escalations ADD COLUMN former_unit_id TEXT REFERENCES units (id);
