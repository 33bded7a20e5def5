-- The record of plans goes, and append_inputs is again as 0001 made it.
drop function append_inputs(bigint, json, json, json, json, json, json, smallint[], bytea, timestamptz);
drop table plan_record;

create function append_inputs(epoch_read bigint, states json, statements json, links json, rulings json, versions json, kinds smallint[], records bytea,
  planned_at timestamptz)
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
  perform append_leaves(base, kinds, records);
  insert into ledger_moment (size, at) values (base + cardinality(kinds), planned_at) on conflict (size) do update set at = excluded.at;
  return base + cardinality(kinds);
end $$;
