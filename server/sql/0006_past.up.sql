-- What answers about the past are made from, where the newest state alone does not tell it.

-- What was open and closed when: one row for each time a case was opened or closed, with the ledger size of the commit that did it.
-- case_file says how a case stands now; a case that was opened again has forgotten there when it was open before.
create table case_history (
  id bigint generated always as identity primary key,
  case_id text not null,
  index bigint not null,
  state text not null check (state in ('open', 'closed')),
  opened_at timestamptz not null,
  opened_by bigint not null,
  detail jsonb not null,
  receipt bigint not null
);
create index case_history_of on case_history (case_id, index);

-- At the end of the commit, when its place in the ledger is taken and the lock of the number line is held: only then is the size known.
create function keep_case_history() returns trigger language plpgsql as $$
begin
  insert into case_history (case_id, index, state, opened_at, opened_by, detail, receipt)
  values (new.id, (select size from ledger_head), new.state, new.opened_at, new.opened_by, new.detail,
    case new.state when 'open' then new.opened_by else coalesce(new.closed_by, new.opened_by) end);
  return null;
end $$;
create constraint trigger keep_history after insert or update on case_file deferrable initially deferred
  for each row execute function keep_case_history();

-- Cases from before: the first size after the receipt is when a commit could first have done it.
insert into case_history (case_id, index, state, opened_at, opened_by, detail, receipt)
select id, coalesce((select min(size) from ledger_moment where size > opened_by), opened_by + 1), 'open', opened_at, opened_by, detail, opened_by from case_file;
insert into case_history (case_id, index, state, opened_at, opened_by, detail, receipt)
select id, coalesce((select min(size) from ledger_moment where size > closed_by), closed_by + 1), 'closed', opened_at, opened_by, detail, closed_by
from case_file where state = 'closed' and closed_by is not null;

create trigger append_only before update or delete or truncate on case_history for each statement execute function refuse_change();

-- References that a resource once had and has no more. With what is referred to now they are all that ever was, so that a search of the
-- past knows whom it has to look at. A row too many costs a look, a row too few a wrong answer.
create table search_reference_past (
  target text not null,
  key bigint not null,
  primary key (target, key)
);
create function keep_references() returns trigger language plpgsql as $$
begin
  insert into search_reference_past (target, key) select distinct target, key from gone on conflict do nothing;
  return null;
end $$;
create trigger keep_references after delete on search_reference referencing old table as gone
  for each statement execute function keep_references();

insert into search_reference_past (target, key)
select distinct found[1], resource.key from version join resource on resource.type = version.type and resource.id = version.id,
  regexp_matches(version.text, '"reference"\s*:\s*"([A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64})"', 'g') as found
where version.version < resource.version or resource.deleted
on conflict do nothing;

grant select, insert on case_history to vouch_server;
grant select, insert, delete on search_reference_past to vouch_server;
