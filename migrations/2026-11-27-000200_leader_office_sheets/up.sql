-- Annex 3, one a visit: the head of the form, and which leader offices are its rows. A leader office keeps the assessment
-- of its day while it is sealed on a sheet; a sheet that is made void afterwards keeps its rows itself (`kept`).
CREATE TABLE leader_office_sheets (
    form_id TEXT NOT NULL PRIMARY KEY REFERENCES forms (id),
    measured_on DATE NOT NULL,
    phone TEXT,
    note TEXT,
    replaces TEXT UNIQUE REFERENCES forms (id)
);

CREATE TABLE leader_office_sheet_rows (
    form_id TEXT NOT NULL REFERENCES forms (id),
    position INTEGER NOT NULL,
    leader_office_id TEXT NOT NULL REFERENCES leader_offices (id),
    kept TEXT,
    PRIMARY KEY (form_id, position)
);
CREATE INDEX leader_office_sheet_rows_office ON leader_office_sheet_rows (leader_office_id);

ALTER TABLE leader_offices ADD COLUMN sealed_assessment TEXT;
