alter index linkage_record_keys set (fastupdate = on);
