-- 交付通知書の再送: what a citizen asked for, from the request to the city's posting, which follows from its letter.
CREATE TABLE notice_request (
  id TEXT PRIMARY KEY,
  card_id TEXT NOT NULL REFERENCES card (id),
  site TEXT NOT NULL,
  asked TEXT NOT NULL,
  entry_id TEXT NOT NULL REFERENCES journal (id),
  letter_batch_id TEXT REFERENCES letter_batch (id),
  ended TEXT,
  ended_by TEXT REFERENCES journal (id),
  CHECK ((ended IS NULL) = (ended_by IS NULL))
);
CREATE UNIQUE INDEX notice_request_open_card ON notice_request (card_id) WHERE ended_by IS NULL;
CREATE INDEX notice_request_open ON notice_request (site, id) WHERE ended_by IS NULL;
CREATE INDEX notice_request_card ON notice_request (card_id, id);

-- 返戻: a notice that came back to the city, until the city posts it again.
CREATE TABLE notice_return (
  id TEXT PRIMARY KEY,
  card_id TEXT NOT NULL REFERENCES card (id),
  site TEXT NOT NULL,
  came_on TEXT NOT NULL,
  reason TEXT NOT NULL,
  entry_id TEXT NOT NULL REFERENCES journal (id),
  over_by TEXT REFERENCES journal (id)
);
CREATE UNIQUE INDEX notice_return_open_card ON notice_return (card_id) WHERE over_by IS NULL;
CREATE INDEX notice_return_open ON notice_return (site, id) WHERE over_by IS NULL;
CREATE INDEX notice_return_card ON notice_return (card_id, id);
