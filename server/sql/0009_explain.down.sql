-- Forgets which sources sent what and which origins a Provenance names; both stand in the statements.
drop trigger note_statements on statement;
drop function note_statements();
drop table watch_head;
drop table provenance_target;
drop table source_sends;
