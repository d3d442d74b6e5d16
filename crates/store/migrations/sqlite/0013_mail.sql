-- Contact by mail: of whose booking, in which language, whether the address was confirmed. The address itself stands in
-- `personal`; the one-time token of the confirmation is derived, and only its keyed hash is here.
CREATE TABLE contact (
  reservation_id TEXT PRIMARY KEY REFERENCES reservation (id),
  state TEXT NOT NULL CHECK (state IN ('asked', 'confirmed', 'gone')),
  language TEXT NOT NULL,
  issue INTEGER NOT NULL,
  key_version INTEGER NOT NULL,
  token_lookup BLOB NOT NULL,
  confirmed_at INTEGER,
  entry_id TEXT NOT NULL REFERENCES journal (id)
) STRICT;
CREATE UNIQUE INDEX contact_token ON contact (token_lookup);

-- Mails to be sent, each with the entry of the fact that it tells. No address, no number, no text.
CREATE TABLE outbox (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  booking_id TEXT NOT NULL REFERENCES reservation (id),
  reservation_id TEXT NOT NULL REFERENCES reservation (id),
  language TEXT NOT NULL,
  issue INTEGER NOT NULL,
  day TEXT NOT NULL,
  entry_id TEXT NOT NULL REFERENCES journal (id),
  state TEXT NOT NULL,
  due INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  fence INTEGER NOT NULL,
  reply INTEGER,
  ended_at INTEGER,
  CHECK ((state = 'waiting') = (ended_at IS NULL))
) STRICT;
CREATE INDEX outbox_due ON outbox (state, due, id) WHERE state = 'waiting';
CREATE INDEX outbox_booking ON outbox (booking_id, id);
CREATE UNIQUE INDEX outbox_reminder ON outbox (booking_id, day) WHERE kind = 'reminder';

-- Which node sends, until when; the fencing number rises with every other holder.
CREATE TABLE mailer (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  holder TEXT NOT NULL,
  fence INTEGER NOT NULL,
  until INTEGER NOT NULL
) STRICT;
