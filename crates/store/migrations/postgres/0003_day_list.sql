-- The list of an open day as it was frozen, and its transfer to the city (11(5)ウ(オ)). Its lines are never changed.
CREATE TABLE day_list (
  service TEXT NOT NULL,
  site TEXT NOT NULL,
  day TEXT NOT NULL,
  entry_id TEXT NOT NULL REFERENCES journal (id),
  receiver TEXT,
  transfer_id TEXT REFERENCES journal (id),
  PRIMARY KEY (service, site, day),
  CHECK ((receiver IS NULL) = (transfer_id IS NULL))
);

CREATE TABLE day_list_line (
  service TEXT NOT NULL,
  site TEXT NOT NULL,
  day TEXT NOT NULL,
  reservation_id TEXT NOT NULL REFERENCES reservation (id),
  start BIGINT NOT NULL,
  PRIMARY KEY (service, site, day, reservation_id)
);

-- Differences from a frozen list that a person saw.
CREATE TABLE day_list_seen (
  service TEXT NOT NULL,
  site TEXT NOT NULL,
  day TEXT NOT NULL,
  reservation_id TEXT NOT NULL REFERENCES reservation (id),
  difference TEXT NOT NULL,
  entry_id TEXT NOT NULL REFERENCES journal (id),
  PRIMARY KEY (service, site, day, reservation_id, difference)
);

-- Who took a duty of an open day, and the entry that says it is done where nothing else says so.
CREATE TABLE duty (
  service TEXT NOT NULL,
  site TEXT NOT NULL,
  day TEXT NOT NULL,
  duty TEXT NOT NULL,
  taken_id TEXT REFERENCES journal (id),
  done_id TEXT REFERENCES journal (id),
  PRIMARY KEY (service, site, day, duty)
);
