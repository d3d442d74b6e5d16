-- How many times a reservation was moved to another slot, and how many of them by the citizen on the web, for the
-- limit of these. Both are told by the journal.
ALTER TABLE reservation ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE reservation ADD COLUMN web_changes INTEGER NOT NULL DEFAULT 0;
UPDATE reservation SET changes = (SELECT COUNT(*) FROM journal_subject s JOIN journal j ON j.id = s.entry_id
  WHERE s.subject = 'reservation:' || reservation.id AND j.kind = 'moved');
UPDATE reservation SET web_changes = (SELECT COUNT(*) FROM journal_subject s JOIN journal j ON j.id = s.entry_id
  WHERE s.subject = 'reservation:' || reservation.id AND j.kind = 'moved' AND j.data LIKE '%"by":"web"%')
  WHERE changes > 0;
