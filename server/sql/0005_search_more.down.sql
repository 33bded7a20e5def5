-- Takes away what 0005 brought, and the rows in the tables of 0002 that belong to it: numbers from 10000 on, and negative ones.
delete from search_string where param >= 10000 or param < 0;
delete from search_date where param >= 10000 or param < 0;
delete from search_number where param >= 10000 or param < 0;
delete from search_quantity where param >= 10000 or param < 0;
delete from search_reference where param >= 10000 or param < 0;
delete from search_part where param >= 10000 or param < 0;
delete from search_word where param >= 10000;
drop function search_narrative(text);
drop function search_content(text);
drop function search_plain(text);
drop function search_lower(text);
revoke usage on sequence resource_key_seq from vouch_server;
drop table search_progress, search_word_due, search_text, search_contained, search_parameter;
