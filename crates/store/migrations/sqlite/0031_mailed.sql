-- 追跡番号: under which number the post has a card that the city mailed, as the city tells it. No number: the city does not
-- know it, which is an answer too.
CREATE TABLE tracking (
  card_id TEXT PRIMARY KEY REFERENCES card (id),
  number TEXT CHECK (number IS NULL OR length(number) = 11),
  recorded_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX tracking_number ON tracking (number) WHERE number IS NOT NULL;

-- 返戻カードの窓口での受け取り: its citizen came for a card that the post brought back. Form and copies are not kept, only that
-- they were there.
CREATE TABLE pickup (
  id TEXT PRIMARY KEY,
  card_id TEXT NOT NULL REFERENCES card (id),
  site TEXT NOT NULL,
  visitor TEXT NOT NULL,
  copies INTEGER NOT NULL CHECK (copies > 0),
  state TEXT NOT NULL,
  why TEXT,
  begun_by TEXT NOT NULL REFERENCES journal (id),
  ended_by TEXT REFERENCES journal (id),
  CHECK ((state IN ('handed', 'not_handed')) = (ended_by IS NOT NULL)),
  CHECK ((state = 'not_handed') = (why IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX pickup_open_card ON pickup (card_id) WHERE ended_by IS NULL;
CREATE INDEX pickup_open ON pickup (site, id) WHERE ended_by IS NULL;
CREATE INDEX pickup_card ON pickup (card_id, id);
