-- Renewals of certificates: a reservation without a card of ours, of which only who comes and whether the PINs are
-- known is said; neither is about a known person.
ALTER TABLE reservation ADD COLUMN pins TEXT;

-- A visitor for a renewal brings the card.
ALTER TABLE reception ALTER COLUMN card_id DROP NOT NULL;
ALTER TABLE reception ADD CHECK ((card_id IS NULL) = (service = 'renewal'));

-- A visit that books renewals has no card either; it remembers what was answered for each person until a time is
-- held.
ALTER TABLE visit ALTER COLUMN card_id DROP NOT NULL;
ALTER TABLE visit ADD COLUMN coming TEXT;
