-- Incidents with cards: the city was told of each, by name and time. One card has at most one that is open.
CREATE TABLE incident (
  id TEXT PRIMARY KEY,
  card_id TEXT NOT NULL REFERENCES card (id),
  service TEXT NOT NULL,
  site TEXT NOT NULL,
  day TEXT NOT NULL,
  kind TEXT NOT NULL,
  told_to TEXT NOT NULL,
  told_at BIGINT NOT NULL,
  entry_id TEXT NOT NULL REFERENCES journal (id),
  outcome TEXT,
  ended_by TEXT REFERENCES journal (id),
  CHECK ((outcome IS NULL) = (ended_by IS NULL))
);
CREATE UNIQUE INDEX incident_open_card ON incident (card_id) WHERE ended_by IS NULL;
CREATE INDEX incident_open ON incident (site, id) WHERE ended_by IS NULL;
CREATE INDEX incident_card ON incident (card_id, id);
CREATE INDEX incident_site ON incident (site, id);

-- Questions to the journal and to the register of views are walked along time, within a person, a kind, a record.
DROP INDEX journal_day;
DROP INDEX journal_actor;
CREATE INDEX journal_at ON journal (at, id);
CREATE INDEX journal_actor_at ON journal (actor, at, id);
CREATE INDEX journal_kind_at ON journal (kind, at, id);
DROP INDEX access_day;
CREATE INDEX access_at ON access (at, id);
CREATE INDEX access_actor_at ON access (actor, at, id);

-- Who looked at a record: the subjects of each view, found by the subject.
CREATE TABLE access_subject (
  subject TEXT NOT NULL,
  access_id TEXT NOT NULL REFERENCES access (id),
  PRIMARY KEY (subject, access_id)
);
INSERT INTO access_subject (subject, access_id)
SELECT DISTINCT word, id FROM (
  SELECT id, unnest(string_to_array(subjects, ' ')) AS word FROM access WHERE subjects <> ''
) t WHERE word <> '';
CREATE TRIGGER access_subject_stays BEFORE UPDATE OR DELETE ON access_subject FOR EACH ROW
EXECUTE FUNCTION refuse_change();
CREATE TRIGGER access_subject_whole BEFORE TRUNCATE ON access_subject EXECUTE FUNCTION refuse_change();
