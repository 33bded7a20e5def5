-- What searches look into beyond 0002: parameters that SearchParameter resources define, contained resources, and words. All of it is
-- derived: dropped, it is made again from the newest versions by the indexer (server/src/search/README.md).

-- One row for each parameter that a SearchParameter of the record defines for a type. Its values stand in the tables of 0002, those
-- compared for equality in search_part with part 0, under a number of its own: a definition that changed is another number.
create table search_parameter (
  number smallint primary key check (number >= 10000),
  -- The row of the SearchParameter in resource.
  key bigint not null,
  type text not null,
  code text not null,
  kind text not null,
  expression text not null,
  targets text[],
  url text not null,
  -- building: searches refuse it. dropping: nothing looks at it any more, its rows are being taken away.
  state text not null check (state in ('building', 'complete', 'dropping')),
  since timestamptz not null default now(),
  -- Resources of the type up to this row of resource have been walked.
  walked bigint not null default 0,
  total bigint not null default 0,
  indexed bigint not null default 0,
  -- Of those indexed: resources whose values could not be computed.
  failed bigint not null default 0,
  -- How often counting found a difference and the walk began again.
  restarts int not null default 0,
  completed_at timestamptz
);
create unique index search_parameter_code on search_parameter (type, code) where state <> 'dropping';
create index search_parameter_key on search_parameter (key);

-- Contained resources, found like others: by terms here, and by rows of the tables of 0002 with the negative of the parameter's number.
-- Their keys are of the same series as those of resource. place is the one in the list of contained resources.
create table search_contained (
  key bigint primary key default nextval('resource_key_seq'),
  container bigint not null,
  place smallint not null,
  type text not null,
  id text not null,
  search_terms bigint[] not null,
  search_present bigint not null,
  unique (container, place)
);
create index search_contained_type on search_contained (type, key desc);
create index search_contained_terms on search_contained using gin (search_terms) with (fastupdate = off);

-- Words of narratives and of whole contents. Made behind the writes, in the order of the ledger: what is newer than the mark in
-- search_progress is looked at as it stands. A row counts for the version it was made of.
create table search_text (
  key bigint primary key,
  version int not null,
  narrative tsvector not null,
  content tsvector not null
);
create index search_text_narrative on search_text using gin (narrative);
create index search_text_content on search_text using gin (content);

-- Words that may have lost their last resource: looked at by and by, and taken out of the dictionary.
create table search_word_due (
  param smallint not null,
  value text collate "C" not null,
  term bigint not null,
  primary key (param, value, term)
);

create table search_progress (
  one boolean primary key default true check (one),
  -- Ledger size up to which search_text and search_word_due have followed.
  followed bigint not null
);
insert into search_progress (followed) values (-1);

-- Words are compared in no language: in lower case, without diacritics, apart at punctuation of any script. What the database's own
-- locale takes for a letter must not matter: a collation that knows them all is named where there is one.
do $do$
declare
  known text := (select quote_ident(collname) from pg_collation where collname in ('pg_c_utf8', 'und-x-icu')
    and (collencoding = -1 or collencoding = pg_char_to_encoding('UTF8')) order by collname limit 1);
begin
  execute format('create function search_lower(given text) returns text language sql immutable as %L',
    'select lower(given' || coalesce(' collate ' || known, '') || ')');
end $do$;

-- Decomposed canonically: by compatibility, a letter of full width would become a quotation mark, and the text no JSON any more.
create function search_plain(given text) returns text language sql immutable as $$
  select case when given ~ '[^\x01-\x7f]' then regexp_replace(regexp_replace(normalize(search_lower(given), NFD), '[\u0300-\u036f]', '', 'g'),
    '[\u0080-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb-\u00bf\u00d7\u00f7\u2000-\u206f\u2e00-\u2e7f\u3000-\u303f]', ' ', 'g') else given end
$$;

-- Of what cannot be read as jsonb, or fills more than the megabyte that a tsvector holds, the beginning is taken as it is written.
create function search_content(given text) returns tsvector language plpgsql immutable as $$
begin
  return jsonb_to_tsvector('simple', search_plain(case when given like '%\\u%' then given::jsonb::text else given end)::jsonb, '["string", "numeric"]');
exception when others then
  return to_tsvector('simple', search_plain(left(given, 200000)));
end $$;

create function search_narrative(given text) returns tsvector language plpgsql immutable as $$
begin
  return to_tsvector('simple', search_plain(regexp_replace(coalesce(given::jsonb #>> '{text,div}', ''), '<[^>]*>', ' ', 'g')));
exception when others then
  return to_tsvector('simple', '');
end $$;

grant select, insert, update, delete on search_parameter, search_contained, search_text, search_word_due to vouch_server;
grant select, update on search_progress to vouch_server;
grant usage on sequence resource_key_seq to vouch_server;
