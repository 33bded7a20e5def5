// Why a value is what it is: the verdict decided again over the statements up to a ledger size, each cited statement with its
// source, time and bytes, and the same in plain English. Sound: what is not cited played no part.
import type { Instant, SourceKey, StatementId, SubjectId } from '../base/ids.ts';
import type { Json } from '../base/json.ts';
import { absenceOf } from './absence.ts';
import { decide } from './decide.ts';
import { ALLERGIES } from './decide-allergies.ts';
import type { ExplainInput, ExplainWhole, ListPart, SourceState } from './explain-input.ts';
import { below, type ExplainPath, type ExplainRefusal, pathUnder } from './explain-path.ts';
import { type Cited, citedRows, type Places, type Row, withPlaces } from './explain-rows.ts';
import { isPatientList } from './fhir-order.ts';
import { hearAllergies } from './hear-allergies.ts';
import type { Hearing } from './hear-entries.ts';
import { hearList } from './hear-list.ts';
import { entriesOf } from './json-values.ts';
import { DEFAULT_ZONE } from './local-time.ts';
import { inOrder } from './order.ts';
import { isHiddenWhenRestricted } from './restricted.ts';
import { compose } from './sentences.ts';
import { nameIn } from './sentences-parts.ts';
import { restingSentences } from './sentences-resting.ts';
import { carries, hear, type LiftedRestriction, type Testimony } from './testimony.ts';
import type { Explanation, Policy, Spoken, SubjectInput, Verdict, View } from './types.ts';

/** What an answer is told with beyond what was found. */
export type Telling = {
  readonly places: Places;
  /** What is known of the sources themselves, to tell why something is not there; nothing is known when not given. */
  readonly sources: readonly SourceState[] | undefined;
};

/** Everything at once, for who holds whole statements. */
export function explain(input: ExplainWhole): Explanation | ExplainRefusal {
  const examined = examine(input);
  if ('refused' in examined) return examined;
  const byId = new Map(input.statements.map((statement) => [statement.id, statement]));
  return tell(examined, { places: (id) => byId.get(id)?.origins ?? [], sources: input.sources });
}

/** What was found, before it is put into words. */
export type Examined = {
  readonly input: ExplainInput;
  readonly path: ExplainPath;
  readonly hearing: Hearing;
  readonly cited: Cited;
};

/** Decides again over what was said, and finds what the answer rests on. */
export function examine(input: ExplainInput): Examined | ExplainRefusal {
  const path = pathUnder(input.policy, input.element);
  if ('refused' in path) return path;
  const statements = inOrder(input.statements.filter((statement) => statement.receipt < input.asOf));
  const rulings = input.rulings.filter((ruling) => ruling.id < input.asOf);
  const now: ExplainInput = { ...input, statements, rulings };
  const hearing = hearingOf(now, path);
  const byId = new Map(statements.map((statement) => [statement.id, statement]));
  const sourceName = (source: SourceKey) => nameIn(input.sourceNames, source);
  return { input: now, path, hearing, cited: citedRows({ hearing, byId, path, sourceName }) };
}

/** Each once: the only statements of which anybody will ask where they stand. */
export function citedStatements({ cited }: Examined): readonly StatementId[] {
  return [...new Set([...cited.said, ...cited.setAside].map((row) => row.statement))];
}

function hearingOf(input: ExplainInput, path: ExplainPath): Hearing {
  if (path.resourceType === 'Patient') return hearPatient(input, path);
  if (path.resourceType === ALLERGIES) return hearAllergies(input);
  return hearList(input, path) ?? { verdict: unspoken(input, path.element), testimonies: [], lifted: [] };
}

function hearPatient(input: ExplainInput, path: ExplainPath): Hearing {
  const bySubject = Map.groupBy(
    input.statements.filter((statement) => statement.resourceType === 'Patient'),
    (statement) => statement.subject,
  );
  const about = carries(path.element);
  const subjects: SubjectInput[] = [];
  const testimonies: { readonly testimony: Testimony; readonly subject: SubjectInput }[] = [];
  const lifted: LiftedRestriction[] = [];
  for (const known of input.subjects) {
    const heard = hear(bySubject.get(known.id) ?? [], about);
    if (heard === undefined && !known.erased) continue;
    const subject: SubjectInput = { ...known, view: heard?.view ?? silent(input.at) };
    subjects.push(subject);
    for (const testimony of heard?.testimonies ?? []) testimonies.push({ testimony, subject });
    if (heard?.lifted !== undefined && isHiddenWhenRestricted(path.element)) lifted.push(heard.lifted);
  }
  const { verdicts } = decide({ policy: input.policy, subjects, rulings: input.rulings, at: input.at });
  const verdict = verdicts.find((one) => one.element === path.element) ?? unspoken(input, path.element);
  return { verdict, testimonies, lifted };
}

/** The view of a subject of which nothing is left. */
function silent(at: Instant): View {
  const lastStatement = -1 as StatementId;
  return { resourceType: 'Patient', elements: {}, lastSaidAt: at, lastStatement, wholeText: undefined };
}

function unspoken(input: ExplainInput, element: string): Verdict {
  const because = {
    rule: 'nobody-says',
    policy: input.policy.id,
    used: [],
    setAside: [],
    competing: [],
    staleRulings: [],
  };
  return {
    element,
    state: 'missing',
    harm: 'H0',
    values: [],
    because: { ...because, absentReason: 'unknown', ruling: undefined },
  };
}

/** The answer, structured and in words. */
export function tell(examined: Examined, { places, sources }: Telling): Explanation {
  const { input, path, hearing } = examined;
  const { verdict } = hearing;
  const cited = withPlaces(examined.cited, path, places);
  const zone = input.timeZone ?? DEFAULT_ZONE;
  const values =
    path.resourceType === ALLERGIES && path.thing !== undefined
      ? entryAt(path, verdict, input.statements)
      : valuesAt(path, verdict);
  // Of a part nothing may be left though the list has much: that is no absence.
  const absence =
    input.part !== undefined
      ? undefined
      : absenceOf(sources, { path, hearing, nameOf: (source) => nameIn(input.sourceNames, source) });
  const words = compose({
    verdict,
    path,
    values,
    cited,
    zone,
    rulings: input.rulings,
    why: whyOf(input.policy, path),
    part: input.part,
    more: [...(hearing.more ?? []), ...doubtsOf(input, hearing), ...restingSentences(input, hearing)],
    absence,
  });
  const { rule, policy } = verdict.because;
  return {
    person: input.person ?? input.subjects[0]?.id ?? ('' as SubjectId),
    element: path.asked,
    asOf: input.asOf,
    at: input.at,
    state: verdict.state,
    harm: verdict.harm,
    values,
    rule,
    policy,
    whatWeKnow: words.know,
    whatWeAssume: words.assume,
    said: cited.said.map(explained),
    ...(absence === undefined ? {} : { absence: absence.kind }),
    ...partOf(input.part),
    setAside: cited.setAside.map((row, place) => ({
      ...explained(row),
      reason: row.reason,
      sentence: words.setAside[place] ?? '',
    })),
    text: words.text,
  };
}

function partOf(part: ListPart | undefined): Pick<Explanation, 'part'> {
  if (part === undefined) return {};
  const { names: _names, ...told } = part;
  return { part: told };
}

/** Where trust decided, what had lowered that of a source which took part. */
function doubtsOf({ doubts }: ExplainInput, { verdict }: Hearing): readonly string[] {
  const { rule, used, setAside } = verdict.because;
  if (doubts === undefined || rule !== 'most-trusted-source') return [];
  const sources = [...used, ...setAside.map((one) => one.candidate)].map((candidate) => candidate.source);
  return [...new Set(sources)].sort().flatMap((source) => doubts.get(source) ?? []);
}

function explained<R extends Row>(row: R) {
  const { entries, repeatedAt, label, ...statement } = row;
  return statement;
}

function valuesAt(path: ExplainPath, verdict: Verdict): readonly Json[] {
  const entries =
    path.resourceType === 'Patient' && !isPatientList(path.element)
      ? verdict.values
      : verdict.values.flatMap(entriesOf);
  const asked = path.index === undefined ? entries : entries.slice(path.index, path.index + 1);
  return asked.flatMap((value) => below(path, value));
}

/** Of the allergies the one that is asked about, or the part of it. */
function entryAt(path: ExplainPath, { because }: Verdict, statements: readonly Spoken[]): readonly Json[] {
  const byId = new Map(statements.map((statement) => [statement.id, statement]));
  const shown = [...new Set([...because.used, ...because.competing])];
  const own = shown.filter(({ statement }) => byId.get(statement)?.resourceId === path.thing);
  return [...new Set(own.map(({ value }) => value))].flatMap((value) => below(path, value));
}

/** The policy's reason for the element asked about: its own rule, else that of the whole list. */
function whyOf(policy: Policy, path: ExplainPath): string | undefined {
  const rules = policy.elements[path.resourceType];
  if (path.resourceType === 'Patient') return rules?.[path.element]?.why;
  const [step] = path.below;
  return (step === undefined ? undefined : rules?.[step.name]?.why) ?? rules?.['*']?.why;
}
