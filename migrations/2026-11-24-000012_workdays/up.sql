-- The days that a yearly announcement moves. `notice` names it.
CREATE TABLE workday_years (
    year INTEGER NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    version BIGINT NOT NULL,
    notice TEXT NOT NULL
);

CREATE TABLE workdays (
    day DATE NOT NULL PRIMARY KEY,
    year INTEGER NOT NULL REFERENCES workday_years (year),
    kind TEXT NOT NULL
);
CREATE INDEX workdays_year ON workdays (year);

-- Mid-Autumn and National Day of 2023, the only ones near the plan's dates.
INSERT INTO workday_years (year, id, version, notice) VALUES
    (2023, '01890a5d-0000-7000-8000-000000002023', 1, '国务院办公厅关于2023年部分节假日安排的通知（国办发明电〔2022〕16号），中秋节、国庆节');
INSERT INTO workdays (day, year, kind) VALUES
    ('2023-09-29', 2023, 'holiday'),
    ('2023-09-30', 2023, 'holiday'),
    ('2023-10-01', 2023, 'holiday'),
    ('2023-10-02', 2023, 'holiday'),
    ('2023-10-03', 2023, 'holiday'),
    ('2023-10-04', 2023, 'holiday'),
    ('2023-10-05', 2023, 'holiday'),
    ('2023-10-06', 2023, 'holiday'),
    ('2023-10-07', 2023, 'working'),
    ('2023-10-08', 2023, 'working');
