-- Takes the records of scored matching away: what they were made from stays.
drop table linkage_head, linkage_record;
