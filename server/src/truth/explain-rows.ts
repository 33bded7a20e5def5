// The statements that an explanation cites: those that carry the answer, and those set aside, each once.
import type { Instant, SourceKey, StatementId } from '../base/ids.ts';
import type { Json } from '../base/json.ts';
import type { Origin } from '../mapping/types.ts';
import { below, type ExplainPath } from './explain-path.ts';
import type { Hearing } from './hear-entries.ts';
import { entriesOf, isObject, sameContent } from './json-values.ts';
import { carries, type LiftedRestriction, stillHeld, type Testimony, told } from './testimony.ts';
import type { Candidate, ExplainedStatement, SetAsideReason, Spoken, SubjectInput } from './types.ts';

/** One cited statement with the entries it is cited for. */
export type Row = ExplainedStatement & {
  readonly entries: readonly Json[];
  readonly repeatedAt: Instant | undefined;
  /** Cited because it marked the record as restricted, or took that mark away. */
  readonly label?: 'restricting' | 'lifting';
};
export type AsideRow = Row & { readonly reason: SetAsideReason };
export type Cited = { readonly said: readonly Row[]; readonly setAside: readonly AsideRow[] };

type Telling = {
  readonly hearing: Hearing;
  readonly byId: ReadonlyMap<StatementId, Spoken>;
  readonly path: ExplainPath;
  readonly sourceName: (source: SourceKey) => string;
};
type Draft = {
  readonly candidate: Candidate;
  readonly reason: SetAsideReason | undefined;
  readonly entries: Json[];
  readonly repeats: StatementId[];
};

export function citedRows(telling: Telling): Cited {
  const { verdict, testimonies } = telling.hearing;
  const { used, competing, setAside } = verdict.because;
  const drafts = new Map<string, Draft>();
  for (const candidate of used) cite(drafts, candidate, undefined);
  for (const { candidate, reason } of setAside) cite(drafts, candidate, reason);
  const settled = new Set([...used, ...setAside.map((one) => one.candidate)]);
  for (const candidate of competing) if (!settled.has(candidate)) cite(drafts, candidate, undefined);
  const open = verdict.state !== 'withheld' && verdict.state !== 'erased';
  const superseded = addRest(drafts, testimonies, telling.path);
  const rows = [...drafts.values()].map((draft) => ({ reason: draft.reason, row: rowOf(telling, draft) }));
  const said = rows.flatMap(({ reason, row }) => (reason === undefined && row !== undefined ? [row] : []));
  const asides = rows.flatMap(({ reason, row }) =>
    reason !== undefined && row !== undefined ? [{ ...row, reason }] : [],
  );
  const earlier = superseded.map((one) => earlierRow(telling, one, open));
  const lifted = telling.hearing.lifted.flatMap((one) => liftedRows(telling, one));
  return { said, setAside: [...asides, ...earlier, ...lifted] };
}

function cite(drafts: Map<string, Draft>, candidate: Candidate, reason: SetAsideReason | undefined): void {
  const key = `${candidate.statement} ${reason ?? ''}`;
  const draft = drafts.get(key);
  if (draft === undefined) drafts.set(key, { candidate, reason, entries: [candidate.value], repeats: [] });
  else draft.entries.push(candidate.value);
}

type Earlier = { readonly testimony: Testimony; readonly repeats: StatementId[] };

/** Statements cited nowhere yet: repetitions join the row of what they repeat, the rest was superseded by its own source. */
function addRest(
  drafts: ReadonlyMap<string, Draft>,
  testimonies: Hearing['testimonies'],
  path: ExplainPath,
): readonly Earlier[] {
  const rows = [...drafts.values()];
  const cited = new Set(rows.map((draft) => draft.candidate.statement));
  const earlier: Earlier[] = [];
  let before: { readonly subject: SubjectInput; readonly last: Earlier } | undefined;
  for (const { testimony, subject } of testimonies) {
    const { statement, value } = testimony;
    if (cited.has(statement.id)) {
      before = undefined;
      continue;
    }
    const row = isHeld(testimony, subject, path) ? repeatedRow(rows, subject, { value, path, testimonies }) : undefined;
    if (row !== undefined) row.repeats.push(statement.id);
    else if (before !== undefined && before.subject === subject && sameContent(before.last.testimony.value, value)) {
      before.last.repeats.push(statement.id);
    } else {
      const last = { testimony, repeats: [] };
      earlier.push(last);
      before = { subject, last };
    }
  }
  return earlier;
}

function isHeld(testimony: Testimony, subject: SubjectInput, path: ExplainPath): boolean {
  if (path.resourceType === 'Patient') return stillHeld(testimony, subject, path.element);
  const { value } = testimony;
  if (!isObject(value)) return false;
  return Object.entries(value).every(([property, said]) => {
    const held = subject.view.elements[property];
    return held === undefined || sameContent(held.value, said);
  });
}

function repeatedRow(
  rows: readonly Draft[],
  subject: SubjectInput,
  said: { readonly value: Json; readonly path: ExplainPath; readonly testimonies: Hearing['testimonies'] },
): Draft | undefined {
  const own = rows.filter((draft) => isOf(draft, subject, said));
  const entries = entriesOf(said.value);
  return own.find((draft) => draft.entries.some((entry) => entries.some((one) => sameContent(one, entry)))) ?? own[0];
}

/** Entries of one subject are separate records: a repetition belongs to the row of its own record. */
function isOf(
  draft: Draft,
  subject: SubjectInput,
  said: { path: ExplainPath; testimonies: Hearing['testimonies'] },
): boolean {
  if (draft.candidate.subject !== subject.id) return false;
  if (said.path.resourceType === 'Patient') return true;
  return said.testimonies.some(
    (one) => one.subject.view === subject.view && one.testimony.statement.id === draft.candidate.statement,
  );
}

function rowOf(telling: Telling, draft: Draft): Row | undefined {
  const statement = telling.byId.get(draft.candidate.statement);
  if (statement === undefined) return undefined;
  const testimony = { statement, value: draft.candidate.value };
  const row = tellRow(telling, testimony, draft.entries);
  const repeats = draft.repeats.length === 0 ? {} : { repeats: draft.repeats };
  return { ...row, ...repeats, repeatedAt: draft.candidate.repeatedAt };
}

/** What the source said before it said something else. Not repeated where the value is withheld or erased. */
function earlierRow(telling: Telling, earlier: Earlier, open: boolean): AsideRow {
  const entries = open ? entriesOf(earlier.testimony.value) : [null];
  const row = tellRow(telling, earlier.testimony, entries);
  const repeats = earlier.repeats.length === 0 ? {} : { repeats: earlier.repeats };
  return { ...row, ...repeats, reason: 'superseded-by-same-source' };
}

/** A restriction that its own source lifted: who set it, and who took it away. */
function liftedRows(telling: Telling, lifted: LiftedRestriction): readonly AsideRow[] {
  const [first, ...others] = lifted.restricting;
  if (first === undefined) return [];
  const repeats = others.length === 0 ? {} : { repeats: others.map((statement) => statement.id) };
  const rowOn = (statement: Spoken) => tellRow(telling, { statement, value: null }, [null]);
  const reason = 'superseded-by-same-source' as const;
  return [
    { ...rowOn(first), ...repeats, reason, label: 'restricting' },
    { ...rowOn(lifted.lifting), reason, label: 'lifting' },
  ];
}

function tellRow(telling: Telling, testimony: Testimony, entries: readonly Json[]): Row {
  const { path } = telling;
  const asked = entries.flatMap((entry) => (entry === null ? [null] : below(path, entry)));
  const value: Json = asked.length > 1 ? asked : (asked[0] ?? null);
  const sourceName = telling.sourceName(testimony.statement.source);
  return {
    ...told(testimony, { sourceName, value }),
    entries: asked,
    repeatedAt: undefined,
  };
}

/** Where the statements stand in their receipts. */
export type Places = (statement: StatementId) => readonly Origin[];

/** The same with the bytes that each row came from. */
export function withPlaces({ said, setAside }: Cited, path: ExplainPath, places: Places): Cited {
  const isAbout = originFilter(path);
  const originsOf = ({ statement }: Row) => places(statement).filter((origin) => isAbout(origin.path));
  return {
    said: said.map((row) => ({ ...row, origins: originsOf(row) })),
    setAside: setAside.map((row) => ({ ...row, origins: originsOf(row) })),
  };
}

/** Origins of the element, or of the part of it that was asked about. */
function originFilter(path: ExplainPath): (origin: string) => boolean {
  if (path.resourceType !== 'Patient') return () => true;
  const isElement = carries(path.element);
  const part = path.below[0]?.name;
  return (origin) => {
    const [head = '', next] = origin.replace(/\[\d+\]/g, '').split('.');
    return isElement(head) && (part === undefined || next === undefined || next === part);
  };
}
