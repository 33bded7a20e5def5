-- The indexes of before: summaries of page ranges, and none of what was withdrawn.
drop index link_index;
create index link_index on link using brin (index) with (pages_per_range = 16);
drop index statement_index;
create index statement_index on statement using brin (index) with (pages_per_range = 16);
drop index version_withdrawn;
