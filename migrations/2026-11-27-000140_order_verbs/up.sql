ALTER TABLE campaigns ADD COLUMN orders_need_approval BOOLEAN NOT NULL DEFAULT FALSE;

ALTER TABLE rectifications ADD COLUMN approval TEXT;
ALTER TABLE rectifications ADD COLUMN times_returned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rectifications ADD COLUMN reopen_reason TEXT;
ALTER TABLE rectifications ADD COLUMN times_reopened INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rectifications ADD COLUMN deferral TEXT;
ALTER TABLE rectifications ADD COLUMN extensions TEXT NOT NULL DEFAULT '{"decided":[]}';
