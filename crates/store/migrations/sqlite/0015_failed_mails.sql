-- Why a server did not take a mail, as the status that it said (RFC 3463), and when a mail that did not arrive needs
-- nobody any more: sent otherwise since, or the address is gone.
ALTER TABLE outbox ADD COLUMN status TEXT;
ALTER TABLE outbox ADD COLUMN settled_at INTEGER CHECK (settled_at IS NULL OR state = 'bounced');
CREATE INDEX outbox_failed ON outbox (day, id) WHERE state = 'bounced' AND settled_at IS NULL;
