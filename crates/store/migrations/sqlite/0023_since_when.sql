-- The day on which what lists show of a card became what it is, for the ages of what waits; none: since its consignment came.
-- What stood before is taken from the last change of the stage.
ALTER TABLE card ADD COLUMN since_day TEXT;
UPDATE card SET since_day = (SELECT strftime('%Y-%m-%d', t.at / 1000 + 32400, 'unixepoch') FROM card_step t
  WHERE t.card_id = card.id AND t.stage_from <> t.stage_to ORDER BY t.n DESC LIMIT 1);
