-- 封入の照合: each envelope is checked by two scans before the city takes its part over; a letter that is taken out is no
-- longer of its part. What was with the city before this was checked by hand and says nothing.
ALTER TABLE letter ADD COLUMN stuffed_by TEXT REFERENCES journal (id);
ALTER TABLE letter ADD COLUMN taken_out TEXT;
UPDATE letter SET taken_out = 'reissued'
WHERE letter_batch_id IN (SELECT b.id FROM letter_batch b WHERE b.state = 'printed')
AND key_issue < (SELECT c.key_issue FROM card c WHERE c.id = letter.card_id);
