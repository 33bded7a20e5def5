drop index version_type_index;
drop index version_index;
