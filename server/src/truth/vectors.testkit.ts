// Reads a truth case of vectors/truth/valid and builds the statements, subjects and rulings it describes.
import type { Instant, ReceiptId, ResourceId, SourceKey, StatementId, SubjectId } from '../base/ids.ts';
import { type Json, type JsonObject, parseFaithful } from '../base/json.ts';
import { type AllergyInput, decide, decideAllergies, fold } from './index.ts';
import type { ElementPolicy, Policy, Ruling, Statement, SubjectInput, Verdict } from './types.ts';

export type CaseStatement = {
  readonly at: string;
  readonly type?: string;
  readonly id?: string;
  readonly set?: JsonObject;
  readonly clear?: readonly string[];
  readonly clearing?: JsonObject;
  readonly update?: 'snapshot' | 'merge-by-type';
  readonly replaces?: boolean;
  readonly meta?: Json;
  readonly erased?: boolean;
};
export type CaseSubject = {
  readonly source: string;
  readonly trust: number;
  readonly retired?: boolean;
  readonly erased?: boolean;
  readonly statements: readonly CaseStatement[];
};
type CaseRuling = Pick<Ruling, 'element' | 'decision' | 'reason' | 'by' | 'at'> & {
  readonly chosen?: string;
  readonly seen: Instant;
};
export type Expected = {
  readonly state: string;
  readonly harm?: string;
  readonly rule?: string;
  readonly values?: readonly Json[];
  readonly count?: number;
  readonly used?: readonly string[];
  readonly setAside?: { readonly [subject: string]: string };
  readonly competing?: readonly string[];
  readonly absentReason?: string;
  readonly ruling?: number | null;
  readonly staleRulings?: readonly number[];
};
export type TruthCase = {
  readonly why: string;
  readonly at: Instant;
  readonly policy?: { readonly [element: string]: Partial<ElementPolicy> };
  readonly rulings?: readonly CaseRuling[];
  readonly subjects: { readonly [id: string]: CaseSubject };
  readonly expect: { readonly [element: string]: Expected };
  readonly served?: { readonly [property: string]: Json };
  readonly neverContains?: readonly string[];
};

export const RULING_ID_FROM = 1_000_000;

/** The UK default with the case's changes to it. */
export function policyOf(base: Policy, changes: TruthCase['policy']): Policy {
  const patient = { ...base.elements['Patient'] };
  for (const [element, change] of Object.entries(changes ?? {})) {
    const rule = patient[element];
    if (rule !== undefined) patient[element] = { ...rule, ...change };
  }
  return { ...base, elements: { ...base.elements, Patient: patient } };
}

/** One statement: `from` names subject and source, as in `['s1', 'pas']`. */
export function statementOf(from: readonly [string, string], said: CaseStatement, id: number): Statement {
  const [subject, source] = from;
  const resourceType = said.type ?? 'Patient';
  const meta = said.meta === undefined ? {} : { meta: said.meta };
  const resource: JsonObject = { resourceType, ...meta, ...said.set, ...said.clearing };
  const text = said.erased === true ? '' : JSON.stringify(resource);
  const update = said.update ?? 'snapshot';
  const set = Object.keys(said.set ?? {}).map((element) => ({ element, action: 'set' as const, update }));
  const cleared = (said.clear ?? []).map((element) => ({ element, action: 'clear' as const, update }));
  return {
    id: id as StatementId,
    receipt: id as ReceiptId,
    source: source as SourceKey,
    subject: subject as SubjectId,
    resourceType,
    resourceId: (said.id ?? subject) as ResourceId,
    saidAt: said.at as Instant,
    receivedAt: said.at as Instant,
    replaces: said.replaces ?? false,
    text,
    resource: text === '' ? {} : (parseFaithful(text) as JsonObject),
    said: [...set, ...cleared],
    origins: [],
  };
}

/** All statements of a case, numbered in the order written. */
export function statementsOf(subjects: TruthCase['subjects']): readonly Statement[] {
  const all: Statement[] = [];
  for (const [id, subject] of Object.entries(subjects)) {
    for (const said of subject.statements) all.push(statementOf([id, subject.source], said, all.length + 1));
  }
  return all;
}

export function subjectsOf(subjects: TruthCase['subjects'], statements: readonly Statement[]): readonly SubjectInput[] {
  return Object.entries(subjects).flatMap(([id, subject]) => {
    const view = fold(statements.filter((one) => one.subject === id && one.resourceType === 'Patient'));
    if (view === undefined) return [];
    const { source, trust, retired = false, erased = false } = subject;
    return [{ id: id as SubjectId, source: source as SourceKey, trust, view, retired, erased }];
  });
}

export function allergiesOf(
  subjects: TruthCase['subjects'],
  statements: readonly Statement[],
): readonly AllergyInput[] {
  const allergies = statements.filter((one) => one.resourceType === 'AllergyIntolerance');
  return [...Map.groupBy(allergies, (one) => one.resourceId).values()].flatMap((ofOne) => {
    const view = fold(ofOne);
    const [first] = ofOne;
    if (view === undefined || first?.subject === undefined) return [];
    return [{ subject: first.subject, source: first.source, view, erased: subjects[first.subject]?.erased ?? false }];
  });
}

export type Decided = { readonly verdicts: readonly Verdict[]; readonly subjects: readonly SubjectInput[] };

export function decideCase(
  one: TruthCase,
  given: { readonly policy: Policy; readonly statements: readonly Statement[]; readonly rulings: readonly Ruling[] },
): Decided {
  const { policy, statements, rulings } = given;
  const subjects = subjectsOf(one.subjects, statements);
  const { verdicts } = decide({ policy, subjects, rulings, at: one.at });
  const allergies = allergiesOf(one.subjects, statements);
  return { verdicts: [...verdicts, decideAllergies({ policy, allergies, rulings, at: one.at })], subjects };
}

/** The rulings of a case, bound to the competing set that stood at `seen`. */
export function rulingsOf(one: TruthCase, policy: Policy, statements: readonly Statement[]): readonly Ruling[] {
  return (one.rulings ?? []).map((ruling, place) => {
    const then = statements.filter((statement) => statement.saidAt <= ruling.seen);
    const { verdicts } = decideCase(one, { policy, statements: then, rulings: [] });
    const verdict = verdicts.find((found) => found.element === ruling.element);
    const because = verdict?.because;
    const chosen = because?.competing.find((candidate) => candidate.subject === ruling.chosen)?.statement;
    const { element, decision, reason, by, at } = ruling;
    const id = RULING_ID_FROM + place;
    const subject = Object.keys(one.subjects)[0] as SubjectId;
    return {
      id,
      receipt: id as ReceiptId,
      subject,
      element,
      decision,
      chosen,
      competingSet: because?.competingSet ?? '',
      reason,
      by,
      at,
    };
  });
}
