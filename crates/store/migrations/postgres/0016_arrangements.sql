-- How a list of the staff stands: columns and order under a name, as the city agreed to it. A version is never altered,
-- only followed by the next one or ended.
CREATE TABLE list_arrangement (
  id TEXT NOT NULL,
  version BIGINT NOT NULL,
  site TEXT NOT NULL,
  of_list TEXT NOT NULL,
  name TEXT NOT NULL,
  stands TEXT NOT NULL,
  agreement TEXT NOT NULL,
  entry_id TEXT NOT NULL REFERENCES journal (id),
  ended_by TEXT REFERENCES journal (id),
  PRIMARY KEY (id, version)
);
CREATE UNIQUE INDEX list_arrangement_live ON list_arrangement (id) WHERE ended_by IS NULL;
CREATE UNIQUE INDEX list_arrangement_name ON list_arrangement (site, of_list, name) WHERE ended_by IS NULL;

-- By which arrangement a list stands for everybody, and by which for a person who chose another one.
CREATE TABLE list_standing (
  site TEXT NOT NULL,
  of_list TEXT NOT NULL,
  arrangement_id TEXT NOT NULL,
  entry_id TEXT NOT NULL REFERENCES journal (id),
  PRIMARY KEY (site, of_list)
);
CREATE TABLE list_chosen (
  person_id TEXT NOT NULL REFERENCES person (id),
  site TEXT NOT NULL,
  of_list TEXT NOT NULL,
  arrangement_id TEXT NOT NULL,
  entry_id TEXT NOT NULL REFERENCES journal (id),
  PRIMARY KEY (person_id, site, of_list)
);
