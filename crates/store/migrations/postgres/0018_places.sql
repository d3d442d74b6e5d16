-- How many cards a place has room for; NULL: nobody said.
ALTER TABLE place ADD COLUMN capacity BIGINT CHECK (capacity > 0);
