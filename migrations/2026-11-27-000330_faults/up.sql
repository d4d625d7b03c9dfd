-- What was set aside since it could not be read or worked on, and why: the others go on. Timed by the system clock.
CREATE TABLE faults (
    subject TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    since TIMESTAMP NOT NULL,
    PRIMARY KEY (subject, subject_id)
);
INSERT INTO faults (subject, subject_id, reason, since)
SELECT 'job', id, COALESCE(last_error, ''), run_at FROM jobs WHERE status = 'dead';

-- Why no mail was taken since the last that was, and how often the server was given a rest meanwhile.
ALTER TABLE schedules ADD COLUMN fault TEXT;
ALTER TABLE schedules ADD COLUMN rests INTEGER NOT NULL DEFAULT 0;
