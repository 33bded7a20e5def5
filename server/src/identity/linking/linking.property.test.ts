// What must hold of scored linking whatever the records: scores, models, vetoes, decisions, persons.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { cluster } from './cluster.ts';
import { type Candidate, decide } from './decide.ts';
import { DECISION } from './decision.ts';
import { blocksFor, scoreAll } from './link-all.ts';
import { readModel, writeModel } from './read-model.ts';
import { anyRecord, recordWith } from './record.testkit.ts';
import { type Ready, ready, type Scorer, score, scorerOf, vetoesOf, waterfall } from './score.ts';
import { train } from './train.ts';
import { FIELDS, LEVELS, type LinkageRecord, type Veto } from './types.ts';

const population = fc.sample(anyRecord, { numRuns: 300, seed: 11 });
const twice = [...population, ...population.slice(0, 150)];
const NAME = { model: 'test', version: 1 };
const model = train(twice, NAME);
const scorer = scorerOf(model);
const MODEL = new URL('../../../../policies/identity/uk-default.v1.json', import.meta.url);
const shipped = scorerOf(readModel(readFileSync(MODEL, 'utf8')));
const HOME = { postcode: 'ZZ99 3WZ', town: 'Borchester', street: ['14 Quarry Lane'] };

suite('a score', () => {
  test('does not depend on which record comes first', () => {
    fc.assert(
      fc.property(anyRecord, anyRecord, (left, right) => {
        const [one, other] = [ready(left, scorer), ready(right, scorer)];
        assert.equal(score(one, other, scorer), score(other, one, scorer));
        assert.deepEqual(vetoesOf(one, other), vetoesOf(other, one));
      }),
      { numRuns: 2000 },
    );
  });

  test('is the sum of its waterfall, in whole thousandths', () => {
    fc.assert(
      fc.property(anyRecord, anyRecord, (left, right) => {
        const [one, other] = [ready(left, scorer), ready(right, scorer)];
        const { score: total, bars, model: named } = waterfall(one, other, scorer);
        assert.equal(total, score(one, other, scorer));
        assert.equal(
          bars.reduce((sum, bar) => sum + bar.weight, 0),
          total,
        );
        assert.ok(bars.every((bar) => Number.isInteger(bar.weight)));
        assert.equal(named, 'test@1');
      }),
      { numRuns: 1000 },
    );
  });

  test('never counts a household for more than its limit', () => {
    const home = { postcode: 'XA12 3CD', street: ['12 Mill Road'], town: 'Borchester', phones: ['07700 900123'] };
    const [one, other] = [ready(recordWith(home), scorer), ready(recordWith(home), scorer)];
    assert.ok(score(one, other, scorer) <= model.prior + DECISION.householdMost);
  });
});

suite('a model', () => {
  test('is the same bytes whatever the order of the records', () => {
    const bytes = writeModel(model);
    fc.assert(
      fc.property(fc.shuffledSubarray(twice, { minLength: twice.length }), (shuffled) =>
        assert.equal(writeModel(train(shuffled, NAME)), bytes),
      ),
      { numRuns: 4 },
    );
  });

  test('weighs a better level of the ladder no less than a worse one', () => {
    for (const field of FIELDS) {
      const ladder = LEVELS[field].names.slice(1).filter((name) => !LEVELS[field].aside.includes(name));
      const weights = ladder.map((name) => model.weights[field][name] ?? Number.NaN);
      for (const [at, weight] of weights.entries()) assert.ok(at === 0 || weight >= (weights[at - 1] ?? 0), field);
    }
  });

  test('names no value that few bear', () => {
    const rare = recordWith({ given: ['Xanthippe'], family: 'Quackenbush' });
    const { frequencies } = train([...twice, rare], NAME);
    assert.ok(!JSON.stringify(frequencies).includes('xanthippe'));
  });

  test('comes back from its file, and a file that is none is refused by its place', () => {
    assert.deepEqual(readModel(writeModel(model)), model);
    const broken = { ...model, weights: { ...model.weights, sex: { different: 0.5, same: 1 } } };
    assert.throws(() => readModel(JSON.stringify(broken)), { code: 'identity-model', where: 'weights.sex.different' });
    assert.throws(() => readModel('{'), { code: 'identity-model' });
  });
});

const TWIN = { family: 'Khan', birthDate: '2015-12-31', postcode: 'XA12 3CD', street: ['12 Mill Road'] };

suite('a veto', () => {
  const of = (left: Partial<LinkageRecord>, right: Partial<LinkageRecord>): readonly Veto[] =>
    vetoesOf(ready(recordWith(left), scorer), ready(recordWith(right), scorer));
  const verified = (value: string) => ({ nhsNumbers: [{ value, verified: true }] });

  test('stands between two verified NHS numbers, not between unverified ones', () => {
    assert.deepEqual(of(verified('9990000018'), verified('9990000026')), ['different-verified-nhs-numbers']);
    assert.deepEqual(of(verified('9990000018'), { nhsNumbers: [{ value: '9990000026', verified: false }] }), []);
  });

  test('stands between two dates of death, unless one night or an incomplete date is between them', () => {
    assert.deepEqual(of({ deathDate: '2024-01-01' }, { deathDate: '2025-01-01' }), ['different-dates-of-death']);
    assert.deepEqual(of({ deathDate: '2024-01-01' }, { deathDate: '2024-01-02' }), []);
    assert.deepEqual(of({ deathDate: '2024-01-01' }, { deathDate: '2024' }), []);
  });

  test('stands between twins, not before a slip, a nickname or a shared number', () => {
    const number = { nhsNumbers: [{ value: '9990000018', verified: false }] };
    assert.deepEqual(of({ ...TWIN, given: ['Imran'] }, { ...TWIN, given: ['Joyce'] }), ['twins']);
    assert.deepEqual(of({ ...TWIN, given: ['Imran'] }, { ...TWIN, given: ['Imrna'] }), []);
    assert.deepEqual(of({ ...TWIN, given: ['Elizabeth'] }, { ...TWIN, given: ['Betty'] }), []);
    assert.deepEqual(of({ ...TWIN, ...number, given: ['Imran'] }, { ...TWIN, ...number, given: ['Joyce'] }), []);
  });

  test('does not stand before a letter written twice, which makes no second name', () => {
    assert.deepEqual(of({ ...TWIN, given: ['Emily'] }, { ...TWIN, given: ['Emiily'] }), []);
    assert.deepEqual(of({ ...TWIN, given: ['Phillip'] }, { ...TWIN, given: ['Philip'] }), []);
  });

  test('does not stand before a number with a slip in it, but before numbers that follow each other', () => {
    const [imran, joyce] = [
      { ...TWIN, given: ['Imran'] },
      { ...TWIN, given: ['Joyce'] },
    ];
    const between = (one: string, other: string) =>
      of({ ...imran, identifiers: [one] }, { ...joyce, identifiers: [other] });
    assert.deepEqual(between('mrn|7057739', 'mrn|7057439'), []);
    assert.deepEqual(between('mrn|7417717', 'mrn|74177217'), []);
    assert.deepEqual(between('mrn|7057738', 'mrn|7057739'), ['twins']);
    assert.deepEqual(between('mrn|7057739', 'mrn|1234567'), ['twins']);
  });

  test('is never outvoted by a decision, whatever the scores', () => {
    fc.assert(
      fc.property(fc.array(anyCandidate, { maxLength: 8 }), fc.integer({ min: 1, max: 3 }), (candidates, ownSize) => {
        const outcome = decide(candidates, { decision: DECISION, ownSize });
        if (outcome.kind !== 'link') return;
        const ofPerson = candidates.filter((one) => one.person === outcome.to.person);
        assert.ok(ofPerson.every((one) => one.vetoes.every((veto) => veto === 'twins')));
        if (ofPerson.some((one) => one.vetoes.length > 0)) assert.ok(ofPerson.some((one) => one.sharesIdentifier));
      }),
      { numRuns: 3000 },
    );
  });

  test('is never outvoted when a whole set is linked', () => {
    const [records, persons] = linked(twice, scorer);
    for (const members of Map.groupBy(records.keys(), (at) => persons[at]).values()) {
      for (const one of members) {
        for (const other of members) {
          const [left, right] = [records[one], records[other]];
          if (left === undefined || right === undefined) continue;
          assert.ok(vetoesOf(left, right).every((veto) => veto === 'twins'));
        }
      }
    }
  });
});

const anyCandidate: fc.Arbitrary<Candidate> = fc.record({
  subject: fc.uuid(),
  person: fc.constantFrom('a', 'b', 'c'),
  personSize: fc.constantFrom(1, 2),
  score: fc.integer({ min: -5_000, max: 30_000 }),
  vetoes: fc.array(fc.constantFrom<Veto>('twins', 'different-dates-of-death', 'different-verified-nhs-numbers'), {
    maxLength: 1,
  }),
  sharesIdentifier: fc.boolean(),
  identifiers: fc.array(fc.constantFrom('email', 'name', 'birth-date'), { maxLength: 3 }),
});

suite('a decision', () => {
  const candidate = (said: Partial<Candidate>): Candidate => ({
    subject: 's',
    person: 'p',
    personSize: 1,
    score: 20_000,
    vetoes: [],
    sharesIdentifier: false,
    identifiers: [],
    ...said,
  });
  const of = (candidates: readonly Candidate[], ownSize = 1) => decide(candidates, { decision: DECISION, ownSize });

  test('does not depend on the order of the candidates', () => {
    fc.assert(
      fc.property(
        fc
          .uniqueArray(anyCandidate, { maxLength: 8, selector: (one) => one.subject })
          .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => assert.deepEqual(of(all), of(shuffled)),
      ),
      { numRuns: 2000 },
    );
  });

  test('links a leader that beats the second by the margin, and asks when it does not', () => {
    const leader = candidate({ person: 'a', subject: '1' });
    const behind = candidate({ person: 'b', subject: '2', score: 20_000 - DECISION.margin });
    assert.deepEqual(of([leader, behind]), { kind: 'link', to: leader, margin: DECISION.margin });
    const rival = { ...behind, score: behind.score + 1 };
    assert.deepEqual(of([leader, rival]), { kind: 'case', reason: 'close-rival', candidates: [leader, rival] });
    assert.equal(of([leader, { ...rival, person: 'a' }]).kind, 'link');
  });

  test('asks between the thresholds and says nothing below', () => {
    assert.equal(of([candidate({ score: DECISION.link - 1 })]).kind, 'case');
    assert.equal(of([candidate({ score: DECISION.review - 1 })]).kind, 'nothing');
    assert.equal(of([]).kind, 'nothing');
  });

  test('joins two persons of several records by a second independent identifier only', () => {
    const bridge = candidate({ personSize: 2, identifiers: ['email'] });
    assert.deepEqual(of([bridge], 2), { kind: 'case', reason: 'bridge', candidates: [bridge] });
    assert.equal(of([bridge], 1).kind, 'link');
    assert.equal(of([bridge, { ...bridge, subject: 't', identifiers: ['nhs-number'] }], 2).kind, 'link');
  });
});

suite('persons of a set', () => {
  test('do not depend on the order of the scored pairs', () => {
    const records = twice.map((record) => ready(record, scorer));
    const { edges } = scoreAll(blocksFor(records), records, { scorer, wanted: () => true });
    const persons = cluster(records, edges, { scorer }).personOf;
    fc.assert(
      fc.property(fc.shuffledSubarray([...edges], { minLength: edges.length }), (shuffled) =>
        assert.deepEqual(cluster(records, shuffled, { scorer }).personOf, persons),
      ),
      { numRuns: 3 },
    );
  });

  test('give a record that may be either of two twins to neither', () => {
    const of = (given: string) =>
      recordWith({ given: [given], family: 'Featherstonehaugh', birthDate: '1961-07-19', ...HOME });
    const all = [of('Rosalind'), of('R'), of('Rupert')].map((one) => ready(one, shipped));
    const edges = scoreAll(blocksFor(all), all, { scorer: shipped, wanted: () => true }).edges;
    assert.deepEqual([...cluster(all, edges, { scorer: shipped }).personOf], [0, 1, 2]);
  });

  test('keep twins apart and bring one person together', () => {
    const one = recordWith({ ...TWIN, given: ['Imran'], emails: ['imran@mail.example'] });
    const other = recordWith({ ...TWIN, given: ['Joyce'] });
    const again = recordWith({ ...TWIN, given: ['Imran'], emails: ['imran@mail.example'], phones: ['07700 900123'] });
    const [, persons] = linked([...population, one, other, again], scorer);
    const at = population.length;
    assert.equal(persons[at], persons[at + 2]);
    assert.notEqual(persons[at], persons[at + 1]);
  });
});

function linked(records: readonly LinkageRecord[], by: Scorer): readonly [readonly Ready[], Int32Array] {
  const all = records.map((record) => ready(record, by));
  const { edges } = scoreAll(blocksFor(all), all, { scorer: by, wanted: () => true });
  return [all, cluster(all, edges, { scorer: by }).personOf];
}
