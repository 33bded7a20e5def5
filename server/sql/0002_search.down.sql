-- Takes the search index away again: what it was made from stays.
drop table search_part, search_word, search_reference, search_quantity, search_number, search_date, search_string;
drop index resource_search_terms, resource_updated, resource_newest, resource_key;
alter table resource drop column search_present, drop column search_terms, drop column key;
