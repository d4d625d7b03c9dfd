-- A leader's endorsement (审定) stands beside the report, whose files do not change: all four columns, or none.
ALTER TABLE reports ADD COLUMN endorsed_by TEXT REFERENCES accounts (id);
ALTER TABLE reports ADD COLUMN endorsed_by_name TEXT;
ALTER TABLE reports ADD COLUMN endorsed_at TIMESTAMP;
ALTER TABLE reports ADD COLUMN endorsement_opinion TEXT;
