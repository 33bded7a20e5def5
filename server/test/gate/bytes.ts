// Prints what is answered about generated people, to compare byte by byte between machines: run by bytes.test.ts and bench/gate.ts.
// Arguments: how many people, seed, and the name of a resolver that is broken on purpose.
import fc from 'fast-check';
import type { Json } from '../../src/base/json.ts';
import { person } from '../../src/truth/people.testkit.ts';
import { statementsOf } from '../../src/truth/vectors.testkit.ts';
import { ELEMENTS, uk } from './property.ts';
import { explainedBy, type Resolver, real, subjectsBy, verdictsBy } from './resolver.ts';

const [count = '100', seed = '1', broken = ''] = process.argv.slice(2);

/** Each answers otherwise on a machine with another language or zone. */
const BROKEN: { readonly [name: string]: Resolver } = {
  'writes numbers by the locale': {
    ...real,
    composePatient: (verdicts, subjects, id) =>
      `${real.composePatient(verdicts, subjects, id)}${(verdicts.length + 1_000).toLocaleString()}`,
  },
  'tells times in the zone of the machine': {
    ...real,
    composePatient: (verdicts, subjects, id) =>
      `${real.composePatient(verdicts, subjects, id)}${new Date(subjects[0]?.view.lastSaidAt ?? 0).getHours()}`,
  },
};

const resolver = BROKEN[broken] ?? real;
const lines = fc.sample(person, { numRuns: Number(count), seed: Number(seed) }).map((one): Json => {
  const statements = statementsOf(one.subjects);
  const subjects = subjectsBy(resolver, one, statements);
  const verdicts = verdictsBy(resolver, uk, subjects);
  const [first] = subjects;
  const served = first === undefined ? '' : resolver.composePatient(verdicts, subjects, first.id);
  const asOf = statements.length + 1;
  const told = ELEMENTS.map((element) => explainedBy(resolver, one, { policy: uk, statements, element, asOf }));
  return JSON.stringify([verdicts, served, told]);
});
process.stdout.write(`${lines.join('\n')}\n`);
