// Generated people for the properties of truth: few values, so that sources often agree, clash and take things back.
import fc from 'fast-check';
import type { Instant, ReceiptId, StatementId } from '../base/ids.ts';
import type { Json } from '../base/json.ts';
import type { HarmClass, Policy, Statement } from './types.ts';
import { type CaseStatement, type CaseSubject, statementOf, type TruthCase } from './vectors.testkit.ts';

export const AT = '2026-03-01T00:00:00.000Z' as Instant;
const phone = (value: string, use: string): Json => ({ system: 'phone', use, value });
const restricted: Json = { security: [{ code: 'R' }] };

const set = fc.record(
  {
    birthDate: fc.constantFrom<Json>('1980', '1980-05', '1980-05-01', '1980-05-10', '1981'),
    gender: fc.constantFrom<Json>('male', 'female', 'unknown'),
    deceasedBoolean: fc.constantFrom<Json>(true, false),
    telecom: fc.subarray<Json>([phone('01', 'home'), phone('02', 'home'), phone('03', 'mobile')], { minLength: 1 }),
    name: fc.constantFrom<Json>(
      [{ use: 'official', family: 'Smith', given: ['Jo'] }],
      [{ family: 'SMITH', given: ['Jo', 'Ann'] }],
      [
        { use: 'official', family: 'Smyth', given: ['Jo'] },
        { use: 'nickname', given: ['J'] },
      ],
    ),
    maritalStatus: fc.constantFrom<Json>({ text: 'Married' }, { text: 'Single' }),
  },
  { requiredKeys: [] },
);

const said: fc.Arbitrary<CaseStatement> = fc
  .record({
    day: fc.integer({ min: 1, max: 9 }),
    set,
    clear: fc.subarray(['birthDate', 'telecom', 'deceased[x]'], { maxLength: 1 }),
    update: fc.constantFrom('snapshot' as const, 'merge-by-type' as const),
    replaces: fc.boolean(),
    label: fc.constantFrom(...Array(9).fill(undefined), restricted),
  })
  .map(({ day, label, ...rest }) => ({
    ...rest,
    at: `2026-02-0${day}T00:00:00.000Z`,
    ...(label === undefined ? {} : { meta: label }),
  }));

const subject: fc.Arbitrary<CaseSubject> = fc.record({
  source: fc.constantFrom('gp', 'pas', 'lab'),
  trust: fc.constantFrom(20, 50, 80),
  retired: fc.constantFrom(false, false, false, true),
  statements: fc.array(said, { minLength: 1, maxLength: 4 }),
});

/** A person of one to four subjects. A source has one trust, whichever of its records speaks. */
export const person: fc.Arbitrary<TruthCase> = fc.array(subject, { minLength: 1, maxLength: 4 }).map((subjects) => {
  const trust = new Map(subjects.map((one) => [one.source, one.trust]));
  const entries = subjects.map((one, place) => [`s${place}`, { ...one, trust: trust.get(one.source) ?? 0 }] as const);
  return { why: 'generated', at: AT, subjects: Object.fromEntries(entries), expect: {} };
});

const allergySet = fc.record(
  {
    code: fc.constantFrom<Json>(
      { text: 'Penicillin' },
      { text: 'Peanut' },
      { text: 'No known allergies' },
      { text: 'NKDA' },
    ),
    clinicalStatus: fc.constantFrom<Json>({ coding: [{ code: 'active' }] }, { coding: [{ code: 'resolved' }] }),
    verificationStatus: fc.constantFrom<Json>(
      { coding: [{ code: 'confirmed' }] },
      { coding: [{ code: 'refuted' }] },
      { coding: [{ code: 'entered-in-error' }] },
    ),
  },
  { requiredKeys: ['code'] },
);
const allergySaid: fc.Arbitrary<CaseStatement> = fc
  .record({ day: fc.integer({ min: 1, max: 9 }), set: allergySet, entry: fc.constantFrom('1', '2', '3') })
  .map(({ day, set, entry }) => ({ at: `2026-02-0${day}T00:00:00.000Z`, type: 'AllergyIntolerance', id: entry, set }));

/** A person of whom sources say allergies only; each source record has up to three allergy entries of its own. */
export const allergicPerson: fc.Arbitrary<TruthCase> = fc
  .array(fc.array(allergySaid, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 })
  .map((subjects) => {
    const entries = subjects.map((statements, place) => {
      const own = statements.map((statement) => ({ ...statement, id: `s${place}-${statement.id ?? ''}` }));
      return [`s${place}`, { source: ['gp', 'pas', 'lab'][place] ?? 'app', trust: 50, statements: own }] as const;
    });
    return { why: 'generated', at: AT, subjects: Object.fromEntries(entries), expect: {} };
  });

const criteria = fc.uniqueArray(fc.constantFrom('trust' as const, 'recency' as const, 'precision' as const));

/** Any policy a mistaken author could write, permitted or not. */
export function anyPolicy(base: Policy): fc.Arbitrary<Policy> {
  const rule = fc.record({ harm: fc.constantFrom<HarmClass>('H0', 'H1', 'H2', 'H3'), choose: criteria });
  const elements = base.elements['Patient'] ?? {};
  const names = Object.keys(elements);
  return fc.array(rule, { minLength: names.length, maxLength: names.length }).map((rules) => {
    const changed = names.flatMap((name, place) => {
      const before = elements[name];
      const rule = rules[place];
      return before === undefined || rule === undefined ? [] : [[name, { ...before, ...rule }] as const];
    });
    return { ...base, elements: { ...base.elements, Patient: Object.fromEntries(changed) } };
  });
}

/** The statements of a person as they would be numbered if they arrived in the given order. */
export function arriving(one: TruthCase, order: readonly number[]): readonly Statement[] {
  const all = Object.entries(one.subjects).flatMap(([id, subject]) =>
    subject.statements.map((statement) => ({ id, source: subject.source, statement })),
  );
  // Ties of time within a subject are told apart by number, so each subject's own order must hold.
  const queues = Map.groupBy(all, ({ id }) => id);
  const arrival = order.map((place) => all[place]?.id ?? '').map((id) => queues.get(id)?.shift());
  return arrival.flatMap((next, place) =>
    next === undefined ? [] : [statementOf([next.id, next.source], next.statement, place + 1)],
  );
}

export function countOf(one: TruthCase): number {
  return Object.values(one.subjects).reduce((sum, subject) => sum + subject.statements.length, 0);
}

/** The same words said again under a new number, a moment later. */
export function again(statement: Statement, number: number): Statement {
  const saidAt = statement.saidAt.replace('00.000Z', '00.001Z') as Instant;
  return { ...statement, id: number as StatementId, receipt: number as ReceiptId, saidAt, receivedAt: saidAt };
}
