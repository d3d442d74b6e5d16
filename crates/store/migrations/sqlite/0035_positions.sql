-- 箱の中の位置: a box whose slots are numbered, which slot of it a card stands in, and in which it stood at each step.
ALTER TABLE place ADD COLUMN numbered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE card ADD COLUMN position INTEGER CHECK (position > 0);
ALTER TABLE card_step ADD COLUMN position INTEGER;
CREATE UNIQUE INDEX card_position ON card (place_id, position) WHERE position IS NOT NULL;
