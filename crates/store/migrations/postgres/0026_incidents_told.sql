-- An incident begins with the search; the city is told within the time that the rules give, and each that a person ends
-- has its cause.
ALTER TABLE incident ALTER COLUMN told_to DROP NOT NULL;
ALTER TABLE incident ALTER COLUMN told_at DROP NOT NULL;
ALTER TABLE incident ADD COLUMN cause TEXT;
ALTER TABLE incident ADD CONSTRAINT incident_told CHECK ((told_to IS NULL) = (told_at IS NULL));
