-- Cards that the city wants back are found among all that ended, and moves of a card leave the cause of its end.
CREATE INDEX card_recalled ON card (place_id, id) WHERE cause = 'recalled';
