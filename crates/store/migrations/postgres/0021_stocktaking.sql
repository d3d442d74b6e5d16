-- Stock-takings: each counts every box of a site in full; one site has at most one that is open.
CREATE TABLE stocktaking (
  id TEXT PRIMARY KEY,
  site TEXT NOT NULL,
  day TEXT NOT NULL,
  sample BIGINT NOT NULL CHECK (sample BETWEEN 0 AND 100),
  entry_id TEXT NOT NULL REFERENCES journal (id),
  closed_by TEXT REFERENCES journal (id)
);
CREATE UNIQUE INDEX stocktaking_open ON stocktaking (site) WHERE closed_by IS NULL;
CREATE INDEX stocktaking_site ON stocktaking (site, id);

-- A box from the moment when its count began; boxes whose count did not begin have no row.
CREATE TABLE stocktaking_box (
  stocktaking_id TEXT NOT NULL REFERENCES stocktaking (id),
  place_id TEXT NOT NULL REFERENCES place (id),
  state TEXT NOT NULL,
  sampled BIGINT NOT NULL,
  expected BIGINT NOT NULL,
  frozen_by TEXT NOT NULL REFERENCES journal (id),
  first_person TEXT NOT NULL REFERENCES person (id),
  first_by TEXT REFERENCES journal (id),
  second_person TEXT REFERENCES person (id),
  second_by TEXT REFERENCES journal (id),
  PRIMARY KEY (stocktaking_id, place_id)
);

-- The cards of a box: those that were expected when its count began, and whatever was seen besides. `steps` is how many
-- steps the card's story had then, so that a later step out of the box explains it.
CREATE TABLE stocktaking_card (
  stocktaking_id TEXT NOT NULL,
  place_id TEXT NOT NULL,
  card_id TEXT NOT NULL REFERENCES card (id),
  standing TEXT NOT NULL,
  steps BIGINT NOT NULL,
  first_seen TEXT REFERENCES journal (id),
  second_seen TEXT REFERENCES journal (id),
  difference TEXT,
  reason TEXT,
  settled_by TEXT REFERENCES journal (id),
  PRIMARY KEY (stocktaking_id, place_id, card_id),
  FOREIGN KEY (stocktaking_id, place_id) REFERENCES stocktaking_box (stocktaking_id, place_id),
  CHECK ((reason IS NULL) = (settled_by IS NULL)),
  CHECK (reason IS NULL OR difference IS NOT NULL)
);
CREATE INDEX stocktaking_card_card ON stocktaking_card (card_id, stocktaking_id);
CREATE INDEX stocktaking_difference ON stocktaking_card (stocktaking_id, place_id, card_id) WHERE difference IS NOT NULL;
