-- What of each plan no other input tells, so that everything derived can be computed again in the order in which it first was: when it
-- was planned, with which others it was committed, which source subjects it was the first to speak of, and which ones its sender merged.
create table plan_record (
  -- The commit, and the place in it: together they are the order.
  epoch bigint not null,
  place int not null,
  receipt bigint not null,
  at timestamptz not null,
  -- Ledger size that it found and left. Its versions bear the second.
  size_before bigint not null,
  size_after bigint not null,
  -- What became of the receipt, and why: a later try overwrites both in receipt_state.
  state text not null,
  reasons jsonb,
  founded jsonb,
  merges jsonb,
  -- Pieced together by this migration from what was left of plans made before it.
  seeded boolean not null default false,
  primary key (epoch, place)
);

-- Before the record began: the order is that of the ledger, and of the times where the ledger does not tell. Numbered up to 0, so that
-- what comes is later. What senders merged is not known any more, nor the tries of a receipt but its last and the one that needed repair.
with kept as (
  select receipt, (outcome ->> 'plannedAt')::timestamptz as planned_at, state, reasons from receipt_state where outcome ->> 'plannedAt' is not null
), known as (
  select k.*,
    (select min(v.at) from version v where v.receipt = k.receipt) as version_at,
    least((select min(index) from statement s where s.id >= k.receipt << 20 and s.id < (k.receipt + 1) << 20),
      (select min(index) from link l where l.receipt = k.receipt), (select min(id) from ruling r where r.id > k.receipt and r.receipt = k.receipt)) as first,
    greatest((select max(index) + 1 from statement s where s.id >= k.receipt << 20 and s.id < (k.receipt + 1) << 20),
      (select max(index) + 1 from link l where l.receipt = k.receipt), (select max(id) + 1 from ruling r where r.receipt = k.receipt),
      (select max(index) from version v where v.receipt = k.receipt)) as after
  from kept k
), tries as (
  select receipt, coalesce(version_at, planned_at) as at, state, reasons, first, after, true as founds from known
  union all
  select c.receipt, c.opened_at, c.kind, c.detail -> 'reasons', null, null, false from case_file c join receipt_state s on s.receipt = c.receipt
    where c.kind in ('quarantined', 'held') and s.state not in ('quarantined', 'held')
), committed as (
  select t.*, coalesce(case when after is not null then (select min(size) from ledger_moment where size >= after) end,
    (select size from ledger_moment m where m.at >= t.at order by m.at, size limit 1), (select size from ledger_head)) as size
  from tries t
), ranked as (
  select c.*, dense_rank() over (order by size) as nth, row_number() over (partition by size order by coalesce(after, size), at, receipt) - 1 as place from committed c
), founders as (
  select first_seen >> 20 as receipt, jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', id, 'key', key, 'home', home, 'firstSeen', first_seen,
    'addressed', case when key like 'Patient/%' and key <> 'Patient/' || id then substr(key, 9) end)) order by first_seen) as subjects
  from subject group by first_seen >> 20
)
insert into plan_record (epoch, place, receipt, at, size_before, size_after, state, reasons, founded, seeded)
select nth - (select count(distinct size) from ranked), place, receipt, at, coalesce(first, after, size), coalesce(after, size), state, reasons,
  case when founds then subjects end, true
from ranked left join founders using (receipt);

create trigger append_only before update or delete or truncate on plan_record for each statement execute function refuse_change();
grant select, insert on plan_record to vouch_server;

-- As in 0001, with the record of each plan. A second text, for those of the states carry outcomes that nobody else needs to read.
drop function append_inputs(bigint, json, json, json, json, json, smallint[], bytea, timestamptz);
create function append_inputs(epoch_read bigint, states json, statements json, links json, rulings json, versions json, records json, kinds smallint[],
  leaves bytea, planned_at timestamptz)
returns bigint language plpgsql as $$
declare
  base bigint;
  settled bigint;
begin
  update pipeline_head set epoch = epoch + 1 where epoch = epoch_read;
  if not found then raise exception 'the basis moved' using errcode = 'VB001'; end if;
  update receipt_state set state = given.state, since = given.at, reasons = given.reasons, waiting_for = given."waitingFor",
    outcome = coalesce(given.outcome, receipt_state.outcome)
  from json_to_recordset(states) as given (receipt bigint, state text, at timestamptz, reasons jsonb, "waitingFor" bigint, outcome jsonb)
  where receipt_state.receipt = given.receipt and receipt_state.state = 'received';
  get diagnostics settled = row_count;
  if settled <> json_array_length(states) then raise exception 'settled meanwhile' using errcode = 'VB002'; end if;
  base := take_indexes(cardinality(kinds));
  insert into statement (home, id, index, receipt, source, subject, type, resource_id, said_at, received_at, replaces, text, said, origins)
  select home, id, base + place, receipt, source, subject, "resourceType", "resourceId", "saidAt", "receivedAt", replaces, text, said, origins
  from json_to_recordset(statements) as r (place bigint, home bigint, id bigint, receipt bigint, source text, subject text, "resourceType" text,
    "resourceId" text, "saidAt" timestamptz, "receivedAt" timestamptz, replaces boolean, text text, said text, origins text);
  if links is not null then
    insert into link (home, id, index, a, b, kind, rule, retired, receipt, because)
    select home, id, base + place, a, b, kind, rule, retired, receipt, because
    from json_to_recordset(links) as r (place bigint, home bigint, id bigint, a text, b text, kind text, rule text, retired text, receipt bigint, because jsonb);
  end if;
  if rulings is not null then
    insert into ruling (home, id, receipt, subject, element, decision, chosen, competing_set, reason, ruled_by, ruled_at)
    select home, base + place, receipt, subject, element, decision, chosen, "competingSet", reason, by, at
    from json_to_recordset(rulings) as r (place bigint, home bigint, receipt bigint, subject text, element text, decision text, chosen bigint,
      "competingSet" text, reason text, by text, at timestamptz);
  end if;
  insert into version (home, type, id, version, at, index, receipt, deleted, text)
  select home, type, id, version, at, base + place, receipt, deleted, text
  from json_to_recordset(versions) as r (place bigint, home bigint, type text, id text, version int, at timestamptz, receipt bigint, deleted boolean, text text);
  insert into plan_record (epoch, place, receipt, at, size_before, size_after, state, reasons, founded, merges)
  select epoch_read + 1, place, receipt, at, base + "from", base + upto, state, reasons, founded, merges
  from json_to_recordset(records) as r (place int, receipt bigint, at timestamptz, "from" bigint, upto bigint, state text, reasons jsonb, founded jsonb,
    merges jsonb);
  perform append_leaves(base, kinds, leaves);
  insert into ledger_moment (size, at) values (base + cardinality(kinds), planned_at) on conflict (size) do update set at = excluded.at;
  return base + cardinality(kinds);
end $$;
