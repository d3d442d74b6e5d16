-- Taking over from a former contractor. A portion of opening stock is a consignment of its own kind.
ALTER TABLE consignment ADD COLUMN kind TEXT NOT NULL DEFAULT 'consignment';
CREATE INDEX consignment_kind ON consignment (kind, state, id);

-- The date and the line of the カード発行一覧表 of a card that came without it, where they are known.
ALTER TABLE card ADD COLUMN list_date TEXT;
ALTER TABLE card ADD COLUMN list_line BIGINT;

-- What the former system called a card, as keyed hashes alone. One that opens stood on a letter, and books.
CREATE TABLE former_key (
  lookup BYTEA PRIMARY KEY,
  card_id TEXT NOT NULL REFERENCES card (id),
  key_version BIGINT NOT NULL,
  opens BIGINT NOT NULL
);
CREATE INDEX former_key_card ON former_key (card_id);

-- Reservations of the former system: by their number (number), and as lines of its files (line), so that a file
-- that comes twice books once.
CREATE TABLE former_reservation (
  lookup BYTEA PRIMARY KEY,
  kind TEXT NOT NULL,
  reservation_id TEXT NOT NULL REFERENCES reservation (id),
  key_version BIGINT NOT NULL
);
CREATE INDEX former_reservation_of ON former_reservation (reservation_id);

-- A portion that is being scanned: a draft until it is taken, and then a consignment with the same id.
CREATE TABLE opening (
  id TEXT PRIMARY KEY,
  site TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  stage TEXT NOT NULL,
  posted_on TEXT,
  opens BIGINT NOT NULL,
  method TEXT NOT NULL,
  lines BIGINT NOT NULL,
  entry_id TEXT NOT NULL REFERENCES journal (id)
);
CREATE INDEX opening_state ON opening (state, id);

CREATE TABLE opening_line (
  opening_id TEXT NOT NULL REFERENCES opening (id),
  n BIGINT NOT NULL,
  control_number BIGINT NOT NULL UNIQUE,
  place_id TEXT NOT NULL REFERENCES place (id),
  former BYTEA UNIQUE,
  key_version BIGINT NOT NULL,
  PRIMARY KEY (opening_id, n)
);
