// What must hold of clinical lists whatever is said and whatever policy is written: order plays no part, repeating adds nothing,
// nothing is lost, and no difference of class H2 or higher is settled by a rule.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Json, JsonObject } from '../../base/json.ts';
import { decideClinicalList, listState, loadPolicy } from '../index.ts';
import type { ElementPolicy, HarmClass, Policy, Verdict } from '../types.ts';
import type { ListDecision, ListEntry } from './types.ts';
import { type CaseEntry, LIST_AT, listEntries } from './vectors.testkit.ts';

const root = new URL('../../../../policies/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, root), 'utf8');
const loaded = loadPolicy(read('uk-default.v2.yaml'), 'uk', read);
assert.ok(loaded.ok);
const uk = loaded.policy;
const runs = { numRuns: 400 };

const sct = (code: string): Json => ({ coding: [{ system: 'http://snomed.info/sct', code }] });
const status = (code: string): Json => ({ coding: [{ code }] });
const anyProblem = fc.record(
  {
    code: fc.constantFrom<Json>(sct('1'), sct('2'), { text: 'Asthma' }, sct('160245001'), {
      coding: [
        { system: 'http://snomed.info/sct', code: '1' },
        { system: 'local', code: 'A' },
      ],
      text: 'asthma',
    }),
    onsetDateTime: fc.constantFrom<Json>('2015', '2015-03-01', '2020'),
    bodySite: fc.constantFrom<Json>([sct('L')], [sct('R')]),
    clinicalStatus: fc.constantFrom<Json>(status('active'), status('resolved')),
    verificationStatus: fc.constantFrom<Json>(status('confirmed'), status('refuted'), status('entered-in-error')),
    severity: fc.constantFrom<Json>(sct('mild'), sct('severe')),
    identifier: fc.constantFrom<Json>([{ system: 's', value: '1' }], [{ system: 's', value: '2' }]),
  },
  { requiredKeys: ['code'] },
);
const dose = (value: number, frequency: number): Json => [
  {
    doseAndRate: [{ doseQuantity: { value, unit: 'mg' } }],
    timing: { repeat: { frequency, period: 1, periodUnit: 'd' } },
  },
];
const anyMedicine = fc.record(
  {
    medicationCodeableConcept: fc.constantFrom<Json>(
      { text: 'Ramipril 5mg capsules' },
      { text: 'Ramipril 10mg capsules' },
      { text: 'Ramipril' },
      sct('318857006'),
      sct('787481004'),
    ),
    dosage: fc.constantFrom<Json>(dose(5, 1), dose(5, 2), dose(10, 1)),
    status: fc.constantFrom<Json>('active', 'stopped', 'completed', 'entered-in-error'),
  },
  { requiredKeys: ['medicationCodeableConcept', 'status'] },
);

function entriesWith(list: string, says: fc.Arbitrary<JsonObject>): fc.Arbitrary<readonly ListEntry[]> {
  const entry: fc.Arbitrary<CaseEntry> = fc
    .record({
      source: fc.constantFrom('gp', 'pas', 'app'),
      day: fc.integer({ min: 1, max: 9 }),
      trust: fc.constantFrom(20, 50, 80),
      says,
    })
    .map(({ day, ...rest }) => ({ ...rest, at: `2026-02-0${day}T00:00:00.000Z` }));
  return fc.array(entry, { maxLength: 7 }).map((said) => listEntries(list, said));
}

type Asked = { readonly list: string; readonly entries: readonly ListEntry[] };
const asked: fc.Arbitrary<Asked> = fc.oneof(
  entriesWith('Condition', anyProblem).map((entries) => ({ list: 'Condition', entries })),
  entriesWith('MedicationStatement', anyMedicine).map((entries) => ({ list: 'MedicationStatement', entries })),
);

function decided({ list, entries }: Asked, policy: Policy = uk): ListDecision {
  const decision = decideClinicalList({ policy, list, entries, rulings: [], at: LIST_AT });
  assert.ok(decision);
  return decision;
}

/** Any policy a mistaken author could write for the lists, permitted or not. */
const anyPolicy: fc.Arbitrary<Policy> = fc
  .array(
    fc.record({
      harm: fc.constantFrom<HarmClass>('H0', 'H1', 'H2', 'H3'),
      choose: fc.uniqueArray(fc.constantFrom('trust' as const, 'recency' as const, 'precision' as const)),
    }),
    { minLength: 20, maxLength: 20 },
  )
  .map((rules) => {
    let place = 0;
    const changed = (ofType: { readonly [element: string]: ElementPolicy }) =>
      Object.fromEntries(
        Object.entries(ofType).map(([element, rule]) => [element, { ...rule, ...rules[place++ % rules.length] }]),
      );
    const { Condition = {}, MedicationStatement = {} } = uk.elements;
    const elements = {
      ...uk.elements,
      Condition: changed(Condition),
      MedicationStatement: changed(MedicationStatement),
    };
    return { ...uk, elements };
  });

describe('a clinical list', () => {
  it('does not depend on the order in which entries are given, to the last byte', () => {
    fc.assert(
      fc.property(
        asked.chain(({ list, entries }) =>
          fc.tuple(
            fc.constant({ list, entries }),
            fc.shuffledSubarray([...entries], { minLength: entries.length, maxLength: entries.length }),
          ),
        ),
        ([one, shuffled]) => {
          assert.equal(JSON.stringify(decided({ ...one, entries: shuffled })), JSON.stringify(decided(one)));
        },
      ),
      runs,
    );
  });

  it('is not changed by an entry that its source writes down twice', () => {
    fc.assert(
      fc.property(asked, fc.nat(), (one, pick) => {
        const twice = one.entries[pick % Math.max(one.entries.length, 1)];
        if (twice === undefined) return;
        const more = [...one.entries, { ...twice, resourceId: `${twice.resourceId}-again` }];
        const [before, after] = [decided(one), decided({ ...one, entries: more })];
        const short = (decision: ListDecision) =>
          decision.things.map(({ element, witnesses, verdict }) => [
            element,
            witnesses,
            verdict.state,
            verdict.values,
            verdict.because.competingSet,
          ]);
        assert.deepEqual(short(after), short(before));
        assert.equal(after.state, before.state);
      }),
      runs,
    );
  });

  it('cites every entry in exactly one thing, or for the list as a whole', () => {
    fc.assert(
      fc.property(asked, (one) => {
        const { things, verdict } = decided(one);
        const cited = (because: Verdict['because']) =>
          [...because.used, ...because.competing, ...because.setAside.map((aside) => aside.candidate)].map(
            (candidate) => candidate.statement,
          );
        for (const { view } of one.entries) {
          const speaking = things.filter((thing) =>
            thing.because.some(({ candidate }) => candidate.statement === view.lastStatement),
          );
          if (speaking.length === 0) assert.match(JSON.stringify(view), /160245001|787481004/);
          assert.ok(speaking.length < 2);
          for (const thing of speaking) assert.ok(cited(thing.verdict.because).includes(view.lastStatement));
        }
        if (verdict.state === 'conflicting') assert.ok(verdict.because.competing.length > 1);
      }),
      runs,
    );
  });

  it('never lets a rule settle a difference of H2 or higher, whatever the policy says', () => {
    fc.assert(
      fc.property(asked, anyPolicy, (one, policy) => {
        for (const { differences, verdict } of decided(one, policy).things) {
          const gated = differences.some(({ harm }) => harm === 'H2' || harm === 'H3');
          if (gated) assert.equal(verdict.state, 'conflicting');
          if (verdict.state === 'assumed') assert.ok(verdict.harm === 'H0' || verdict.harm === 'H1' || !gated);
        }
      }),
      runs,
    );
  });

  it('is judged with a receipt as it is decided in full, whatever was asked before', () => {
    const single = fc.boolean();
    fc.assert(
      fc.property(asked, single, fc.nat(), ({ list, entries }, alone, pick) => {
        const of = (some: readonly ListEntry[]) => ({ policy: uk, list, entries: some, rulings: [], at: LIST_AT });
        const some = alone ? entries.filter((entry) => entry.source === 'gp') : entries;
        const without = some.filter((_entry, place) => place !== pick % Math.max(some.length, 1));
        const other = some.map((entry, place) => ({ ...entry, view: (entries[place + 1] ?? entry).view }));
        for (const now of [some, some, without, other, some]) {
          const state = listState(of(now));
          const decision = decided({ list, entries: now });
          if (now.length === 0) assert.equal(state, undefined);
          else {
            assert.deepEqual(state?.conflicts, decision.conflicts);
            assert.deepEqual([state?.state, state?.rule], [decision.state, decision.verdict.because.rule]);
          }
        }
      }),
      runs,
    );
  });

  it('shows every current entry, or one that is the same by the policy', () => {
    fc.assert(
      fc.property(asked, (one) => {
        for (const { verdict, because, differences } of decided(one).things) {
          const current = because.filter(({ candidate }) => {
            const text = JSON.stringify(candidate.value);
            return !/entered-in-error|refuted|resolved|stopped|completed/.test(text);
          });
          const copied = verdict.because.setAside.some(({ reason }) => reason === 'withdrawn');
          if (current.length > 0 && !copied) assert.ok(verdict.values.length > 0);
          if (differences.length > 0 && verdict.state === 'conflicting')
            assert.ok(verdict.because.competing.length > 1);
        }
      }),
      runs,
    );
  });
});
