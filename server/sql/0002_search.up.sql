-- What searches look into. Derived like every version: can be dropped and made again from the newest versions.
-- Why terms are hashes in one inverted index, and ordered values rows of narrow tables, with figures: docs/adr/0008-search-index.md.

-- A narrow name for a resource, by which the tables below point at it.
alter table resource add column key bigint generated always as identity;
-- Hashes of everything that is compared for equality: hashtextextended(value, parameter * 16 + form).
alter table resource add column search_terms bigint[] not null default '{}';
-- One bit for each parameter of the type that has a value: what ":missing" asks.
alter table resource add column search_present bigint not null default 0;
create unique index resource_key on resource (key);
-- What every page comes in the order of, unless another is asked for: by what was created last. Writes do not move it.
create index resource_newest on resource (type, key desc) where not deleted;
create index resource_updated on resource (type, updated_at, key) where not deleted;
-- The inverted index is written at once: a list of pending entries would have to be read by every search.
create index resource_search_terms on resource using gin (search_terms) with (fastupdate = off);
-- How often a term occurs decides whether a search walks the newest resources or collects all that have it.
alter table resource alter column search_terms set statistics 1000;

-- In all of these: param is the number of the parameter of its type; part is the item of a composite's group that the value is in, 0
-- outside one; edge tells by its bits the lowest (1) and the highest (2) value a resource has for a parameter, by which it is sorted.

create table search_string (
  value text collate "C" not null,
  key bigint not null,
  param smallint not null,
  part smallint not null,
  edge smallint not null
);
create index search_string_value on search_string (param, value, key);
create index search_string_key on search_string (key, param);

-- Milliseconds since 1970, from the first to the one after the last.
create table search_date (
  low bigint not null,
  high bigint not null,
  key bigint not null,
  param smallint not null,
  part smallint not null,
  edge smallint not null
);
create index search_date_low on search_date (param, low, key);
create index search_date_key on search_date (key, param);
-- What ends after a time began at most a day before it, but for these.
create index search_date_long on search_date (param, high) where high - low > 86400000;

create table search_number (
  low double precision not null,
  high double precision not null,
  key bigint not null,
  param smallint not null,
  part smallint not null,
  edge smallint not null
);
create index search_number_low on search_number (param, low, key);
create index search_number_key on search_number (key, param);

-- A quantity has a row as it was written (unit 0, with hashes of its code and of its unit's text) and one by the hash of its unit's
-- canonical form, or of its system and code where that is not known.
create table search_quantity (
  unit bigint not null,
  low double precision not null,
  high double precision not null,
  code bigint not null,
  unit_text bigint not null,
  key bigint not null,
  param smallint not null,
  part smallint not null,
  edge smallint not null
);
create index search_quantity_low on search_quantity (param, unit, low, key);
create index search_quantity_key on search_quantity (key, param);

-- Which resource points at which: the way back from what was found to what it refers to.
create table search_reference (
  key bigint not null,
  param smallint not null,
  target text not null
);
create index search_reference_key on search_reference (key, param);

-- A dictionary: the texts of codes, and URIs, with the term that stands for each, so that a beginning or a part of one finds terms.
-- A word stays when the last resource that had it is gone; it then finds nothing.
create table search_word (
  param smallint not null,
  value text collate "C" not null,
  term bigint not null,
  primary key (param, value, term)
);

-- Tokens and references inside a composite's group.
create table search_part (
  term bigint not null,
  key bigint not null,
  param smallint not null,
  part smallint not null
);
create index search_part_term on search_part (term, key);
create index search_part_key on search_part (key, param);

grant select, insert, update, delete on search_string, search_date, search_number, search_quantity, search_reference, search_word, search_part to vouch_server;
