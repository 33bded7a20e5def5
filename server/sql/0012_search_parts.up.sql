-- Composite parameters of one's own: what the components are, and the numbers their rows stand under.
alter table search_parameter add column components jsonb, add column parts smallint[] not null default '{}';

-- Contained resources are told in the order of their containers, which is the same whenever they were indexed.
create index search_contained_place on search_contained (type, container desc, place);
drop index search_contained_type;

-- Positions of locations, for "near": a row of numbers whose lower one is the latitude and whose higher one the longitude.
create temp table place on commit drop as
  select r.key, 1231 as param, (v.text::jsonb #>> '{position,latitude}')::double precision as latitude,
    (v.text::jsonb #>> '{position,longitude}')::double precision as longitude
  from resource r join version v on v.type = r.type and v.id = r.id and v.version = r.version
  where r.type = 'Location' and not r.deleted and v.text is not null;
insert into place
  select c.key, -1231, (v.text::jsonb #>> array['contained', c.place::text, 'position', 'latitude'])::double precision,
    (v.text::jsonb #>> array['contained', c.place::text, 'position', 'longitude'])::double precision
  from search_contained c join resource r on r.key = c.container join version v on v.type = r.type and v.id = r.id and v.version = r.version
  where c.type = 'Location' and not r.deleted and v.text is not null;
delete from place where latitude is null or longitude is null;
insert into search_number (low, high, param, part, edge, key) select latitude, longitude, param, 0, 3, key from place;
update resource r set search_present = r.search_present | (1::bigint << 18) from place p where p.key = r.key;
update search_contained c set search_present = c.search_present | (1::bigint << 18) from place p where p.key = c.key;
drop table place;

-- A contained resource as text; null where the content cannot be read as jsonb.
create function contained_text(given text, place int) returns text language plpgsql immutable as $$
begin
  return given::jsonb #>> array['contained', place::text];
exception when others then
  return null;
end $$;
