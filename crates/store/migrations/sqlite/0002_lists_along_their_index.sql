-- The cards of a place are listed in the order of their ids, so the index holds both.
DROP INDEX card_place;
CREATE INDEX card_place ON card (place_id, id);

-- How far each consignment has come is counted in the index alone.
CREATE INDEX card_consignment ON card (consignment_id, progress);

-- The cards that wait for their first letter.
CREATE INDEX card_unannounced ON card (id) WHERE progress = 'prepared' AND key_issue = 0;

-- Side effects are found from the facts themselves (see the jobs of the program); nothing was ever put here.
DROP TABLE job;
