-- Keys wait for the next vacuum again.
alter index linkage_record_keys set (fastupdate = on);
