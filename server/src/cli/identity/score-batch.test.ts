// A set scored by several threads: the same pairs and scores as by one, and no thread where it would cost more than it brings.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { cluster, type Edge, type LinkageRecord, train } from '../../identity/index.ts';
import { recordWith } from '../../identity/linking/record.testkit.ts';
import { type Batch, prepare, startScoring, threadsFor } from './score-batch.ts';

const GIVEN = 'Amelia Betty Noah Imran Joyce Siobhan Lukasz'.split(' ');
const FAMILIES = 'Watson Khan Smith Doherty Kowalski'.split(' ');
const records: readonly LinkageRecord[] = Array.from({ length: 240 }, (_, at) => {
  const person = at % 120;
  return recordWith({
    given: [GIVEN[person % GIVEN.length] ?? ''],
    family: `${FAMILIES[(person * 3) % FAMILIES.length] ?? ''}${at < 120 ? '' : 's'}`,
    birthDate: `19${10 + (person % 80)}-0${1 + (person % 9)}-1${person % 10}`,
    postcode: `XA${1 + (person % 30)} ${person % 10}AB`,
  });
});
const model = train(records, { model: 'threads', version: 1 });
const { records: all, scorer } = prepare({ records, model, files: undefined });

async function scoredBy(threads: number, files?: Int32Array) {
  const batch: Batch = { records, model, files };
  const scoring = await startScoring(batch, threads);
  const scored = await scoring.score();
  const again = await scoring.score();
  await scoring.stop();
  assert.deepEqual(again, scored);
  return scored;
}

const textOf = ({ left, right, score }: Edge) => `${left} ${right} ${score}`;

suite('A set scored by threads', () => {
  test('is scored the same by one, two and three', async () => {
    const alone = await scoredBy(1);
    const persons = cluster(all, alone.edges, { scorer });
    assert.ok(alone.edges.length >= 120);
    for (const threads of [2, 3]) {
      const scored = await scoredBy(threads);
      assert.equal(scored.pairs, alone.pairs);
      assert.deepEqual(new Set(scored.edges.map(textOf)), new Set(alone.edges.map(textOf)));
      assert.deepEqual(cluster(all, scored.edges, { scorer }), persons);
    }
  });

  test('leaves out pairs within a file where only those between files are asked for', async () => {
    const files = Int32Array.from(records, (_, at) => (at < 120 ? 0 : 1));
    const [alone, two] = [await scoredBy(1, files), await scoredBy(2, files)];
    assert.equal(two.pairs, alone.pairs);
    assert.ok(two.edges.every(({ left, right }) => left < 120 !== right < 120));
  });

  test('has one thread while it is small', () => assert.equal(threadsFor(records.length), 1));
});
