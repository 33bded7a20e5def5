// Set-based writes of the pipeline: one statement a table and batch, whatever the number of receipts.
import type { Sql } from '../base/db.ts';
import { invariant } from '../base/errors.ts';
import { leafColumns, type PreparedLeaf } from '../ledger/leaf.ts';
import type { IndexEntries } from '../search/types.ts';
import { type IndexedResource, presentText, termsText, writeIndex } from '../search/writer.ts';
import { viewText } from '../truth/index.ts';
import { listText, type StatementRow } from './statement-rows.ts';
import type { Plan, PlannedCase, PlannedSubject, PlannedVersion } from './types.ts';

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

type Current = PlannedVersion & { readonly at: string | undefined };

/** Of several versions of one resource in a batch, only the last is what is current. */
export async function writeResources(tx: Sql, plans: readonly Plan[]): Promise<void> {
  const last = new Map<string, Current>();
  for (const plan of plans) {
    for (const version of plan.versions) {
      const name = `${version.type}/${version.id}`;
      const before = last.get(name);
      // A view that moved on without a new version leaves the time of the newest version, and what finds it, as they are.
      const at = version.text === undefined ? before?.at : plan.at;
      const storeView = version.storeView || before?.storeView === true;
      last.set(name, { ...version, at, storeView, search: version.search ?? before?.search });
    }
  }
  const all = [...last.values()];
  // Where the same was said again, nothing is written but now and then the view.
  const due = all.filter((one) => one.search === undefined && one.storeView);
  const changed = all.flatMap((one) => (one.search === undefined ? [] : [{ ...one, search: one.search }]));
  await Promise.all([storeViews(tx, due), indexResources(tx, changed)]);
}

async function indexResources(tx: Sql, changed: readonly (Current & { search: IndexEntries })[]): Promise<void> {
  if (changed.length > 0) await writeIndex(tx, await upsertResources(tx, changed));
}

/** Returns the rows' keys with what is to find them. */
async function upsertResources(
  tx: Sql,
  changed: readonly (Current & { search: IndexEntries })[],
): Promise<readonly IndexedResource[]> {
  const rows = changed.map(({ search, view, storeView, text: _text, behind: _behind, ...one }) => ({
    ...one,
    view: view === undefined || !storeView ? undefined : viewText(view),
    terms: termsText(search),
    present: presentText(search),
  }));
  const { rows: written } = await tx.query<{ type: string; id: string; key: number; isNew: boolean }>(
    `insert into resource as r (home, type, id, version, updated_at, subject, deleted, view, digest, search_terms, search_present)
     select home, type, id, version, coalesce(at, 'epoch'), subject, deleted, view, digest, terms::bigint[], present::bigint
     from json_to_recordset($1::json) as given (home bigint, type text, id text, version int, at timestamptz, subject text, deleted boolean,
       view text, digest text, terms text, present text)
     on conflict (type, id) do update set version = excluded.version,
       updated_at = case when excluded.updated_at = 'epoch' then r.updated_at else excluded.updated_at end,
       subject = excluded.subject, deleted = excluded.deleted, view = coalesce(excluded.view, r.view), digest = excluded.digest, search_terms = excluded.search_terms, search_present = excluded.search_present
     returning type, id, key, xmax = 0 as "isNew"`,
    [JSON.stringify(rows)],
  );
  const entries = new Map(changed.map((one) => [`${one.type}/${one.id}`, one.search]));
  return written.map(({ type, id, key, isNew }) => ({
    type,
    key,
    isNew,
    entries: entriesOf(entries, `${type}/${id}`),
  }));
}

function entriesOf(entries: ReadonlyMap<string, IndexEntries>, name: string): IndexEntries {
  const found = entries.get(name);
  invariant(found !== undefined, 'the rows written are those that were given');
  return found;
}

/** No indexed column changes, so the database updates the row in place. */
async function storeViews(tx: Sql, due: readonly Current[]): Promise<void> {
  const rows = due.flatMap(({ type, id, view }) => (view === undefined ? [] : [{ type, id, view: viewText(view) }]));
  if (rows.length === 0) return;
  await tx.query(
    `update resource set view = given.view
     from json_to_recordset($1::json) as given (type text, id text, view text)
     where resource.type = given.type and resource.id = given.id`,
    [JSON.stringify(rows)],
  );
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
type Noted = Pick<OpenedCase, 'id' | 'steps' | 'handling'>;

export async function writeCases(tx: Sql, plans: readonly Plan[]): Promise<void> {
  const opened = new Map<string, OpenedCase>();
  const notes = new Map<string, Noted>();
  const closed = new Map<string, { id: string; at: string; by: number }>();
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
  await openCases(tx, [...opened.values()]);
  if (notes.size > 0)
    await tx.query(
      `update case_file set detail = detail || jsonb_strip_nulls(jsonb_build_object('steps', given.steps, 'handling', given.handling))
       from json_to_recordset($1::json) as given (id text, steps jsonb, handling jsonb) where case_file.id = given.id and state = 'open'`,
      [JSON.stringify([...notes.values()])],
    );
  if (closed.size > 0) {
    await tx.query(
      `update case_file set state = 'closed', closed_at = given.at, closed_by = given.by
       from json_to_recordset($1::json) as given (id text, at timestamptz, by bigint) where case_file.id = given.id and state = 'open'`,
      [JSON.stringify([...closed.values()])],
    );
  }
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
