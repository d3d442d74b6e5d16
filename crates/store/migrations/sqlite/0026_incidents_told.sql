-- An incident begins with the search; the city is told within the time that the rules give, and each that a person ends
-- has its cause. SQLite takes no NOT NULL away, so the table is made anew.
CREATE TABLE incident_new (
  id TEXT PRIMARY KEY,
  card_id TEXT NOT NULL REFERENCES card (id),
  service TEXT NOT NULL,
  site TEXT NOT NULL,
  day TEXT NOT NULL,
  kind TEXT NOT NULL,
  told_to TEXT,
  told_at INTEGER,
  entry_id TEXT NOT NULL REFERENCES journal (id),
  outcome TEXT,
  ended_by TEXT REFERENCES journal (id),
  cause TEXT,
  CHECK ((outcome IS NULL) = (ended_by IS NULL)),
  CHECK ((told_to IS NULL) = (told_at IS NULL))
) STRICT;
INSERT INTO incident_new (id, card_id, service, site, day, kind, told_to, told_at, entry_id, outcome, ended_by)
SELECT id, card_id, service, site, day, kind, told_to, told_at, entry_id, outcome, ended_by FROM incident;
DROP TABLE incident;
ALTER TABLE incident_new RENAME TO incident;
CREATE UNIQUE INDEX incident_open_card ON incident (card_id) WHERE ended_by IS NULL;
CREATE INDEX incident_open ON incident (site, id) WHERE ended_by IS NULL;
CREATE INDEX incident_card ON incident (card_id, id);
CREATE INDEX incident_site ON incident (site, id);
