-- Histories of a type and of everything, newest first: versions in the order in which they became what is served. Both indexes grow at
-- their right edge alone, since the numbers only rise.
create index version_index on version (index);
create index version_type_index on version (type, index);
