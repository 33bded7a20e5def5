-- Takes the indexes of histories away again: what they find stays.
drop index version_type_index;
drop index version_index;
