// What must hold of truth whatever is said: order does not matter, repetition changes nothing, harm gates every rule.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  composePatient,
  decide,
  decideAllergies,
  explain,
  fold,
  foldNext,
  loadPolicy,
  parseView,
  resourceOf,
  viewText,
} from './index.ts';
import { canonicalText } from './json-values.ts';
import { AT, again, allergicPerson, anyPolicy, arriving, countOf, person } from './people.testkit.ts';
import type { Policy, Statement, SubjectInput, Verdict, View } from './types.ts';
import { allergiesOf, statementsOf, subjectsOf, type TruthCase } from './vectors.testkit.ts';

const loaded = loadPolicy(readFileSync(new URL('../../../policies/uk-default.v1.yaml', import.meta.url), 'utf8'), 'uk');
assert.ok(loaded.ok);
const uk = loaded.policy;
const runs = { numRuns: 300 };

const shuffled = person.chain((one) => {
  const places = Array.from({ length: countOf(one) }, (_unused, place) => place);
  return fc.tuple(
    fc.constant(one),
    fc.shuffledSubarray(places, { minLength: places.length, maxLength: places.length }),
  );
});

function verdictsOf(one: TruthCase, statements: readonly Statement[], policy: Policy = uk): readonly Verdict[] {
  return decide({ policy, subjects: subjectsOf(one.subjects, statements), rulings: [], at: AT }).verdicts;
}

/** What a verdict says, without the numbers that statements happened to get. */
function answers(verdicts: readonly Verdict[]): unknown {
  return verdicts.map(({ element, state, harm, values, because }) => ({
    element,
    state,
    harm,
    values,
    rule: because.rule,
    competingSet: because.competingSet,
    used: because.used.map(({ subject, value }) => ({ subject, value })),
    setAside: because.setAside.map(({ candidate, reason }) => ({
      subject: candidate.subject,
      value: candidate.value,
      reason,
    })),
  }));
}

/** Nothing in it is shared with the statement, as if each had been read by itself. */
function readByItself(statement: Statement): Statement {
  return { ...statement, resource: { ...statement.resource }, said: [...statement.said] };
}

/** Folds statements as they arrive; a late one folds the history again. */
function foldArriving(statements: readonly Statement[]): View | undefined {
  let view: View | undefined;
  statements.forEach((statement, place) => {
    const next = foldNext(view, statement);
    view = next === 'refold' ? fold(statements.slice(0, place + 1)) : next;
  });
  return view;
}

describe('truth', () => {
  it('folds one by one to the same view as all at once, in any order of arrival', () => {
    fc.assert(
      fc.property(shuffled, ([one, order]) => {
        const statements = arriving(one, order);
        for (const ofOne of Map.groupBy(statements, (statement) => statement.subject).values()) {
          assert.deepEqual(foldArriving(ofOne), fold([...ofOne].reverse()));
        }
      }),
      runs,
    );
  });

  it('keeps a view through the store', () => {
    fc.assert(
      fc.property(person, (one) => {
        for (const { view } of subjectsOf(one.subjects, statementsOf(one.subjects))) {
          assert.deepEqual(JSON.parse(JSON.stringify(parseView(viewText(view)))), JSON.parse(JSON.stringify(view)));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('does not depend on the order of arrival', () => {
    fc.assert(
      fc.property(shuffled, ([one, order]) => {
        assert.deepEqual(
          answers(verdictsOf(one, arriving(one, order))),
          answers(verdictsOf(one, statementsOf(one.subjects))),
        );
      }),
      runs,
    );
  });

  it('does not depend on the order in which subjects are given, to the last byte', () => {
    fc.assert(
      fc.property(person, (one) => {
        const subjects = subjectsOf(one.subjects, statementsOf(one.subjects));
        const there = decide({ policy: uk, subjects, rulings: [], at: AT });
        const back = decide({ policy: uk, subjects: [...subjects].reverse(), rulings: [], at: AT });
        assert.equal(JSON.stringify(back), JSON.stringify(there));
        const [first] = subjects;
        assert.ok(first);
        const served = composePatient(there.verdicts, subjects, first.id);
        assert.equal(composePatient(back.verdicts, [...subjects].reverse(), first.id), served);
      }),
      runs,
    );
  });

  it('is not changed by the same statement delivered twice', () => {
    fc.assert(
      fc.property(person, fc.nat(), (one, pick) => {
        const statements = statementsOf(one.subjects);
        const chosen = statements[pick % statements.length];
        assert.ok(chosen);
        const ofOne = statements.filter((statement) => statement.subject === chosen.subject);
        const view = fold(ofOne);
        assert.ok(view);
        const twice = foldNext(view, chosen);
        assert.deepEqual(twice === 'refold' ? fold(ofOne) : twice, view);
      }),
      runs,
    );
  });

  it('is not changed by a source that says its latest words again', () => {
    fc.assert(
      fc.property(person, fc.nat(), (one, pick) => {
        const statements = statementsOf(one.subjects);
        const subjects = [...new Set(statements.map((statement) => statement.subject))];
        const subject = subjects[pick % subjects.length];
        const ofOne = statements.filter((statement) => statement.subject === subject);
        const latest = [...ofOne]
          .sort((a, b) => (a.saidAt < b.saidAt ? -1 : a.saidAt > b.saidAt ? 1 : a.id - b.id))
          .at(-1);
        assert.ok(latest);
        const more = [...statements, again(latest, statements.length + 1)];
        assert.deepEqual(answers(verdictsOf(one, more)), answers(verdictsOf(one, statements)));
      }),
      runs,
    );
  });

  it('is the same, explained to the last byte, where words said again are held as one value', () => {
    const repeated = person.chain((one) =>
      fc.tuple(fc.constant(one), fc.array(fc.nat({ max: 5 }), { minLength: 8, maxLength: 8 })),
    );
    fc.assert(
      fc.property(repeated, fc.constantFrom('birthDate', 'name', 'telecom', 'deceased[x]'), ([one, times], element) => {
        const alike = statementsOf(one.subjects).flatMap((statement, place) =>
          Array.from({ length: 1 + (times[place % times.length] ?? 0) }, (_unused, nth) => ({
            ...statement,
            id: (statement.id * 10 + nth) as Statement['id'],
          })),
        );
        const apart = alike.map((statement) => readByItself(statement));
        assert.deepEqual(
          [...Map.groupBy(alike, ({ resourceId }) => resourceId).values()].map(fold),
          [...Map.groupBy(apart, ({ resourceId }) => resourceId).values()].map(fold),
        );
        const answer = (statements: readonly Statement[]) =>
          JSON.stringify(
            explain({
              ...{ policy: uk, statements, rulings: [], element, asOf: 1_000, at: AT, sourceNames: {} },
              subjects: subjectsOf(one.subjects, statements),
            }),
          );
        assert.equal(answer(alike), answer(apart));
      }),
      runs,
    );
  });

  it('is after an unmerge what it was before the merge', () => {
    fc.assert(
      fc.property(person, person, (one, other) => {
        const subjects = deepFreeze(subjectsOf(one.subjects, statementsOf(one.subjects)));
        const strangers = subjectsOf(other.subjects, statementsOf(other.subjects)).map((subject) => ({
          ...subject,
          id: `other-${subject.id}` as SubjectInput['id'],
        }));
        const before = JSON.stringify(decide({ policy: uk, subjects, rulings: [], at: AT }));
        decide({ policy: uk, subjects: [...subjects, ...deepFreeze(strangers)], rulings: [], at: AT });
        assert.equal(JSON.stringify(decide({ policy: uk, subjects, rulings: [], at: AT })), before);
      }),
      { numRuns: 100 },
    );
  });

  it('never lets a rule choose between sources at H2 or H3, whatever the policy says', () => {
    fc.assert(
      fc.property(person, anyPolicy(uk), (one, policy) => {
        const subjects = subjectsOf(one.subjects, statementsOf(one.subjects)).filter((subject) => !subject.retired);
        const { verdicts } = decide({ policy, subjects, rulings: [], at: AT });
        for (const verdict of verdicts) {
          if (verdict.harm !== 'H2' && verdict.harm !== 'H3') continue;
          assert.notEqual(verdict.state, 'assumed', `${verdict.element} was chosen by ${verdict.because.rule}`);
          if (verdict.element !== 'deceased[x]' || verdict.state === 'withheld') continue;
          const said = new Set(subjects.flatMap(({ view }) => view.elements['deceasedBoolean']?.value ?? []));
          if (said.size > 1) assert.equal(verdict.state, 'conflicting');
        }
      }),
      runs,
    );
  });

  it('sets no value aside without citing it', () => {
    fc.assert(
      fc.property(person, anyPolicy(uk), (one, policy) => {
        const subjects = subjectsOf(one.subjects, statementsOf(one.subjects));
        for (const { element, because } of decide({ policy, subjects, rulings: [], at: AT }).verdicts) {
          const cited = new Set([
            ...because.used.map((candidate) => candidate.subject),
            ...because.competing.map((candidate) => candidate.subject),
            ...because.setAside.map(({ candidate }) => candidate.subject),
          ]);
          for (const { id, view } of subjects) {
            if (view.elements[element]?.value !== undefined)
              assert.ok(cited.has(id), `${id} speaks of ${element} uncited`);
          }
        }
      }),
      runs,
    );
  });
});

const NONE_KNOWN = /No known allergies|NKDA/;
const RETRACTED = /entered-in-error|refuted|resolved/;

describe('the truth about allergies', () => {
  const verdictOn = (one: TruthCase, statements: readonly Statement[]) =>
    decideAllergies({ policy: uk, allergies: allergiesOf(one.subjects, statements), rulings: [], at: AT });

  it('does not depend on the order in which entries are given', () => {
    fc.assert(
      fc.property(allergicPerson, (one) => {
        const statements = statementsOf(one.subjects);
        const allergies = allergiesOf(one.subjects, statements);
        const there = decideAllergies({ policy: uk, allergies, rulings: [], at: AT });
        const back = decideAllergies({ policy: uk, allergies: [...allergies].reverse(), rulings: [], at: AT });
        assert.deepEqual(back, there);
      }),
      runs,
    );
  });

  it('never loses a named, current allergy', () => {
    fc.assert(
      fc.property(allergicPerson, (one) => {
        const statements = statementsOf(one.subjects);
        const shown = verdictOn(one, statements).values.map((value) => canonicalText(value));
        for (const { view } of allergiesOf(one.subjects, statements)) {
          const text = canonicalText(resourceOf(view));
          if (!NONE_KNOWN.test(text) && !RETRACTED.test(text)) assert.ok(shown.includes(text), text);
        }
      }),
      runs,
    );
  });

  it('is never known while another record denies what is named', () => {
    fc.assert(
      fc.property(allergicPerson, (one) => {
        const verdict = verdictOn(one, statementsOf(one.subjects));
        const shown = verdict.values.map((value) => JSON.stringify(value)).filter((text) => !RETRACTED.test(text));
        const denied = shown.some((text) => text.includes('No known allergies'));
        const named = shown.some((text) => !NONE_KNOWN.test(text));
        if (denied && named) assert.equal(verdict.state, 'conflicting');
        assert.notEqual(verdict.state, 'assumed');
      }),
      runs,
    );
  });
});

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
