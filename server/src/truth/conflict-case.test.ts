// Conflicts as cases: what a person is shown, until when, what they may do, and which rulings are taken.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Instant, StatementId } from '../base/ids.ts';
import type { Json } from '../base/json.ts';
import { checkRuling } from './check-ruling.ts';
import { caseRuleOf, conflictCase } from './conflict-case.ts';
import { ageOf } from './escalation.ts';
import { decide, decideClinicalList, loadPolicy } from './index.ts';
import { type CaseEntry, LIST_AT, listEntries } from './lists/vectors.testkit.ts';
import { AT, anyPolicy, person } from './people.testkit.ts';
import type { Policy } from './types.ts';
import { statementsOf, subjectsOf, type TruthCase } from './vectors.testkit.ts';

const folder = new URL('../../../policies/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');
function policyNamed(file: string): Policy {
  const loaded = loadPolicy(read(file), file, read);
  assert.ok(loaded.ok);
  return loaded.policy;
}
const uk = policyNamed('uk-default.v2.yaml');
const first = policyNamed('uk-default.v1.yaml');
const names: { readonly [source: string]: string } = { gp: 'City GP', pas: 'Royal PAS' };
const openedAt = '2026-03-01T09:00:00.000Z' as Instant;
const input = { openedAt, sourceName: (source: string) => names[source] ?? source };

const ramipril = (dose: number) => ({
  status: 'active',
  medicationCodeableConcept: { text: 'Ramipril' } as Json,
  dosage: [{ doseAndRate: [{ doseQuantity: { value: dose, unit: 'mg' } }] }] as Json,
});
const doses: readonly CaseEntry[] = [
  { source: 'pas', says: ramipril(10) },
  { source: 'gp', says: ramipril(5) },
];

function doseCase(said = doses, policy = uk) {
  const list = 'MedicationStatement';
  const decided = decideClinicalList({ policy, list, entries: listEntries(list, said), rulings: [], at: LIST_AT });
  const thing = decided?.things[0];
  assert.ok(thing);
  const made = conflictCase(thing.verdict, { ...input, policy, differences: thing.differences });
  assert.ok(made);
  return { made, thing };
}

const asked = (over: Partial<Parameters<typeof checkRuling>[0]>) => ({
  decision: 'choose' as const,
  chosen: 1 as StatementId,
  competingSet: doseCase().made.competingSet,
  reason: 'rang the patient',
  by: 'Dr A',
  at: openedAt,
  ...over,
});
const alone = { secondApprover: 'never' as const };

describe('the case of a conflict', () => {
  it('shows the competing statements side by side, in one order for everybody', () => {
    const { made } = doseCase();
    assert.deepEqual(
      made.sides.map(({ sourceName, statements }) => [sourceName, statements.map((one) => one.words)]),
      [
        ['City GP', ['Ramipril, 5 mg']],
        ['Royal PAS', ['Ramipril, 10 mg']],
      ],
    );
    assert.deepEqual(doseCase([...doses].reverse()).made.competingSet, made.competingSet);
    assert.deepEqual(made.differences, ['dosage']);
  });

  it('takes priority, deadline and second approver from the strictest rule that applies', () => {
    const { made, thing } = doseCase();
    assert.deepEqual([made.harm, made.priority, made.decideBy], ['H2', 'urgent', '2026-03-01T21:00:00.000Z']);
    assert.equal(caseRuleOf(uk, thing.verdict, thing.differences).secondApprover, 'when-removing');
    const seconds = made.actions.map((action) => [action.decision, action.secondApprover]);
    assert.deepEqual(seconds, [
      ['choose', true],
      ['wrong-patient', true],
      ['choose', true],
      ['wrong-patient', true],
      ['both-valid', false],
      ['choose-none', true],
      ['ask-source', false],
    ]);
  });

  it('has a deadline for each class even where the policy is silent', () => {
    const hours = (['H0', 'H1', 'H2', 'H3'] as const).map(
      (harm) => caseRuleOf(first, { element: 'Patient', harm }, []).decideWithinHours,
    );
    assert.deepEqual(hours, [720, 168, 24, 4]);
  });

  it('asks two people about resuscitation whatever they decide, within the hour', () => {
    const rule = caseRuleOf(uk, { element: 'ResuscitationStatus:1', harm: 'H3' }, []);
    assert.deepEqual(rule, { priority: 'immediate', decideWithinHours: 1, secondApprover: 'always' });
  });

  it('grows more urgent with age', () => {
    const one = doseCase().made;
    const ages = ['09:00', '17:59', '18:01', '21:00', '21:01'].map((time) =>
      ageOf(one, `2026-03-01T${time}:00.000Z` as Instant),
    );
    assert.deepEqual(ages, ['in-time', 'in-time', 'due-soon', 'due-soon', 'overdue']);
    assert.equal(ageOf(one, '2026-03-02T09:01:00.000Z' as Instant), 'long-overdue');
  });

  it('offers both as valid only where two can stand beside each other', () => {
    const dead: TruthCase = {
      why: '',
      at: AT,
      expect: {},
      subjects: {
        a: { source: 'gp', trust: 50, statements: [{ at: AT, set: { deceasedBoolean: true } }] },
        b: { source: 'pas', trust: 50, statements: [{ at: AT, set: { deceasedBoolean: false } }] },
      },
    };
    const subjects = subjectsOf(dead.subjects, statementsOf(dead.subjects));
    const verdict = decide({ policy: uk, subjects, rulings: [], at: AT }).verdicts.find(
      (one) => one.element === 'deceased[x]',
    );
    assert.ok(verdict);
    const made = conflictCase(verdict, { ...input, policy: uk });
    assert.ok(made !== undefined && !made.actions.some((action) => action.decision === 'both-valid'));
    assert.equal(made.actions[0]?.words, 'City GP is right: has died.');
  });

  it('is made of every conflict and of nothing else, under any policy', () => {
    fc.assert(
      fc.property(person, anyPolicy(uk), (one, policy) => {
        const subjects = subjectsOf(one.subjects, statementsOf(one.subjects));
        for (const verdict of decide({ policy, subjects, rulings: [], at: AT }).verdicts) {
          const made = conflictCase(verdict, { ...input, policy });
          assert.equal(made !== undefined, verdict.state === 'conflicting');
          if (made === undefined) continue;
          assert.equal(made.competingSet, verdict.because.competingSet);
          const shown = made.sides.flatMap((side) => side.statements.map((statement) => statement.value));
          assert.equal(shown.length, verdict.because.competing.length);
          assert.ok(made.decideBy > made.openedAt);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('a ruling is checked', () => {
  const { made } = doseCase();

  it('and binds to what the person saw', () => {
    assert.deepEqual(checkRuling(asked({}), made, alone), { outcome: 'binds' });
  });

  const refusals: readonly (readonly [string, Parameters<typeof asked>[0], string])[] = [
    ['it is about another competing set', { competingSet: 'other' }, 'ruling-stale'],
    ['it gives no reason', { reason: '  ' }, 'ruling-without-reason'],
    ['it chooses what does not compete', { chosen: 99 as StatementId }, 'ruling-names-no-competitor'],
    ['it says wrong patient of nobody', { decision: 'wrong-patient', chosen: undefined }, 'ruling-names-no-competitor'],
  ];
  for (const [why, over, code] of refusals) {
    it(`and refused when ${why}`, () => {
      const checked = checkRuling(asked(over), made, alone);
      assert.ok(checked.outcome === 'refused');
      assert.equal(checked.code, code);
    });
  }

  it('and stale when another source has spoken since', () => {
    const more = doseCase([...doses, { source: 'app', says: ramipril(10) }]).made;
    const checked = checkRuling(asked({}), more, alone);
    assert.ok(checked.outcome === 'refused' && checked.code === 'ruling-stale');
    assert.equal(checkRuling(asked({}), undefined, alone).outcome, 'refused');
  });

  it('and refused when it cannot settle this kind of value', () => {
    const single = { ...made, actions: made.actions.filter((action) => action.decision !== 'both-valid') };
    const checked = checkRuling(asked({ decision: 'both-valid', chosen: undefined }), single, alone);
    assert.ok(checked.outcome === 'refused' && checked.code === 'ruling-not-possible');
  });

  it('and waits for another person where the class asks for one', () => {
    const rule = { secondApprover: 'when-removing' as const };
    assert.equal(checkRuling(asked({}), made, rule).outcome, 'waits-for-second');
    assert.equal(checkRuling(asked({ decision: 'both-valid', chosen: undefined }), made, rule).outcome, 'binds');
    assert.equal(checkRuling(asked({ approvedBy: 'Dr B' }), made, rule).outcome, 'binds');
    const same = checkRuling(asked({ approvedBy: ' dr a' }), made, rule);
    assert.ok(same.outcome === 'refused' && same.code === 'ruling-approved-by-same-person');
  });
});
