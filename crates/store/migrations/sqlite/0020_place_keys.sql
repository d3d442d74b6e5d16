-- Who holds the key of a room or a cabinet now; no row: it hangs where it belongs.
CREATE TABLE place_key (
  place_id TEXT PRIMARY KEY REFERENCES place (id),
  person_id TEXT NOT NULL REFERENCES person (id),
  entry_id TEXT NOT NULL REFERENCES journal (id)
) STRICT;
