-- A lookup asks for some twenty keys, and each would walk through all that was written since the last vacuum: with a full pending list
-- that is over 20 ms among a million records. Writing each key to its place at once costs the matcher little, who writes behind the commits.
alter index linkage_record_keys set (fastupdate = off);
select gin_clean_pending_list('linkage_record_keys');
