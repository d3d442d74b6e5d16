-- 保管の延長: a card is kept until a day, for a reason; what was said before stands in the journal.
CREATE TABLE storage_extension (
  card_id TEXT PRIMARY KEY REFERENCES card (id),
  reason TEXT NOT NULL,
  until_day TEXT NOT NULL,
  entry_id TEXT NOT NULL REFERENCES journal (id)
) STRICT;

-- 廃棄: the city destroyed a card that it had by its instruction.
CREATE TABLE disposal (
  card_id TEXT PRIMARY KEY REFERENCES card (id),
  site TEXT NOT NULL,
  disposed_on TEXT NOT NULL,
  person TEXT NOT NULL,
  entry_id TEXT NOT NULL REFERENCES journal (id)
) STRICT;
CREATE INDEX disposal_day ON disposal (site, disposed_on, card_id);
CREATE INDEX recall_disposal ON recall (site, id) WHERE cause = 'kept_too_long';
