-- A sealed value is looked up by its keyed hash alone: the field is part of what is hashed. With the field before it in
-- the index, a database that knows little of a young table read every value of the field for each portion of a list.
DROP INDEX personal_lookup;
CREATE INDEX personal_lookup ON personal (lookup) WHERE lookup IS NOT NULL;
