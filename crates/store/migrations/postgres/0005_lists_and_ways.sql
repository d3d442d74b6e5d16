-- Who gives a card to the citizen: stored here and handed out, or mailed by the city.
ALTER TABLE card ADD COLUMN way TEXT NOT NULL DEFAULT 'stored';
UPDATE card SET way = 'mailed' WHERE method NOT IN ('at_issue', 'workplace_bulk');

-- The lists of cards by application method and by posting date.
CREATE INDEX card_method ON card (method, id);
CREATE INDEX card_posted ON card (posted_on, id) WHERE posted_on IS NOT NULL;

-- The cards that wait to go to the city for mailing.
CREATE INDEX card_to_mail ON card (id) WHERE way = 'mailed' AND progress = 'inspected';

-- What a batch goes to the city for, and when the city mailed its cards.
ALTER TABLE batch ADD COLUMN kind TEXT NOT NULL DEFAULT 'setup';
ALTER TABLE batch ADD COLUMN mailed_on TEXT;

-- Filters of lists that people saved under a name.
CREATE TABLE saved_filter (
  id TEXT PRIMARY KEY,
  screen TEXT NOT NULL,
  site TEXT NOT NULL,
  owner TEXT NOT NULL REFERENCES person (id),
  shared BIGINT NOT NULL,
  name TEXT NOT NULL,
  asked TEXT NOT NULL,
  entry_id TEXT NOT NULL REFERENCES journal (id),
  removed_by TEXT REFERENCES journal (id)
);
CREATE UNIQUE INDEX saved_filter_own ON saved_filter (owner, screen, name) WHERE removed_by IS NULL;
CREATE INDEX saved_filter_shared ON saved_filter (site, screen) WHERE shared = 1 AND removed_by IS NULL;
