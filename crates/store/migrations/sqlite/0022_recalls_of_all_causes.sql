-- A card that is not to be handed out, whoever says so. While it waits for the city's decision nobody books it, and its
-- visitor is not received.
ALTER TABLE card ADD COLUMN suspended INTEGER NOT NULL DEFAULT 0;
CREATE INDEX card_suspended ON card (id) WHERE suspended = 1;

CREATE TABLE recall (
  id TEXT PRIMARY KEY,
  card_id TEXT NOT NULL REFERENCES card (id),
  site TEXT NOT NULL,
  cause TEXT NOT NULL,
  source TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('suspended', 'ended', 'passed', 'lifted')),
  until_day TEXT,
  entry_id TEXT NOT NULL REFERENCES journal (id)
) STRICT;
CREATE UNIQUE INDEX recall_open ON recall (card_id) WHERE state IN ('suspended', 'ended');
CREATE INDEX recall_waiting ON recall (site, id) WHERE state IN ('suspended', 'ended');
CREATE INDEX recall_card ON recall (card_id, id);

-- What the city recalled before. An id is an id of whatever noun, so that of the card serves.
INSERT INTO recall (id, card_id, site, cause, source, state, entry_id)
SELECT c.id, c.id, p.site, 'recalled', 'city', CASE WHEN p.kind = 'city' THEN 'passed' ELSE 'ended' END,
  (SELECT t.entry_id FROM card_step t WHERE t.card_id = c.id AND t.stage_to = 'ended' ORDER BY t.n LIMIT 1)
FROM card c JOIN place p ON p.id = c.place_id WHERE c.cause = 'recalled';
DROP INDEX card_recalled;

-- 市民へ連絡: somebody has to tell a citizen what became of a reservation.
CREATE TABLE telling (
  id TEXT PRIMARY KEY,
  card_id TEXT NOT NULL REFERENCES card (id),
  reservation_id TEXT NOT NULL UNIQUE REFERENCES reservation (id),
  site TEXT NOT NULL,
  told TEXT,
  entry_id TEXT NOT NULL REFERENCES journal (id),
  ended_by TEXT REFERENCES journal (id)
) STRICT;
CREATE INDEX telling_open ON telling (site, id) WHERE ended_by IS NULL;
CREATE INDEX telling_card ON telling (card_id, id);
