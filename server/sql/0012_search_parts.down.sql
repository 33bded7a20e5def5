-- What only this version can search by goes, with its rows.
drop function contained_text(text, int);
create temp table gone on commit drop as
  select number as param from search_parameter where kind in ('composite', 'special')
  union select unnest(parts) from search_parameter union values (1231), (-1231);
delete from search_string where param in (select param from gone);
delete from search_date where param in (select param from gone);
delete from search_number where param in (select param from gone);
delete from search_quantity where param in (select param from gone);
delete from search_part where param in (select param from gone);
delete from search_reference where param in (select param from gone);
delete from search_word where param in (select param from gone);
delete from search_parameter where kind in ('composite', 'special');
drop table gone;
update resource set search_present = search_present & ~(1::bigint << 18) where type = 'Location';
update search_contained set search_present = search_present & ~(1::bigint << 18) where type = 'Location';
create index search_contained_type on search_contained (type, key desc);
drop index search_contained_place;
alter table search_parameter drop column components, drop column parts;
