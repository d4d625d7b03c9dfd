ALTER TABLE findings ADD COLUMN confirmed_at TIMESTAMP;
ALTER TABLE findings ADD COLUMN merged_into TEXT REFERENCES findings (id);
ALTER TABLE findings ADD COLUMN dismissal_reason TEXT;
ALTER TABLE findings ADD COLUMN close_opinion TEXT;
ALTER TABLE findings ADD COLUMN closed_at TIMESTAMP;
ALTER TABLE findings ADD COLUMN attachment_ids TEXT NOT NULL DEFAULT '[]';
UPDATE findings SET confirmed_at = created_at WHERE status <> 'draft';
