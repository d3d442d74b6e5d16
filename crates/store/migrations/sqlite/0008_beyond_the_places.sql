-- Places beyond those of a slot: flagged at the reservation that took one, and counted in the slot as long as more are
-- taken than it grants.
ALTER TABLE reservation ADD COLUMN over INTEGER NOT NULL DEFAULT 0 CHECK (over IN (0, 1));
UPDATE reservation SET over = 1 WHERE 'reservation:' || id IN (
  SELECT s.subject FROM journal_subject s JOIN journal j ON j.id = s.entry_id
  WHERE j.kind = 'reservation_taken_over' AND j.data LIKE '%"over":true%');
UPDATE slot_usage SET over = CASE WHEN web + telephone + counter + walk_in > ceiling
  THEN web + telephone + counter + walk_in - ceiling ELSE 0 END;
