// What is stored, asked of the database itself and not of the server: the other half of every comparison.
import type { Sql } from '../../server/src/base/db.ts';
import type { Acknowledged } from './journal.ts';

/** What is stored of one acknowledged delivery, not counting its duplicates. */
export type Kept = {
  /** Its place in what was asked. */
  readonly n: number;
  readonly times: number;
  readonly receipt: number | null;
  readonly state: string | null;
  readonly hash: string | null;
  readonly statements: number;
  readonly versions: number;
};

// Counted once a round for all of its receipts: nothing but the primary keys would help to count for each.
const KEPT = (found: string) => `with found as materialized (
    select n::int, count(receipt.id)::int as times, min(receipt.id) as receipt, min(receipt_state.state) as state,
      min(encode(content_hash, 'hex')) as hash
    from ${found} group by n
  ), said as (select receipt, count(*)::int as count from statement where receipt in (select receipt from found) group by receipt
  ), made as (select receipt, count(*)::int as count from version where receipt in (select receipt from found) group by receipt)
  select found.*, coalesce(said.count, 0) as statements, coalesce(made.count, 0) as versions
  from found left join said using (receipt) left join made using (receipt)`;
const NOT_DUPLICATE = `(receipt join receipt_state on receipt_state.receipt = receipt.id and receipt_state.state <> 'duplicate')`;

/** By delivery key. */
export async function readByKey(db: Sql, asked: readonly Acknowledged[]): Promise<readonly Kept[]> {
  const found = await db.query<Kept>(
    KEPT(`unnest($1::text[], $2::text[]) with ordinality as asked (source, key, n)
      left join ${NOT_DUPLICATE} on receipt.source = asked.source and receipt.delivery_key = asked.key`),
    [asked.map((one) => one.source), asked.map((one) => one.key)],
  );
  return found.rows;
}

/** By the receipt that the answer named. */
export async function readByReceipt(db: Sql, asked: readonly Acknowledged[]): Promise<readonly Kept[]> {
  const found = await db.query<Kept>(
    KEPT(`unnest($1::bigint[], $2::text[]) with ordinality as asked (id, source, n)
      left join ${NOT_DUPLICATE} on receipt.id = asked.id and receipt.source = asked.source`),
    [asked.map((one) => one.receipt), asked.map((one) => one.source)],
  );
  return found.rows;
}

/** Each must find nothing. What it finds is told as it is. */
const MUST_BE_EMPTY: { readonly [claim: string]: string } = {
  'a receipt without state, or a state without receipt':
    'select receipt.id, receipt_state.receipt from receipt full join receipt_state on receipt_state.receipt = receipt.id where receipt.id is null or receipt_state.receipt is null',
  'a payload missing, or one of a duplicate': `select id, state from receipt join receipt_state on receipt_state.receipt = id
     left join payload on payload.receipt = id where (payload.receipt is null) <> (state = 'duplicate')`,
  'a delivery key with two receipts that are no duplicates': `select receipt.source, delivery_key, count(*) from receipt
     join receipt_state on receipt_state.receipt = id where delivery_key is not null and state <> 'duplicate' group by 1, 2 having count(*) > 1`,
  'a receipt that is still open': `select receipt, state, reasons from receipt_state where state not in ('applied', 'duplicate')`,
  'a statement of a receipt that was not applied': `select statement.receipt, state from statement
     left join receipt_state on receipt_state.receipt = statement.receipt where state is distinct from 'applied'`,
  'a receipt applied without a statement': `select receipt from receipt_state where state = 'applied'
     and not exists (select 1 from statement where statement.receipt = receipt_state.receipt)`,
  'a statement twice': 'select id, count(*) from statement group by id having count(*) > 1',
  'a receipt that says one resource twice':
    'select receipt, type, resource_id, count(*) from statement group by 1, 2, 3 having count(*) > 1',
  // Wards and staff are said when they are new; the rest with every message, and once.
  'a message that did not say exactly its seven resources': `select receipt.id, array_agg(statement.type order by statement.type)
     from receipt join receipt_state on receipt_state.receipt = receipt.id
     left join statement on statement.receipt = receipt.id and statement.type not in ('Location', 'Organization', 'Practitioner')
     where receipt.format = 'hl7v2' and state = 'applied' group by receipt.id
     having array_agg(statement.type order by statement.type)
       <> '{AllergyIntolerance,AllergyIntolerance,Condition,Encounter,Patient,Provenance,RelatedPerson}'::text[]`,
  'a history of versions with a gap':
    'select type, id, count(*), min(version), max(version) from version group by home, type, id having min(version) <> 1 or max(version) <> count(*)',
  'a resource that is not at its newest version': `select resource.type, resource.id, resource.version, max(version.version) from resource
     left join version using (home, type, id) group by resource.home, resource.type, resource.id, resource.version having resource.version is distinct from max(version.version)`,
  'a version of a receipt that was not applied': `select version.type, version.id, version.receipt from version
     left join receipt_state on receipt_state.receipt = version.receipt where state is distinct from 'applied'`,
  'a ledger with a gap':
    'select size, count(index), max(index) from ledger_head left join ledger_leaf on true group by size having size <> count(index) or max(index) <> size - 1',
  'rows and leaves that are not the same in number': `select * from (
       select (select count(*) from ledger_leaf where kind = 0) as leaves, (select count(*) from receipt) as rows, 'receipt' as kind
       union all select (select count(*) from ledger_leaf where kind = 1), (select count(*) from statement), 'statement'
       union all select (select count(*) from ledger_leaf where kind = 2), (select count(*) from link), 'link') counted where leaves <> rows`,
};
const TOLD_MAX = 3;

/** What contradicts itself in the store, one line each. */
export async function readContradictions(db: Sql): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [claim, query] of Object.entries(MUST_BE_EMPTY)) {
    const { rows } = await db.query(query);
    if (rows.length > 0)
      found.push(`there is ${claim}: ${rows.length}, such as ${JSON.stringify(rows.slice(0, TOLD_MAX))}`);
  }
  return found;
}

export async function readCounts(db: Sql): Promise<{ readonly size: number; readonly states: Record<string, number> }> {
  const head = await db.query<{ size: number }>('select size from ledger_head');
  const states = await db.query<{ state: string; count: number }>(
    'select state, count(*)::int as count from receipt_state group by state order by state',
  );
  return {
    size: head.rows[0]?.size ?? 0,
    states: Object.fromEntries(states.rows.map(({ state, count }) => [state, count])),
  };
}

export async function readCheckpointNotes(db: Sql): Promise<readonly string[]> {
  return (await db.query<{ note: string }>('select note from checkpoint')).rows.map(({ note }) => note);
}
