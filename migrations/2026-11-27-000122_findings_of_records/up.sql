-- The record and the item on which a finding rests.

ALTER TABLE findings ADD COLUMN inspection_id TEXT REFERENCES forms (id);
ALTER TABLE findings ADD COLUMN inspection_item_id TEXT;
CREATE INDEX findings_inspection ON findings (inspection_id, id);
