// Properties of when and in which order things are said: permutation, repetition, past moments, merges undone.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { again, arriving, countOf, person } from '../../src/truth/people.testkit.ts';
import type { SubjectInput } from '../../src/truth/types.ts';
import { statementsOf } from '../../src/truth/vectors.testkit.ts';
import { element, type GateProperty, uk } from './property.ts';
import { answersOf, explainedBy, foldArriving, real, subjectsBy, verdictsBy } from './resolver.ts';

/** A person, and an order in which what is said may arrive. */
const arrival = person.chain((one) => {
  const places = Array.from({ length: countOf(one) }, (_unused, place) => place);
  const all = { minLength: places.length, maxLength: places.length };
  return fc.tuple(fc.constant(one), fc.shuffledSubarray(places, all));
});

export const permutation: GateProperty = {
  name: 'permutation: any order of arrival that keeps each subject’s own gives the same truth',
  check: (resolver, runs) =>
    fc.assert(
      fc.property(arrival, ([one, order]) => {
        const statements = arriving(one, order);
        const subjects = subjectsBy(resolver, one, statements).map((subject) => {
          const view = foldArriving(
            resolver,
            statements.filter((statement) => statement.subject === subject.id),
          );
          return { ...subject, view: view ?? subject.view };
        });
        const asSaid = subjectsBy(resolver, one, statementsOf(one.subjects));
        assert.equal(answersOf(verdictsBy(resolver, uk, subjects)), answersOf(verdictsBy(resolver, uk, asSaid)));
      }),
      runs,
    ),
  mutants: [
    {
      name: 'believes whoever arrived last',
      make: () => ({
        ...real,
        decide: (input) => {
          const newest = input.subjects.toSorted((a, b) => b.view.lastStatement - a.view.lastStatement);
          return real.decide({ ...input, subjects: newest.slice(0, 1) });
        },
      }),
    },
    {
      name: 'folds a late statement as if it were the newest',
      make: () => ({
        ...real,
        foldNext: (view, statement) => {
          const late = view !== undefined && statement.saidAt < view.lastSaidAt;
          return real.foldNext(view, late ? { ...statement, saidAt: view.lastSaidAt } : statement);
        },
      }),
    },
  ],
};

export const idempotence: GateProperty = {
  name: 'idempotence: the same words again change nothing',
  check: (resolver, runs) =>
    fc.assert(
      fc.property(person, fc.nat(), (one, pick) => {
        const statements = statementsOf(one.subjects);
        const subjects = [...new Set(statements.map((statement) => statement.subject))];
        const ofOne = statements.filter((statement) => statement.subject === subjects[pick % subjects.length]);
        const latest = ofOne
          .toSorted((a, b) => (a.saidAt < b.saidAt ? -1 : a.saidAt > b.saidAt ? 1 : a.id - b.id))
          .at(-1);
        assert.ok(latest);
        const answer = (all: typeof statements) => answersOf(verdictsBy(resolver, uk, subjectsBy(resolver, one, all)));
        assert.equal(answer([...statements, again(latest, statements.length + 1)]), answer(statements));
      }),
      runs,
    ),
  mutants: [
    {
      name: 'takes a repetition for news',
      make: () => ({
        ...real,
        fold: (statements) => {
          const view = real.fold(statements);
          if (view === undefined) return undefined;
          const moment = { saidAt: view.lastSaidAt, statement: view.lastStatement };
          const elements = Object.entries(view.elements).map(([name, one]) => [name, { ...one, ...moment }] as const);
          return { ...view, elements: Object.fromEntries(elements) };
        },
      }),
    },
  ],
};

export const asOf: GateProperty = {
  name: 'as-of stability: what was said at a past moment stays what it was',
  check: (resolver, runs) =>
    fc.assert(
      fc.property(person, element, fc.nat(), (one, asked, pick) => {
        const statements = statementsOf(one.subjects);
        const size = 1 + (pick % (statements.length + 1));
        const then = statements.filter((statement) => statement.receipt < size);
        const told = (known: typeof statements) =>
          JSON.stringify(explainedBy(resolver, one, { policy: uk, statements: known, element: asked, asOf: size }));
        assert.equal(told(statements), told(then));
      }),
      runs,
    ),
  mutants: [
    {
      name: 'looks at what came later',
      make: () => ({
        ...real,
        explain: (input) => {
          const answer = real.explain({ ...input, asOf: Number.MAX_SAFE_INTEGER });
          return 'refused' in answer ? answer : { ...answer, asOf: input.asOf };
        },
      }),
    },
  ],
};

export const unmerge: GateProperty = {
  name: 'unmerge inverse: after it the answer is what it was before the merge',
  check: (resolver, runs) =>
    fc.assert(
      fc.property(person, person, (one, other) => {
        const subjects = subjectsBy(resolver, one, statementsOf(one.subjects));
        const strangers = subjectsBy(resolver, other, statementsOf(other.subjects)).map((subject) => ({
          ...subject,
          id: `other-${subject.id}` as SubjectInput['id'],
        }));
        const before = JSON.stringify(verdictsBy(resolver, uk, subjects));
        verdictsBy(resolver, uk, [...subjects, ...strangers]);
        assert.equal(JSON.stringify(verdictsBy(resolver, uk, subjects)), before);
      }),
      runs,
    ),
  mutants: [
    {
      name: 'remembers whom it once saw together',
      make: () => {
        const met = new Map<string, SubjectInput>();
        return {
          ...real,
          decide: (input) => {
            if (
              input.subjects.some(({ id }) => !met.has(id)) &&
              input.subjects.every(({ id }) => !id.startsWith('other-'))
            )
              met.clear();
            for (const subject of input.subjects) met.set(subject.id, subject);
            return real.decide({ ...input, subjects: [...met.values()] });
          },
        };
      },
    },
  ],
};
