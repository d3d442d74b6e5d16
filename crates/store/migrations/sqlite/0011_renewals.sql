-- Renewals of certificates: a reservation without a card of ours, of which only who comes and whether the PINs are
-- known is said; neither is about a known person.
ALTER TABLE reservation ADD COLUMN pins TEXT;

-- A visitor for a renewal brings the card.
CREATE TABLE reception_of_all (
  id TEXT PRIMARY KEY,
  reservation_id TEXT NOT NULL UNIQUE REFERENCES reservation (id),
  card_id TEXT REFERENCES card (id),
  service TEXT NOT NULL,
  site TEXT NOT NULL,
  day TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  receiver TEXT,
  issuer TEXT,
  arrived_at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  CHECK ((card_id IS NULL) = (service = 'renewal'))
) STRICT;
INSERT INTO reception_of_all (id, reservation_id, card_id, service, site, day, state, reason, receiver, issuer, arrived_at, version)
SELECT id, reservation_id, card_id, service, site, day, state, reason, receiver, issuer, arrived_at, version FROM reception;
DROP TABLE reception;
ALTER TABLE reception_of_all RENAME TO reception;
CREATE INDEX reception_day ON reception (service, site, day, arrived_at, id);
CREATE INDEX reception_card ON reception (card_id);

-- A visit that books renewals has no card either; it remembers what was answered for each person until a time is
-- held. Visits in progress are no facts: they end with this migration, and their holds run out.
DROP TABLE visit_member;
DROP TABLE visit;
CREATE TABLE visit (
  id TEXT PRIMARY KEY,
  secret BLOB NOT NULL,
  language TEXT NOT NULL,
  card_id TEXT REFERENCES card (id),
  reservation_id TEXT REFERENCES reservation (id),
  coming TEXT,
  until INTEGER NOT NULL
) STRICT;
CREATE INDEX visit_until ON visit (until);
CREATE INDEX visit_card ON visit (card_id);
CREATE TABLE visit_member (
  visit_id TEXT NOT NULL REFERENCES visit (id),
  card_id TEXT NOT NULL REFERENCES card (id),
  n INTEGER NOT NULL,
  PRIMARY KEY (visit_id, card_id)
) STRICT;
CREATE INDEX visit_member_card ON visit_member (card_id);
