-- 用品の在庫: the kinds, what came and was counted of each. What is used follows from the letters.
CREATE TABLE supply (
  id TEXT PRIMARY KEY,
  site TEXT NOT NULL,
  name TEXT NOT NULL,
  unit TEXT NOT NULL,
  basis TEXT NOT NULL,
  pieces INTEGER NOT NULL CHECK (pieces > 0),
  letters INTEGER NOT NULL CHECK (letters > 0),
  delivery_days INTEGER NOT NULL,
  version INTEGER NOT NULL,
  stock INTEGER,
  counted_by TEXT REFERENCES journal (id),
  entry_id TEXT NOT NULL REFERENCES journal (id),
  ended_by TEXT REFERENCES journal (id),
  CHECK ((stock IS NULL) = (counted_by IS NULL))
) STRICT;
CREATE UNIQUE INDEX supply_name ON supply (site, name) WHERE ended_by IS NULL;
CREATE INDEX supply_site ON supply (site, id);

CREATE TABLE supply_move (
  supply_id TEXT NOT NULL REFERENCES supply (id),
  version INTEGER NOT NULL,
  entry_id TEXT NOT NULL REFERENCES journal (id),
  move TEXT NOT NULL,
  day TEXT NOT NULL,
  pieces INTEGER NOT NULL,
  expected INTEGER,
  remark TEXT NOT NULL,
  PRIMARY KEY (supply_id, version)
) STRICT;

-- What was printed and stuffed since a count, or within some days. A letter says itself of which site its part is: the board
-- asks this whenever it is looked at, and would look up thousands of parts.
ALTER TABLE letter ADD COLUMN site TEXT;
UPDATE letter SET site = (SELECT b.site FROM letter_batch b WHERE b.id = letter.letter_batch_id);
CREATE INDEX letter_stuffed ON letter (site, stuffed_by) WHERE stuffed_by IS NOT NULL;
CREATE INDEX letter_batch_site ON letter_batch (site, id);
