-- The cards of a place are listed in the order of their ids, so the index holds both.
DROP INDEX card_place;
CREATE INDEX card_place ON card (place_id, id);

-- Side effects are found from the facts themselves (see the jobs of the program); nothing was ever put here.
DROP TABLE job;
