-- Work that outlives a request, timed by the system clock. A job that is done leaves no row; one that
-- never will be stays, `dead`.
CREATE TABLE jobs (
    id TEXT NOT NULL PRIMARY KEY,
    job TEXT NOT NULL,
    dedup_key TEXT UNIQUE,
    status TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    run_at TIMESTAMP NOT NULL,
    attempts INTEGER NOT NULL,
    lease BIGINT NOT NULL,
    lease_until TIMESTAMP,
    last_error TEXT
);
CREATE INDEX jobs_due ON jobs (status, run_at);

-- What recurs, or waits, for all workers together; timed by the system clock.
CREATE TABLE schedules (
    name TEXT NOT NULL PRIMARY KEY,
    next_at TIMESTAMP NOT NULL,
    done_at TIMESTAMP,
    done_civil_at TIMESTAMP
);
INSERT INTO schedules (name, next_at) VALUES
    ('scan', '1970-01-01 00:00:00'),
    ('mail', '1970-01-01 00:00:00'),
    ('sweep', '1970-01-01 00:00:00');
