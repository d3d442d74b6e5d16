-- 同封物と重さ: what lies in the envelopes of a part beside letter and notice, and what one envelope weighs.
ALTER TABLE letter_batch ADD COLUMN grams INTEGER;
CREATE TABLE letter_enclosure (
  letter_batch_id TEXT NOT NULL REFERENCES letter_batch (id),
  n INTEGER NOT NULL,
  leaflet TEXT NOT NULL,
  version TEXT NOT NULL,
  PRIMARY KEY (letter_batch_id, n)
) STRICT;
