-- What explanations ask of statements: which sources ever sent a type (why there is nothing), and what a Provenance names as the origin
-- of a resource (copies of one origin are one witness). Both follow from the statements alone and never change once written.
create table source_sends (
  source text not null,
  type text not null,
  -- Ledger index of the first: as of a smaller size the source had sent none.
  first_index bigint not null,
  primary key (source, type)
);
-- `id`: a Provenance that ever had the target, whatever it says since. Those that a message brings with itself name their own message
-- only, which says nothing of another source, so they are left out.
create table provenance_target (
  target text not null,
  id text not null,
  primary key (target, id)
);

create function note_statements() returns trigger language plpgsql as $$
begin
  insert into source_sends (source, type, first_index)
    select source, type, min(index) from said group by source, type on conflict do nothing;
  insert into provenance_target (target, id)
    select distinct t ->> 'reference', s.resource_id from said s, jsonb_path_query(s.text::jsonb, '$.target[*]') t
    where s.type = 'Provenance' and s.subject is null and s.text is not null and t ->> 'reference' is not null on conflict do nothing;
  return null;
end $$;
create trigger note_statements after insert on statement referencing new table as said for each statement execute function note_statements();

insert into source_sends (source, type, first_index) select source, type, min(index) from statement group by source, type;
insert into provenance_target (target, id)
  select distinct t ->> 'reference', s.resource_id from statement s, jsonb_path_query(s.text::jsonb, '$.target[*]') t
  where s.type = 'Provenance' and s.subject is null and s.text is not null and t ->> 'reference' is not null;
-- Statements, links and rulings below this ledger index have been looked at by the watch behind the commits.
create table watch_head (
  one boolean primary key default true check (one),
  index bigint not null
);
insert into watch_head (index) select size from ledger_head;
grant select, update on watch_head to vouch_server;
grant select, insert on source_sends, provenance_target to vouch_server;
