// Set-based writes of the pipeline: one statement a table and batch, whatever the number of receipts.
import type { Sql } from '../base/db.ts';
import { invariant } from '../base/errors.ts';
import { leafColumns, type PreparedLeaf } from '../ledger/leaf.ts';
import { viewText } from '../truth/index.ts';
import { listText, type StatementRow } from './statement-rows.ts';
import type { Plan, PlannedCase, PlannedSubject } from './types.ts';

/** What `append_inputs` takes, made before the ledger's lock is held. Places count from the first index the batch is given. */
export type Inputs = {
  readonly parameters: readonly unknown[];
};

/** A plan with its statements written out, and the leaves of all it appends. */
export type PlanRows = {
  readonly plan: Plan;
  readonly statements: readonly StatementRow[];
  readonly leaves: readonly PreparedLeaf[];
};

/** Statements, links and rulings with their leaves, and the versions that follow from them, as rows. */
export function inputRows(made: readonly PlanRows[]): Inputs {
  let place = 0;
  const rows: string[] = [];
  const links: unknown[] = [];
  const rulings: unknown[] = [];
  const versions: unknown[] = [];
  const records: unknown[] = [];
  for (const { plan, statements } of made) {
    const from = place;
    for (const statement of statements) rows.push(statement.row(place++));
    for (const link of plan.links) links.push({ ...link, place: place++ });
    for (const ruling of plan.rulings) rulings.push({ ...ruling, place: place++ });
    for (const { home, type, id, version, deleted, text } of plan.versions) {
      if (text === undefined) continue;
      versions.push({
        place,
        home,
        type,
        id,
        version,
        at: plan.at,
        receipt: plan.receipt,
        deleted,
        text: deleted ? null : text,
      });
    }
    records.push(recordRow(plan, { place: records.length, from, upto: place }));
  }
  const some = (rows: readonly unknown[]) => (rows.length === 0 ? null : JSON.stringify(rows));
  return {
    parameters: [
      listText(rows),
      some(links),
      some(rulings),
      JSON.stringify(versions),
      JSON.stringify(records),
      ...leafColumns(made.flatMap(({ leaves }) => leaves)),
      made.at(-1)?.plan.at,
    ],
  };
}

/** The record of a plan: what there is none of is left out. */
function recordRow(
  { receipt, at, state, reasons, founded, merges }: Plan,
  placed: { readonly place: number; readonly from: number; readonly upto: number },
) {
  const some = (list: readonly unknown[]) => (list.length === 0 ? undefined : list);
  return { ...placed, receipt, at, state, reasons: some(reasons), founded: some(founded), merges: some(merges) };
}

/**
 * Settles the receipts and appends what they say, under the ledger's lock, which is held from here to the commit. Returns the ledger
 * size after it. A database error of class VB says that something else came first (see append_inputs).
 */
export async function appendInputs(
  tx: Sql,
  inputs: Inputs,
  { epoch, states }: { readonly epoch: number; readonly states: string },
): Promise<number> {
  const { rows } = await tx.query<{ size: number }>(
    'select append_inputs($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) as size',
    [epoch, states, ...inputs.parameters],
  );
  const size = rows[0]?.size;
  invariant(size !== undefined, 'append_inputs returns the size of the ledger');
  return size;
}

export async function writeSubjects(tx: Sql, plans: readonly Plan[]): Promise<void> {
  const last = new Map<string, PlannedSubject>();
  for (const plan of plans) {
    for (const subject of plan.subjects) {
      const before = last.get(subject.id);
      last.set(subject.id, {
        ...subject,
        lookupKeys: subject.lookupKeys ?? before?.lookupKeys,
        isNews: subject.isNews || before?.isNews === true,
        storeView: subject.storeView || before?.storeView === true,
      });
    }
  }
  const rows = [...last.values()]
    .filter((subject) => subject.isNews || subject.storeView)
    .map(({ lookupKeys: _keys, behind: _behind, view, storeView, ...subject }) => ({
      ...subject,
      view: view === undefined || !storeView ? undefined : viewText(view),
    }));
  const written =
    rows.length > 0 &&
    tx.query(
      `insert into subject as s (home, id, source, key, first_seen, view, person, retired)
       select home, id, source, key, "firstSeen", view, person, retired
       from json_to_recordset($1::json) as given (home bigint, id text, source text, key text, "firstSeen" bigint, view text, person text,
         retired boolean)
       on conflict (id) do update set view = coalesce(excluded.view, s.view), person = excluded.person, retired = excluded.retired`,
      [JSON.stringify(rows)],
    );
  await Promise.all([written, writeLookups(tx, [...last.values()])]);
}

async function writeLookups(
  tx: Sql,
  subjects: readonly { home: number; id: string; lookupKeys: readonly string[] | undefined }[],
): Promise<void> {
  const keyed = subjects.filter((subject) => subject.lookupKeys !== undefined);
  if (keyed.length === 0) return;
  const rows = keyed.flatMap((subject) =>
    (subject.lookupKeys ?? []).map((key) => ({ home: subject.home, subject: subject.id, key })),
  );
  // Keys that a subject no longer has go; those it keeps are not touched.
  await tx.query(
    `with given as (select * from json_to_recordset($1::json) as r (home bigint, subject text, key text)),
     gone as (
       delete from subject_lookup where subject_lookup.subject = any($2::text[])
       and not exists (select 1 from given where given.subject = subject_lookup.subject and given.key = subject_lookup.key)
     )
     insert into subject_lookup (home, subject, key) select distinct home, subject, key from given on conflict do nothing`,
    [JSON.stringify(rows), keyed.map((subject) => subject.id)],
  );
}

export async function writeVerdicts(tx: Sql, plans: readonly Plan[]): Promise<void> {
  const last = new Map(
    plans.flatMap((plan) => plan.verdicts.filter((one) => one.isNews)).map((verdict) => [verdict.person, verdict]),
  );
  if (last.size === 0) return;
  const kept = [...last.values()].filter((verdict) => verdict.summary !== undefined);
  await tx.query(
    `with gone as (delete from person_truth where person = any($2::text[]))
     insert into person_truth as t (home, person, index, verdicts)
     select home, person, 0, summary from json_to_recordset($1::json) as given (home bigint, person text, summary jsonb)
     on conflict (person) do update set verdicts = excluded.verdicts`,
    [
      JSON.stringify(kept),
      [...last.values()].filter((verdict) => verdict.summary === undefined).map((verdict) => verdict.person),
    ],
  );
}

type OpenedCase = PlannedCase & { action: 'open' } & { readonly at: string; readonly by: number };
type Closed = { readonly id: string; readonly at: string; readonly by: number };
type Noted = Pick<OpenedCase, 'id' | 'steps' | 'handling'>;

export async function writeCases(tx: Sql, plans: readonly Plan[]): Promise<void> {
  const opened = new Map<string, OpenedCase>();
  const notes = new Map<string, Noted>();
  const closed = new Map<string, Closed>();
  for (const plan of plans) {
    for (const one of plan.cases) {
      if (one.action === 'open') {
        opened.set(one.id, { ...one, at: plan.at, by: plan.receipt });
        closed.delete(one.id);
        notes.delete(one.id);
      } else if (one.action === 'note') {
        const { id, steps, handling } = one;
        const before = opened.get(id);
        if (before === undefined) notes.set(id, { id, steps, handling });
        else opened.set(id, { ...before, steps, handling });
      } else closed.set(one.id, { id: one.id, at: plan.at, by: plan.receipt });
    }
  }
  await Promise.all([
    openCases(tx, [...opened.values()]),
    noteCases(tx, [...notes.values()]),
    closeCases(tx, [...closed.values()]),
  ]);
}

async function noteCases(tx: Sql, notes: readonly Noted[]): Promise<void> {
  if (notes.length === 0) return;
  await tx.query(
    `update case_file set detail = detail || jsonb_strip_nulls(jsonb_build_object('steps', given.steps, 'handling', given.handling))
       from json_to_recordset($1::json) as given (id text, steps jsonb, handling jsonb) where case_file.id = given.id and state = 'open'`,
    [JSON.stringify(notes)],
  );
}

async function closeCases(tx: Sql, closed: readonly Closed[]): Promise<void> {
  if (closed.length === 0) return;
  await tx.query(
    `update case_file set state = 'closed', closed_at = given.at, closed_by = given.by
       from json_to_recordset($1::json) as given (id text, at timestamptz, by bigint) where case_file.id = given.id and state = 'open'`,
    [JSON.stringify(closed)],
  );
}

/** What was done about it and how it is to be handled are kept with the rest of what the case tells. */
async function openCases(tx: Sql, opened: readonly OpenedCase[]): Promise<void> {
  if (opened.length === 0) return;
  const rows = opened.map(({ detail, steps, handling, ...one }) => ({
    ...one,
    detail: {
      ...(detail as object),
      ...(steps.length === 0 ? {} : { steps }),
      ...(handling === undefined ? {} : { handling }),
    },
  }));
  await tx.query(
    `insert into case_file (id, home, kind, state, harm, opened_at, opened_by, persons, element, receipt, competing_set, detail)
       select id, home, kind, 'open', harm, at, by, array(select json_array_elements_text(persons)), element, receipt, "competingSet", detail
       from json_to_recordset($1::json) as r (id text, home bigint, kind text, harm text, at timestamptz, by bigint, persons json, element text, receipt bigint,
         "competingSet" text, detail jsonb)
       on conflict (id) do update set state = 'open', opened_at = case case_file.state when 'open' then case_file.opened_at else excluded.opened_at end,
         opened_by = case case_file.state when 'open' then case_file.opened_by else excluded.opened_by end, closed_at = null, closed_by = null, detail = excluded.detail`,
    [JSON.stringify(rows)],
  );
}
