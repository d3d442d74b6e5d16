-- Wishes for an earlier day. A booking that has a place would rather come earlier; what becomes free is offered to the wishes
-- in the order of their ids, which is that of time.
CREATE TABLE wish (
  id TEXT PRIMARY KEY,
  booking_id TEXT NOT NULL REFERENCES reservation (id),
  service TEXT NOT NULL,
  site TEXT NOT NULL,
  from_day TEXT NOT NULL,
  until_day TEXT NOT NULL,
  weekdays TEXT NOT NULL,
  times TEXT NOT NULL,
  state TEXT NOT NULL,
  left_at BIGINT NOT NULL,
  ended_at BIGINT,
  entry_id TEXT NOT NULL REFERENCES journal (id),
  CHECK (from_day <= until_day),
  CHECK ((state = 'open') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX wish_open ON wish (booking_id) WHERE state = 'open';
CREATE INDEX wish_waiting ON wish (service, site, id) WHERE state = 'open';
CREATE INDEX wish_booking ON wish (booking_id, id);
