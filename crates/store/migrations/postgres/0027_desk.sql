-- The city's transfer of what it received from J-LIS, counted by both: with it the desk begins.
CREATE TABLE arrival (
  consignment_id TEXT PRIMARY KEY REFERENCES consignment (id),
  boxes BIGINT NOT NULL,
  cards BIGINT NOT NULL,
  giver TEXT NOT NULL,
  at BIGINT NOT NULL,
  entry_id TEXT NOT NULL REFERENCES journal (id)
);

-- A new label is on the sleeve of its card: the line and the notice were confirmed before its first scan.
CREATE TABLE pairing (
  card_id TEXT PRIMARY KEY REFERENCES card (id),
  entry_id TEXT NOT NULL REFERENCES journal (id)
);

-- Cards in the box that are not on its list: given back to the city at once. Why stands in the remark. What was
-- written down in error is taken back by a person.
CREATE TABLE extra_card (
  entry_id TEXT PRIMARY KEY REFERENCES journal (id),
  consignment_id TEXT NOT NULL REFERENCES consignment (id),
  cards BIGINT NOT NULL,
  receiver TEXT NOT NULL,
  at BIGINT NOT NULL,
  withdrawn_by TEXT REFERENCES journal (id)
);
CREATE INDEX extra_card_consignment ON extra_card (consignment_id, entry_id);

-- Expected and scanned agree, or each difference is explained.
CREATE TABLE consignment_close (
  consignment_id TEXT PRIMARY KEY REFERENCES consignment (id),
  missing BIGINT NOT NULL,
  extra BIGINT NOT NULL,
  person TEXT,
  at BIGINT NOT NULL,
  entry_id TEXT NOT NULL REFERENCES journal (id)
);

-- The cards of the list that nobody had when the desk closed, each with what was written down of it. It stays when a
-- card turns up later. Whether it had come (its label was paired, or a pass was done) is as it was then.
CREATE TABLE close_missing (
  card_id TEXT PRIMARY KEY REFERENCES card (id),
  consignment_id TEXT NOT NULL REFERENCES consignment (id),
  incident_id TEXT NOT NULL REFERENCES incident (id),
  came BIGINT NOT NULL
);
CREATE INDEX close_missing_consignment ON close_missing (consignment_id);
