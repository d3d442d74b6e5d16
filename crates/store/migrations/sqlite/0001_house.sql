-- The house as it stands at the beginning. Ids are ULIDs in TEXT, instants milliseconds UTC in INTEGER,
-- days YYYY-MM-DD in TEXT. Codes are words of domain's closed lists.

CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE counter (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT;

-- Journal: seq is given by the sealer, once, without gaps.
CREATE TABLE journal (
  id TEXT PRIMARY KEY,
  seq INTEGER UNIQUE,
  at INTEGER NOT NULL,
  day TEXT NOT NULL,
  kind TEXT NOT NULL,
  version INTEGER NOT NULL,
  actor TEXT NOT NULL,
  data TEXT NOT NULL
) STRICT;
CREATE INDEX journal_unsealed ON journal (id) WHERE seq IS NULL;
CREATE INDEX journal_day ON journal (day, id);
CREATE INDEX journal_actor ON journal (actor, id);

CREATE TABLE journal_subject (
  subject TEXT NOT NULL,
  entry_id TEXT NOT NULL REFERENCES journal (id),
  PRIMARY KEY (subject, entry_id)
) STRICT;
CREATE INDEX journal_subject_entry ON journal_subject (entry_id);

CREATE TABLE remark (
  entry_id TEXT PRIMARY KEY REFERENCES journal (id),
  body TEXT NOT NULL,
  delete_on TEXT
) STRICT;

-- Views of records by staff: written before the answer, sealed like the journal.
CREATE TABLE access (
  id TEXT PRIMARY KEY,
  seq INTEGER UNIQUE,
  at INTEGER NOT NULL,
  day TEXT NOT NULL,
  actor TEXT NOT NULL,
  screen TEXT NOT NULL,
  asked TEXT NOT NULL,
  subjects TEXT NOT NULL,
  found INTEGER NOT NULL
) STRICT;
CREATE INDEX access_unsealed ON access (id) WHERE seq IS NULL;
CREATE INDEX access_day ON access (day, id);

CREATE TABLE sealer (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  holder TEXT NOT NULL,
  fence INTEGER NOT NULL,
  until INTEGER NOT NULL,
  journal_seq INTEGER NOT NULL,
  access_seq INTEGER NOT NULL
) STRICT;

-- One press of a button, however often it is sent.
CREATE TABLE op (
  id TEXT PRIMARY KEY,
  actor TEXT NOT NULL,
  request BLOB NOT NULL,
  result TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX op_at ON op (at);

CREATE TABLE person (
  id TEXT PRIMARY KEY,
  login TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  password TEXT NOT NULL,
  must_change INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  locked_until INTEGER,
  ended INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT;

CREATE TABLE role_grant (
  entry_id TEXT PRIMARY KEY REFERENCES journal (id),
  person_id TEXT NOT NULL REFERENCES person (id),
  role TEXT NOT NULL,
  site TEXT,
  from_day TEXT NOT NULL,
  until_day TEXT,
  ended_by TEXT REFERENCES journal (id)
) STRICT;
CREATE INDEX role_grant_person ON role_grant (person_id);

CREATE TABLE session (
  id TEXT PRIMARY KEY,
  secret BLOB NOT NULL,
  person_id TEXT NOT NULL REFERENCES person (id),
  began INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  ended INTEGER
) STRICT;
CREATE INDEX session_open ON session (person_id) WHERE ended IS NULL;

-- Rules of hours, places and deadlines: rows with validity and version, never changed, only followed.
CREATE TABLE rule (
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  valid_from TEXT NOT NULL,
  valid_until TEXT,
  body TEXT NOT NULL,
  agreement TEXT,
  entry_id TEXT NOT NULL REFERENCES journal (id),
  retired_by TEXT REFERENCES journal (id),
  PRIMARY KEY (id, version)
) STRICT;

CREATE TABLE rule_epoch (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch INTEGER NOT NULL
) STRICT;
INSERT INTO rule_epoch (id, epoch) VALUES (1, 0);

-- What the city decided on each field of personal data.
CREATE TABLE ledger (
  field TEXT PRIMARY KEY,
  agreed INTEGER NOT NULL,
  decided_by TEXT NOT NULL,
  decided_on TEXT NOT NULL,
  entry_id TEXT NOT NULL REFERENCES journal (id)
) STRICT;

-- The only table with personal data, each field sealed.
CREATE TABLE personal (
  subject TEXT NOT NULL,
  field TEXT NOT NULL,
  sealed BLOB NOT NULL,
  lookup BLOB,
  key_version INTEGER NOT NULL,
  delete_on TEXT,
  PRIMARY KEY (subject, field)
) STRICT;
CREATE INDEX personal_lookup ON personal (field, lookup) WHERE lookup IS NOT NULL;

CREATE TABLE place (
  id TEXT PRIMARY KEY,
  parent_id TEXT REFERENCES place (id),
  kind TEXT NOT NULL,
  site TEXT NOT NULL,
  name TEXT NOT NULL,
  label INTEGER UNIQUE,
  entry_id TEXT NOT NULL REFERENCES journal (id)
) STRICT;
CREATE INDEX place_kind ON place (site, kind);

CREATE TABLE consignment (
  id TEXT PRIMARY KEY,
  site TEXT NOT NULL,
  state TEXT NOT NULL,
  received_on TEXT NOT NULL,
  list_date TEXT NOT NULL,
  box TEXT NOT NULL,
  cards INTEGER NOT NULL,
  file_hash BLOB,
  staged_at INTEGER NOT NULL,
  entry_id TEXT REFERENCES journal (id)
) STRICT;
CREATE UNIQUE INDEX consignment_file ON consignment (file_hash) WHERE state = 'taken' AND file_hash IS NOT NULL;
CREATE INDEX consignment_state ON consignment (state, id);

CREATE TABLE card (
  id TEXT PRIMARY KEY,
  consignment_id TEXT NOT NULL REFERENCES consignment (id),
  line INTEGER NOT NULL,
  control_number INTEGER NOT NULL UNIQUE,
  method TEXT NOT NULL,
  post_block TEXT NOT NULL,
  short_validity INTEGER,
  stage TEXT NOT NULL,
  cause TEXT,
  progress TEXT NOT NULL,
  place_id TEXT NOT NULL REFERENCES place (id),
  steps INTEGER NOT NULL,
  key_issue INTEGER NOT NULL,
  key_version INTEGER NOT NULL,
  key_lookup BLOB UNIQUE,
  posted_on TEXT
) STRICT;
CREATE UNIQUE INDEX card_line ON card (consignment_id, line);
CREATE INDEX card_progress ON card (progress, id);
CREATE INDEX card_place ON card (place_id);

-- The story of a card: each step changes its stage, its place or both, and points to the entry that says
-- who, when and why.
CREATE TABLE card_step (
  card_id TEXT NOT NULL REFERENCES card (id),
  n INTEGER NOT NULL,
  entry_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  stage_from TEXT,
  stage_to TEXT NOT NULL,
  place_from TEXT,
  place_to TEXT NOT NULL,
  batch_id TEXT,
  PRIMARY KEY (card_id, n)
) STRICT;
CREATE INDEX card_step_entry ON card_step (entry_id);

CREATE TABLE inspection (
  card_id TEXT NOT NULL REFERENCES card (id),
  pass TEXT NOT NULL,
  finding TEXT NOT NULL,
  entry_id TEXT NOT NULL REFERENCES journal (id),
  PRIMARY KEY (card_id, pass)
) STRICT;

-- Cards that change hands together, counted by both sides.
CREATE TABLE batch (
  id TEXT PRIMARY KEY,
  site TEXT NOT NULL,
  state TEXT NOT NULL,
  cards INTEGER NOT NULL,
  receiver TEXT NOT NULL,
  sent_at INTEGER NOT NULL,
  returned_at INTEGER,
  giver TEXT
) STRICT;
CREATE INDEX batch_state ON batch (state, id);

CREATE TABLE batch_card (
  batch_id TEXT NOT NULL REFERENCES batch (id),
  card_id TEXT NOT NULL REFERENCES card (id),
  PRIMARY KEY (batch_id, card_id)
) STRICT;
CREATE INDEX batch_card_card ON batch_card (card_id);

CREATE TABLE letter_batch (
  id TEXT PRIMARY KEY,
  site TEXT NOT NULL,
  state TEXT NOT NULL,
  letters INTEGER NOT NULL,
  version TEXT NOT NULL,
  printed_at INTEGER NOT NULL,
  transferred_at INTEGER,
  receiver TEXT,
  posted_on TEXT,
  poster TEXT
) STRICT;
CREATE INDEX letter_batch_state ON letter_batch (state, id);

CREATE TABLE letter (
  card_id TEXT NOT NULL REFERENCES card (id),
  key_issue INTEGER NOT NULL,
  letter_batch_id TEXT NOT NULL REFERENCES letter_batch (id),
  n INTEGER NOT NULL,
  PRIMARY KEY (card_id, key_issue)
) STRICT;
CREATE INDEX letter_batch_n ON letter (letter_batch_id, n);

CREATE TABLE reservation (
  id TEXT PRIMARY KEY,
  service TEXT NOT NULL,
  site TEXT NOT NULL,
  day TEXT NOT NULL,
  start INTEGER NOT NULL,
  card_id TEXT REFERENCES card (id),
  state TEXT NOT NULL,
  held_until INTEGER,
  channel TEXT NOT NULL,
  language TEXT NOT NULL,
  number_issue INTEGER NOT NULL,
  key_version INTEGER NOT NULL,
  number_lookup BLOB UNIQUE,
  version INTEGER NOT NULL,
  CHECK (state <> 'held' OR held_until IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX reservation_live_card ON reservation (card_id) WHERE state IN ('held', 'booked');
CREATE INDEX reservation_day ON reservation (service, site, day, start, id);
CREATE INDEX reservation_held ON reservation (held_until) WHERE state = 'held';
CREATE INDEX reservation_card ON reservation (card_id, id);

-- What is taken of a slot. What it grants is computed from the rules; ceiling is the grant that allowed the
-- last increase: evidence, not source.
CREATE TABLE slot_usage (
  service TEXT NOT NULL,
  site TEXT NOT NULL,
  day TEXT NOT NULL,
  start INTEGER NOT NULL,
  web INTEGER NOT NULL CHECK (web >= 0),
  telephone INTEGER NOT NULL CHECK (telephone >= 0),
  counter INTEGER NOT NULL CHECK (counter >= 0),
  walk_in INTEGER NOT NULL CHECK (walk_in >= 0),
  ceiling INTEGER NOT NULL,
  over INTEGER NOT NULL,
  PRIMARY KEY (service, site, day, start),
  CONSTRAINT slot_never_overfull CHECK (web + telephone + counter + walk_in <= ceiling + over)
) STRICT;

-- A citizen's booking in progress.
CREATE TABLE visit (
  id TEXT PRIMARY KEY,
  secret BLOB NOT NULL,
  language TEXT NOT NULL,
  card_id TEXT NOT NULL REFERENCES card (id),
  reservation_id TEXT REFERENCES reservation (id),
  until INTEGER NOT NULL
) STRICT;
CREATE INDEX visit_until ON visit (until);
CREATE INDEX visit_card ON visit (card_id);

-- Failed attempts at keys and numbers, by address and by number, as keyed hashes.
CREATE TABLE attempt (
  who BLOB NOT NULL,
  since INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  PRIMARY KEY (who)
) STRICT;
CREATE INDEX attempt_since ON attempt (since);

CREATE TABLE reception (
  id TEXT PRIMARY KEY,
  reservation_id TEXT NOT NULL UNIQUE REFERENCES reservation (id),
  card_id TEXT NOT NULL REFERENCES card (id),
  service TEXT NOT NULL,
  site TEXT NOT NULL,
  day TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  receiver TEXT,
  issuer TEXT,
  arrived_at INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT;
CREATE INDEX reception_day ON reception (service, site, day, arrived_at, id);
CREATE INDEX reception_card ON reception (card_id);

CREATE TABLE day_close (
  service TEXT NOT NULL,
  site TEXT NOT NULL,
  day TEXT NOT NULL,
  through_seq INTEGER NOT NULL,
  city_count INTEGER NOT NULL,
  entry_id TEXT NOT NULL REFERENCES journal (id),
  PRIMARY KEY (service, site, day)
) STRICT;

-- Side effects that wait to be done, enqueued with the fact.
CREATE TABLE job (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,
  due INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  done INTEGER,
  error TEXT
) STRICT;
CREATE INDEX job_due ON job (due) WHERE done IS NULL;

-- What is written stays written: only the sealer's number may be added, once.
CREATE TRIGGER journal_stays BEFORE UPDATE ON journal
WHEN OLD.seq IS NOT NULL OR NEW.seq IS NULL OR NEW.id <> OLD.id OR NEW.at <> OLD.at OR NEW.day <> OLD.day
  OR NEW.kind <> OLD.kind OR NEW.version <> OLD.version OR NEW.actor <> OLD.actor OR NEW.data <> OLD.data
BEGIN SELECT RAISE(ABORT, 'the journal is never changed'); END;
CREATE TRIGGER journal_kept BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is never shortened'); END;
CREATE TRIGGER journal_subject_stays BEFORE UPDATE ON journal_subject
BEGIN SELECT RAISE(ABORT, 'the journal is never changed'); END;
CREATE TRIGGER journal_subject_kept BEFORE DELETE ON journal_subject
BEGIN SELECT RAISE(ABORT, 'the journal is never shortened'); END;
CREATE TRIGGER access_stays BEFORE UPDATE ON access
WHEN OLD.seq IS NOT NULL OR NEW.seq IS NULL OR NEW.id <> OLD.id OR NEW.at <> OLD.at OR NEW.day <> OLD.day
  OR NEW.actor <> OLD.actor OR NEW.screen <> OLD.screen OR NEW.asked <> OLD.asked
  OR NEW.subjects <> OLD.subjects OR NEW.found <> OLD.found
BEGIN SELECT RAISE(ABORT, 'the register of views is never changed'); END;
CREATE TRIGGER access_kept BEFORE DELETE ON access
BEGIN SELECT RAISE(ABORT, 'the register of views is never shortened'); END;
CREATE TRIGGER card_step_stays BEFORE UPDATE ON card_step
BEGIN SELECT RAISE(ABORT, 'the story of a card is never changed'); END;
-- Steps of a consignment that was never taken may go with it.
CREATE TRIGGER card_step_kept BEFORE DELETE ON card_step
WHEN EXISTS (SELECT 1 FROM card JOIN consignment ON consignment.id = card.consignment_id
             WHERE card.id = OLD.card_id AND consignment.state = 'taken')
BEGIN SELECT RAISE(ABORT, 'the story of a card is never shortened'); END;
