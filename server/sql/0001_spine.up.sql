-- The spine: ledger, receipts, statements, links, rulings, and what is derived from them.
-- Append-only inputs first; everything after "Derived" can be dropped and computed again.

-- The number line. Writers lock this one row, take their indexes, insert and commit: the ledger has no gaps and no reordering.
create table ledger_head (
  one boolean primary key default true check (one),
  size bigint not null check (size >= 0)
);
insert into ledger_head (size) values (0);

-- One row, made at the first start: the key that turns a source's own keys into opaque ids.
create table installation (
  one boolean primary key default true check (one),
  secret bytea not null,
  created_at timestamptz not null
);

create table ledger_leaf (
  index bigint primary key,
  kind smallint not null,
  salt bytea not null,
  commitment bytea not null,
  leaf_hash bytea not null
);

create table checkpoint (
  size bigint primary key,
  at timestamptz not null,
  root bytea not null,
  note text not null
);

create table source_version (
  id bigint primary key,
  key text not null,
  version int not null,
  settings jsonb not null,
  registered_at timestamptz not null,
  unique (key, version)
);

create table policy_version (
  id bigint primary key,
  name text not null,
  body text not null,
  activated_at timestamptz not null
);

create table receipt (
  id bigint primary key,
  source text not null,
  door text not null,
  format text not null,
  received_at timestamptz not null,
  size_bytes int not null,
  content_hash bytea not null,
  delivery_key text,
  -- Set for a duplicate or a conflict: the receipt that first used this delivery key.
  original bigint references receipt (id),
  ordering_keys text[] not null,
  interaction jsonb,
  defect jsonb,
  note text
);
-- Led by the key alone: see append_receipts.
create index receipt_delivery on receipt (delivery_key, source) where delivery_key is not null and original is null;

create index receipt_received on receipt (received_at);

-- Payload bytes in one table of their own, so that erasure is one audited path. A duplicate shares its original's payload.
create table payload (
  receipt bigint primary key,
  bytes bytea,
  erased_at timestamptz
);

-- "home" is the key by which the tables of a larger installation will be split (docs/adr/0007); no key needs it on one machine.
-- A statement's and a link's id is made of its receipt and its place in it, so those of a receipt are a range of the key; "index" is its leaf, which as-of compares.
create table statement (
  home bigint not null,
  id bigint not null,
  index bigint not null,
  receipt bigint not null,
  source text not null,
  subject text,
  type text not null,
  resource_id text not null,
  said_at timestamptz not null,
  received_at timestamptz not null,
  replaces boolean not null,
  text text,
  -- Packed text (pipeline/pack.ts): these go with every statement, and would otherwise outweigh what was said.
  said text not null,
  origins text not null,
  primary key (id)
);
create index statement_of_resource on statement (resource_id, type, id);
-- Ledger indexes only grow, so a block range index finds a leaf's row at no cost to the writer.
create index statement_index on statement using brin (index) with (pages_per_range = 16);

create table link (
  home bigint not null,
  id bigint not null,
  index bigint not null,
  a text not null,
  b text not null,
  kind text not null check (kind in ('same', 'not-same')),
  rule text not null,
  retired text,
  receipt bigint not null,
  because jsonb not null,
  primary key (id)
);
create index link_a on link (a);
create index link_b on link (b);
create index link_receipt on link (receipt);
create index link_index on link using brin (index) with (pages_per_range = 16);

create table ruling (
  home bigint not null,
  id bigint not null,
  receipt bigint not null,
  subject text not null,
  element text not null,
  decision text not null,
  chosen bigint,
  competing_set text not null,
  reason text not null,
  ruled_by text not null,
  ruled_at timestamptz not null,
  primary key (id)
);
create index ruling_subject on ruling (subject);

create table erasure (
  id bigint generated always as identity primary key,
  receipt bigint not null,
  reason text not null,
  erased_by text not null,
  erased_at timestamptz not null default now()
);

-- Derived -----------------------------------------------------------------------------------------------------------------

create table ledger_tile (
  level smallint not null,
  tile bigint not null,
  hashes bytea not null,
  primary key (level, tile)
);

-- When the ledger had which size: one row a commit of the pipeline, so that a time finds its size.
create table ledger_moment (
  size bigint primary key,
  at timestamptz not null
);
create index ledger_moment_at on ledger_moment (at);

-- Exactly one row a receipt. Kept apart from the append-only receipt, so that "received = sum of the states" compares two counts.
create table receipt_state (
  receipt bigint primary key,
  source text not null,
  state text not null check (state in ('received', 'waiting', 'quarantined', 'held', 'applied', 'duplicate', 'superseded', 'rejected')),
  since timestamptz not null,
  reasons jsonb,
  waiting_for bigint,
  -- The ruling that sent it round again: a person looked, so what set it aside at the door does not count any more.
  retried_by bigint,
  -- Timings, counts of the loss account, issues and effects; the detail of the loss account is computed on demand.
  outcome jsonb
) with (fillfactor = 70);
create index receipt_open on receipt_state (state, receipt) where state in ('received', 'waiting', 'quarantined', 'held');
create index receipt_state_source on receipt_state (source, state);
create index receipt_source on receipt (source, id);

-- Which open receipts (quarantined, held, waiting) stand before others of the same ordering key.
create table ordering_block (
  source text not null,
  key text not null,
  receipt bigint not null,
  primary key (source, key, receipt)
);
create index ordering_block_receipt on ordering_block (receipt);

-- Moves with every commit of the pipeline: a plan whose basis was read at another epoch is planned again.
create table pipeline_head (
  one boolean primary key default true check (one),
  epoch bigint not null
);
insert into pipeline_head (epoch) values (0);

create table subject (
  home bigint not null,
  id text not null,
  source text not null,
  key text not null,
  first_seen bigint not null,
  -- As resource.view.
  view text,
  person text not null,
  retired boolean not null default false,
  primary key (id)
) with (fillfactor = 80);
create index subject_key on subject (source, key);
create index subject_person on subject (person);

-- What identity looks candidates up by: identifiers and the demographic near-miss key.
create table subject_lookup (
  home bigint not null,
  key text not null,
  subject text not null,
  primary key (subject, key)
);
create index subject_lookup_key on subject_lookup (key);

create table person_truth (
  home bigint not null,
  person text not null,
  index bigint not null,
  verdicts jsonb not null,
  primary key (person)
) with (fillfactor = 80);

create table resource (
  home bigint not null,
  type text not null,
  id text not null,
  version int not null,
  updated_at timestamptz not null,
  subject text,
  deleted boolean not null default false,
  -- The fold of the source's statements (truth/types.ts View), from which the next version is made. Kept now and then only: with the
  -- statements said since, it gives the view as it is; null is the fold of none.
  view text,
  -- Of the newest version's content without server-owned id and meta: equal means there is no new version to write.
  digest text,
  primary key (type, id)
) with (fillfactor = 80);
create index resource_subject on resource (subject, type) where subject is not null;

create table version (
  home bigint not null,
  type text not null,
  id text not null,
  version int not null,
  at timestamptz not null,
  index bigint not null,
  receipt bigint not null,
  deleted boolean not null default false,
  text text,
  primary key (type, id, version)
);
create index version_receipt on version (receipt);

create table case_file (
  id text primary key,
  home bigint not null,
  kind text not null,
  state text not null check (state in ('open', 'closed')),
  harm text,
  opened_at timestamptz not null,
  opened_by bigint not null,
  closed_at timestamptz,
  closed_by bigint,
  persons text[] not null,
  element text,
  receipt bigint,
  competing_set text,
  detail jsonb not null
);
create index case_open on case_file (state, opened_at);
create index case_persons on case_file using gin (persons);
create index case_receipt on case_file (receipt);

-- The two writers ------------------------------------------------------------------------------------------------------------
-- Each is one call, so that the lock of the number line is held for the inserts alone, and a receipt costs one round trip.

-- Leaves come as records of 16 bytes salt, 32 commitment, 32 leaf hash, end to end, in the order of their indexes.
create function append_leaves(base bigint, kinds smallint[], records bytea) returns void
language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
  insert into ledger_leaf (index, kind, salt, commitment, leaf_hash)
  select base + n - 1, kind, substr(records, (n::int - 1) * 80 + 1, 16), substr(records, (n::int - 1) * 80 + 17, 32), substr(records, (n::int - 1) * 80 + 49, 32)
  from unnest(kinds) with ordinality as given (kind, n);
end $$;

-- Takes places on the number line, and holds its lock until the transaction ends. Returns the first index taken.
create function take_indexes(wanted bigint) returns bigint
language sql as $$ update ledger_head set size = size + wanted returning size - wanted $$;

-- Intake: deliveries become receipts, duplicates and conflicts named by the receipt that first used the delivery key. The look at
-- earlier receipts comes after the lock: whoever came before has committed, so two equal deliveries cannot both be first.
create function append_receipts(deliveries json, bytes bytea, kinds smallint[], records bytea)
returns table (id bigint, outcome text, original bigint, "receivedAt" timestamptz)
language plpgsql set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare base bigint := take_indexes(cardinality(kinds));
begin
  perform append_leaves(base, kinds, records);
  return query
  with given as (
    select g.*, base + g.n - 1 as id, sum(g.size) over (order by g.n) - g.size as start
    from rows from (json_to_recordset(deliveries) as (source text, door text, format text, "receivedAt" timestamptz, size int, hash text,
      "deliveryKey" text, "orderingKeys" json, interaction jsonb, defect jsonb, note text)) with ordinality
      as g (source, door, format, received_at, size, hash, delivery_key, ordering_keys, interaction, defect, note, n)
  ), grouped as (
    select given.*, first_value(given.id) over same as first_id, first_value(given.hash) over same as first_hash, first_value(given.received_at) over same as first_at
    from given window same as (partition by given.source, given.delivery_key order by given.id)
  ), compared as (
    select grouped.*, coalesce(earlier.id, case when grouped.delivery_key is not null and first_id < grouped.id then first_id end) as original,
      coalesce(encode(earlier.content_hash, 'hex'), first_hash) as known_hash, coalesce(earlier.received_at, first_at) as known_at
    from grouped left join lateral (
      -- Plans are kept, and while the table is empty every way through it costs the same: written so, there is only the one by key.
      select id, content_hash, received_at from receipt
      where delivery_key = grouped.delivery_key and source || '' = grouped.source and receipt.original is null offset 0
    ) as earlier on true
  ), admitted as (
    select compared.*, case when compared.original is null then 'received' when known_hash = hash then 'duplicate' else 'conflict' end as outcome from compared
  ), stored as (
    insert into receipt (id, source, door, format, received_at, size_bytes, content_hash, delivery_key, original, ordering_keys, interaction, defect, note)
    select id, source, door, format, received_at, size, decode(hash, 'hex'), delivery_key, original, array(select json_array_elements_text(ordering_keys)), interaction, defect, note
    from admitted
  ), states as (
    insert into receipt_state (receipt, source, state, since, reasons)
    select id, source, case when outcome = 'duplicate' then 'duplicate' else 'received' end, received_at,
      case when outcome = 'duplicate' then jsonb_build_array(jsonb_build_object('code', 'duplicate-delivery',
        'message', format('The same bytes came before under the same delivery key, as receipt %s.', original))) end
    from admitted
  ), payloads as (
    insert into payload (receipt, bytes) select id, substr(append_receipts.bytes, start::int + 1, size) from admitted where outcome <> 'duplicate'
  )
  -- A duplicate is answered with the original's time, so that its answer is the same to the byte.
  select id, outcome, original, case when outcome = 'duplicate' then known_at else received_at end from admitted order by id;
end $$;

-- Pipeline: what plans append, each row at its place after the first index taken. A version bears the size of the ledger it is a
-- function of: as of that size and not before, it is what was served. Returns that size. The states of the receipts go with it.
-- Fails with VB001 when another commit moved the epoch, VB002 when a receipt has been settled by a commit whose answer never came.
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

-- Protection ---------------------------------------------------------------------------------------------------------------

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'table % is append-only: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;

do $$
declare t text;
begin
  foreach t in array array['installation', 'ledger_leaf', 'checkpoint', 'source_version', 'policy_version', 'receipt', 'statement', 'link', 'ruling', 'erasure'] loop
    execute format('create trigger append_only before update or delete or truncate on %I for each statement execute function refuse_change()', t);
  end loop;
end $$;

-- The named erasure path: the only way a payload changes. It blanks the bytes of one receipt and records who and why.
create function refuse_payload_change() returns trigger language plpgsql as $$
begin
  if current_setting('vouch.erasing', true) is distinct from 'yes' then
    raise exception 'table % is append-only: use vouch.erase_receipt()', tg_table_name using errcode = 'insufficient_privilege';
  end if;
  return null;
end $$;
create trigger append_only before update or delete or truncate on payload for each statement execute function refuse_payload_change();

create function erase_receipt(which bigint, why text, who text) returns void
language plpgsql security definer set search_path = vouch, pg_temp as $$
begin
  perform set_config('vouch.erasing', 'yes', true);
  update payload set bytes = null, erased_at = now() where receipt = which;
  perform set_config('vouch.erasing', '', true);
  insert into erasure (receipt, reason, erased_by) values (which, why, who);
end $$;

-- The server's role: appends inputs, keeps what is derived. The role itself is made by the migration runner.
grant usage on schema vouch to vouch_server;
grant select on all tables in schema vouch to vouch_server;
grant insert on installation, ledger_leaf, checkpoint, source_version, policy_version, receipt, payload, statement, link, ruling to vouch_server;
grant update on ledger_head, pipeline_head to vouch_server;
grant insert, update, delete on ledger_tile, ledger_moment, receipt_state, ordering_block, subject, subject_lookup, person_truth, resource, version, case_file
  to vouch_server;
revoke all on function erase_receipt(bigint, text, text) from public;
