-- Forgets when cases were open before, and what resources once referred to.
drop trigger keep_references on search_reference;
drop function keep_references();
drop table search_reference_past;
drop trigger keep_history on case_file;
drop function keep_case_history();
drop table case_history;
