-- The last time that each stored card was looked up in the resident register; those before are in the journal.
CREATE TABLE register_check (
  card_id TEXT PRIMARY KEY REFERENCES card (id),
  checked_on TEXT NOT NULL,
  finding TEXT NOT NULL,
  entry_id TEXT NOT NULL REFERENCES journal (id)
);
CREATE INDEX register_check_found ON register_check (finding, checked_on) WHERE finding <> 'nothing';
