-- The ledger of personal data: what was proposed for a field, what the city decided, and what came before.
CREATE TABLE ledger_version (
  id TEXT PRIMARY KEY,
  field TEXT NOT NULL,
  n BIGINT NOT NULL,
  state TEXT NOT NULL,
  necessity TEXT NOT NULL,
  protection TEXT NOT NULL,
  retention_days BIGINT NOT NULL CHECK (retention_days >= 0),
  proposed_by TEXT NOT NULL REFERENCES person (id),
  proposed_at BIGINT NOT NULL,
  entry_id TEXT NOT NULL REFERENCES journal (id),
  decided_by TEXT REFERENCES person (id),
  decided_at BIGINT,
  ended_at BIGINT,
  CHECK (decided_by IS NULL OR decided_by <> proposed_by),
  CHECK (state NOT IN ('approved', 'refused') OR decided_by IS NOT NULL)
);
CREATE UNIQUE INDEX ledger_version_n ON ledger_version (field, n);
CREATE UNIQUE INDEX ledger_version_proposed ON ledger_version (field) WHERE state = 'proposed';
CREATE UNIQUE INDEX ledger_version_approved ON ledger_version (field) WHERE state = 'approved';

-- How long a field is held; none: nothing was said of it when the house was set up.
ALTER TABLE ledger ADD COLUMN retention_days BIGINT;

-- What is to be deleted is found by its day, and what the city ended by its field.
CREATE INDEX personal_delete_on ON personal (delete_on, subject) WHERE delete_on IS NOT NULL;
CREATE INDEX personal_field ON personal (field, subject);
