-- 受取勧奨: a round of reminders, its list as it was made, and whether the city sent it.
CREATE TABLE reminder (
  id TEXT PRIMARY KEY,
  site TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number > 0),
  made_on TEXT NOT NULL,
  posted_days INTEGER NOT NULL,
  again_days INTEGER,
  cards INTEGER NOT NULL CHECK (cards > 0),
  ordered_by TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('listed', 'sent', 'withdrawn')),
  sent_on TEXT,
  sender TEXT,
  entry_id TEXT NOT NULL REFERENCES journal (id),
  CHECK ((state = 'sent') = (sent_on IS NOT NULL) AND (sent_on IS NULL) = (sender IS NULL))
) STRICT;
CREATE UNIQUE INDEX reminder_number ON reminder (site, number);

CREATE TABLE reminder_card (
  reminder_id TEXT NOT NULL REFERENCES reminder (id),
  n INTEGER NOT NULL,
  card_id TEXT NOT NULL REFERENCES card (id),
  posted_on TEXT NOT NULL,
  PRIMARY KEY (reminder_id, n)
) STRICT;
CREATE UNIQUE INDEX reminder_card_card ON reminder_card (card_id, reminder_id);
