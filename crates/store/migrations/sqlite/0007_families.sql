-- Families: reservations that were booked together know the first of them; alone, none. Who comes: a code; none: not
-- asked.
ALTER TABLE reservation ADD COLUMN party_id TEXT REFERENCES reservation (id);
ALTER TABLE reservation ADD COLUMN visitor TEXT;
CREATE INDEX reservation_party ON reservation (party_id, id) WHERE party_id IS NOT NULL;

-- The cards of a visit besides its first one, each proven with its own key.
CREATE TABLE visit_member (
  visit_id TEXT NOT NULL REFERENCES visit (id),
  card_id TEXT NOT NULL REFERENCES card (id),
  n INTEGER NOT NULL,
  PRIMARY KEY (visit_id, card_id)
) STRICT;
CREATE INDEX visit_member_card ON visit_member (card_id);
