-- Texts that the typesetter could not take as they are: JSON, none where it took all of them.
ALTER TABLE reports ADD COLUMN plainly_printed TEXT;
