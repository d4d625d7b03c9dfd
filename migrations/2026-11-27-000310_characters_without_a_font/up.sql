-- Files are stored as they are rendered, so that storing is no stage of its own.
UPDATE reports SET stage = 'rendering' WHERE stage = 'storing';

-- What the files of a report print as empty boxes, since no font of the worker's machine has it: JSON, none where all is printed.
ALTER TABLE reports ADD COLUMN missing_characters TEXT;
