-- Offers: other places that are held for a booking until a deadline. Accepted, its reservations move to them; otherwise
-- they are free again, and the booking is as it was.
CREATE TABLE offering (
  id TEXT PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('running', 'done')),
  until BIGINT NOT NULL,
  chosen TEXT,
  actor TEXT NOT NULL,
  begun_at BIGINT NOT NULL,
  entry_id TEXT NOT NULL REFERENCES journal (id)
);
CREATE INDEX offering_running ON offering (id) WHERE state = 'running';

CREATE TABLE offer (
  id TEXT PRIMARY KEY,
  booking_id TEXT NOT NULL REFERENCES reservation (id),
  offering_id TEXT REFERENCES offering (id),
  reason TEXT NOT NULL,
  state TEXT NOT NULL,
  until BIGINT NOT NULL,
  made_at BIGINT NOT NULL,
  ended_at BIGINT,
  entry_id TEXT NOT NULL REFERENCES journal (id),
  CHECK ((state = 'open') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX offer_open ON offer (booking_id) WHERE state = 'open';
CREATE UNIQUE INDEX offer_once ON offer (offering_id, booking_id) WHERE offering_id IS NOT NULL;
CREATE INDEX offer_booking ON offer (booking_id, id);
CREATE INDEX offer_until ON offer (until, id) WHERE state = 'open';

-- The place that an offer holds or held for one reservation, and where the reservation was.
CREATE TABLE offer_place (
  offer_id TEXT NOT NULL REFERENCES offer (id),
  reservation_id TEXT NOT NULL REFERENCES reservation (id),
  state TEXT NOT NULL CHECK (state IN ('held', 'taken', 'freed')),
  channel TEXT NOT NULL,
  service TEXT NOT NULL,
  site TEXT NOT NULL,
  day TEXT NOT NULL,
  start BIGINT NOT NULL,
  from_day TEXT NOT NULL,
  from_start BIGINT NOT NULL,
  PRIMARY KEY (offer_id, reservation_id)
);
CREATE UNIQUE INDEX offer_place_held ON offer_place (reservation_id) WHERE state = 'held';
CREATE INDEX offer_place_slot ON offer_place (service, site, day, start) WHERE state = 'held';
CREATE INDEX offer_place_reservation ON offer_place (reservation_id, offer_id);
