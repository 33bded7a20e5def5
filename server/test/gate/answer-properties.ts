// Properties of what is answered: sound explanations, the harm gate, no silence, and policies that leave the past alone.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Json } from '../../src/base/json.ts';
import { anyPolicy, person } from '../../src/truth/people.testkit.ts';
import type { HarmClass, Policy, Verdict } from '../../src/truth/types.ts';
import { statementsOf, type TruthCase } from '../../src/truth/vectors.testkit.ts';
import { ELEMENTS, element, type GateProperty, uk } from './property.ts';
import { explainedBy, type Resolver, real, subjectsBy, verdictsBy } from './resolver.ts';

const GATED: ReadonlySet<HarmClass> = new Set(['H2', 'H3']);

export const soundness: GateProperty = {
  name: 'explanation soundness: what is not cited played no part, and what is cited did',
  check: (resolver, runs) =>
    fc.assert(
      fc.property(person, element, (one, asked) => {
        const statements = statementsOf(one.subjects);
        const asOf = statements.length + 1;
        const told = (known: typeof statements) =>
          explainedBy(resolver, one, { policy: uk, statements: known, element: asked, asOf });
        const answer = told(statements);
        const cited = new Set(
          [...answer.said, ...answer.setAside].flatMap(({ statement, repeats = [] }) => [statement, ...repeats]),
        );
        const without = statements.filter(({ id }) => cited.has(id));
        if (without.length < statements.length) assert.equal(JSON.stringify(told(without)), JSON.stringify(answer));
        if (answer.said.length === 0) return;
        const decisive = new Set(answer.said.flatMap(({ statement, repeats = [] }) => [statement, ...repeats]));
        const bereft = told(statements.filter(({ id }) => !decisive.has(id)));
        const sense = ({ state, values, said }: typeof answer) =>
          JSON.stringify([state, values, said.map((row) => row.statement)]);
        assert.notEqual(sense(bereft), sense(answer));
      }),
      runs,
    ),
  mutants: [
    {
      name: 'says nothing of what it set aside',
      make: () => ({
        ...real,
        explain: (input) => {
          const answer = real.explain(input);
          return 'refused' in answer ? answer : { ...answer, setAside: [] };
        },
      }),
    },
    {
      name: 'cites somebody who played no part',
      make: () => ({
        ...real,
        explain: (input) => {
          const answer = real.explain(input);
          if ('refused' in answer || answer.said.length === 0) return answer;
          const [row] = answer.said;
          return row === undefined ? answer : { ...answer, said: [{ ...row, statement: -1 as typeof row.statement }] };
        },
      }),
    },
  ],
};

export const harmGate: GateProperty = {
  name: 'harm gate: no rule chooses between sources at H2 or H3, whatever the policy says',
  check: (resolver, runs) =>
    fc.assert(
      fc.property(person, anyPolicy(uk), (one, policy) => {
        const subjects = subjectsBy(resolver, one, statementsOf(one.subjects)).filter(({ retired }) => !retired);
        for (const verdict of verdictsBy(resolver, policy, subjects)) {
          if (GATED.has(verdict.harm))
            assert.notEqual(verdict.state, 'assumed', `${verdict.element}: ${verdict.because.rule}`);
        }
      }),
      runs,
    ),
  mutants: [
    {
      name: 'settles a conflict by taking the first',
      make: () => ({
        ...real,
        decide: (input) => {
          const decided = real.decide(input);
          const settled = (verdict: Verdict): Verdict =>
            verdict.state === 'conflicting'
              ? { ...verdict, state: 'assumed', values: verdict.values.slice(0, 1) }
              : verdict;
          return { ...decided, verdicts: decided.verdicts.map(settled) };
        },
      }),
    },
  ],
};

/** A verdict on every element of the policy; none is missing where somebody may be heard, nor without a reason. */
function nobodyIsSilenced(resolver: Resolver, one: TruthCase): void {
  const subjects = subjectsBy(resolver, one, statementsOf(one.subjects));
  const verdicts = verdictsBy(resolver, uk, subjects);
  const byElement = new Map(verdicts.map((verdict) => [verdict.element, verdict]));
  for (const name of ELEMENTS) {
    const verdict = byElement.get(name);
    assert.ok(verdict, `no verdict on ${name}`);
    if (verdict.state !== 'missing') continue;
    assert.ok(verdict.because.absentReason, `${name} is missing without a reason`);
    const spoken = subjects.some(({ retired, view }) => !retired && view.elements[name]?.value !== undefined);
    assert.ok(!spoken, `${name} is missing although somebody speaks of it`);
  }
  const [first] = subjects;
  if (first === undefined) return;
  const served: { readonly [member: string]: Json } = JSON.parse(resolver.composePatient(verdicts, subjects, first.id));
  for (const { element: name, state } of verdicts) {
    if (state !== 'conflicting' && state !== 'withheld') continue;
    const base = name.replace('[x]', '');
    const marked = Object.keys(served).some((member) => member.replace(/^_/, '').startsWith(base));
    assert.ok(marked, `${name} is ${state}, and what is served does not show it`);
  }
}

export const noSilence: GateProperty = {
  name: 'no silent absence: what is not shown says why',
  check: (resolver, runs) =>
    fc.assert(
      fc.property(person, (one) => nobodyIsSilenced(resolver, one)),
      runs,
    ),
  mutants: [
    {
      name: 'leaves out what is in conflict',
      make: () => ({
        ...real,
        decide: (input) => {
          const decided = real.decide(input);
          return { ...decided, verdicts: decided.verdicts.filter(({ state }) => state !== 'conflicting') };
        },
      }),
    },
    {
      name: 'serves no mark where a value is withheld or in conflict',
      make: () => ({
        ...real,
        composePatient: (verdicts, ...rest) =>
          real.composePatient(
            verdicts.filter(({ state }) => state !== 'conflicting' && state !== 'withheld'),
            ...rest,
          ),
      }),
    },
  ],
};

export const policyChange: GateProperty = {
  name: 'a change of policy leaves the past alone: what was answered under the old one is answered so again',
  check: (resolver, runs) =>
    fc.assert(
      fc.property(person, anyPolicy(uk), fc.tuple(element, fc.nat()), (one, next, [asked, pick]) => {
        const statements = statementsOf(one.subjects);
        const activation = statements.length + 1;
        const size = 1 + (pick % statements.length);
        // The policy in force at a ledger size is a fact of the ledger, like everything else.
        const policyAt = (at: number) => (at < activation ? uk : next);
        const told = (at: number) =>
          JSON.stringify(explainedBy(resolver, one, { policy: policyAt(at), statements, element: asked, asOf: at }));
        const before = told(size);
        told(activation + 1);
        assert.equal(told(size), before);
      }),
      runs,
    ),
  mutants: [
    {
      name: 'answers by the policy it was last asked about',
      make: () => {
        let newest: { readonly policy: Policy; readonly asOf: number } | undefined;
        return {
          ...real,
          explain: (input) => {
            if (newest === undefined || input.asOf > newest.asOf) newest = { policy: input.policy, asOf: input.asOf };
            return real.explain({ ...input, policy: newest.policy });
          },
        };
      },
    },
  ],
};
