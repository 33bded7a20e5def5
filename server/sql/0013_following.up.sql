-- What was ever served as entered in error: few among very many, and asked about whenever anything is said of a person. Without this the
-- whole record of everybody who is spoken of would be read to find that nothing in it was withdrawn.
create index version_withdrawn on version (type, id, version) where text like '%"entered-in-error"%';

-- What was said in a stretch of the ledger is asked for by everything that follows the commits. A summary of page ranges is made only when
-- a table is vacuumed, which one that only grows seldom is: until then each question read the whole table.
drop index statement_index;
create index statement_index on statement (index);
drop index link_index;
create index link_index on link (index);
