-- 仕分け: the group into which a card was sorted when its last pass was done. By hand it may differ from the rule's.
ALTER TABLE card ADD COLUMN sorted_into TEXT;
ALTER TABLE card ADD COLUMN sorted_by_rule TEXT;

-- What was inspected before is sorted now, as domain::group has it.
UPDATE card SET sorted_into = CASE
    WHEN EXISTS (SELECT 1 FROM inspection i WHERE i.card_id = card.id AND i.finding = 'mismatch') THEN 'mismatch'
    WHEN EXISTS (SELECT 1 FROM inspection i WHERE i.card_id = card.id AND i.finding = 'already_holds') THEN 'already_holds'
    WHEN EXISTS (SELECT 1 FROM inspection i WHERE i.card_id = card.id AND i.finding = 'attention') THEN 'attention'
    WHEN short_validity = 1 THEN 'short_validity'
    WHEN method = 'express' THEN 'express'
    WHEN method = 'via_residence' AND way = 'mailed' THEN 'via_residence'
    WHEN way = 'mailed' THEN 'at_application'
    ELSE 'at_issue' END
  WHERE progress = 'inspected'
  OR (progress = 'listed' AND (SELECT COUNT(*) FROM inspection i WHERE i.card_id = card.id) = 3);
UPDATE card SET sorted_by_rule = sorted_into WHERE sorted_into IS NOT NULL;

-- The cards that wait in a group.
DROP INDEX card_to_mail;
CREATE INDEX card_sorted ON card (sorted_into, id) WHERE progress IN ('listed', 'inspected') AND sorted_into IS NOT NULL;

-- How each card of a batch left the city's hands; no end: the city has it.
ALTER TABLE batch_card ADD COLUMN ended TEXT;
ALTER TABLE batch_card ADD COLUMN ended_at BIGINT;
UPDATE batch_card SET ended = 'returned',
    ended_at = (SELECT b.returned_at FROM batch b WHERE b.id = batch_card.batch_id)
  WHERE batch_id IN (SELECT b.id FROM batch b WHERE b.state = 'returned');
UPDATE batch_card SET ended = 'mailed' WHERE batch_id IN (SELECT b.id FROM batch b WHERE b.state = 'mailed');
CREATE INDEX batch_card_out ON batch_card (batch_id) WHERE ended IS NULL;
