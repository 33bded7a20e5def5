// $import: files of NDJSON through the same door as any write, with totals that agree.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { at, type House, listAt, withHouse } from './harness.ts';

const NDJSON = 'application/fhir+ndjson';
const organisation = (n: number) => `{"resourceType":"Organization","id":"org${n}","name":"Place ${n}"}`;
const send = (house: House, body: string, query = '') =>
  house.fhir('POST', `/$import${query}`, { source: 'gp', type: NDJSON, body });

async function done(house: House, body: string, query = ''): Promise<unknown> {
  const begun = await send(house, body, query);
  assert.equal(begun.status, 202, begun.text);
  for (let turn = 0; turn < 500; turn += 1) {
    const answer = await house.http('GET', String(begun.headers.get('content-location')));
    if (answer.status === 200) return answer.json;
    assert.match(answer.headers.get('x-progress') ?? '', /^\d+ of \d+ lines$/, answer.text);
    await wait(20);
  }
  return assert.fail('the import does not end');
}

test('every line is applied as it was written, once, and the books balance', async () => {
  await withHouse(async (house) => {
    const weight =
      '{"resourceType":"Observation","id":"o1","status":"final","code":{"text":"Weight"},"subject":{"reference":"Patient/p1"},"valueQuantity":{"value":1.50}}';
    const lines = [
      '{"resourceType":"Patient","id":"p1","name":[{"family":"Lark"}]}',
      weight,
      ...Array.from({ length: 600 }, (_, n) => organisation(n)),
    ];
    const file = `${lines.join('\n')}\n`;
    const sha256 = createHash('sha256').update(file).digest('hex');
    const first = await done(house, file, `?count=602&sha256=${sha256}`);
    assert.deepEqual(at(first, 'totals'), { lines: 602, applied: 602, waiting: 0, refused: 0, sha256 });
    assert.equal(listAt(first, 'receipts').length, 2);
    assert.match((await house.fhir('GET', '/Observation/o1')).text, /"value":1\.50/);
    assert.equal(at((await house.fhir('GET', '/Organization?_summary=count')).json, 'total'), 600);
    for (const asked of ['_summary=count&_count=5', '_count=5&_summary=count']) {
      const counted = (await house.fhir('GET', `/Organization?${asked}`)).json;
      assert.deepEqual([at(counted, 'total'), at(counted, 'entry')], [600, undefined], asked);
    }
    await done(house, file);
    assert.equal(at((await house.fhir('GET', '/_history?_summary=count')).json, 'total'), 602);
    assert.equal((await house.books()).total.residual, 0);
  });
});

test('a line that is wrong stands alone, and is told by its number', async () => {
  await withHouse(async (house) => {
    const file = [
      organisation(1),
      '{"resourceType":"Organization"',
      organisation(2),
      '{"resourceType":"Organization","name":"x"}',
      '{"resourceType":"Patient","id":"p1","birthDate":"1980-02-31"}',
      '',
      organisation(3),
    ].join('\n');
    const answer = await done(house, file);
    const { sha256: _hash, ...totals } = at(answer, 'totals') as Record<string, unknown>;
    assert.deepEqual(totals, { lines: 6, applied: 3, waiting: 0, refused: 3 });
    assert.deepEqual(
      listAt(answer, 'error').map((one) => [at(one, 'line'), at(one, 'outcome.resourceType')]),
      [
        [2, 'OperationOutcome'],
        [4, 'OperationOutcome'],
        [5, 'OperationOutcome'],
      ],
    );
    assert.equal((await house.fhir('GET', '/Organization/org3')).status, 200);
  });
});

test('a file that is not what the sender says is refused whole', async () => {
  await withHouse(async (house) => {
    for (const query of ['?count=2', `?sha256=${'0'.repeat(64)}`, '?lines=1']) {
      const answer = await send(house, organisation(1), query);
      assert.equal(answer.status, 400, answer.text);
    }
    assert.equal((await send(house, '\n\n')).status, 400);
    assert.equal((await house.fhir('GET', '/Organization/org1')).status, 404);
    assert.equal((await house.fhir('GET', '/_import/none')).status, 404);
  });
});

test('the order of the file holds across parts, also where the lines of one are sent one by one', async () => {
  await withHouse(async (house) => {
    const about = (n: number, patient: string) =>
      `{"resourceType":"Observation","id":"o${n}","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/${patient}"}}`;
    const named = (name: string) => `{"resourceType":"Organization","id":"often","name":"${name}"}`;
    const lines = [
      '{"resourceType":"Patient","id":"p1","name":[{"family":"Lark"}]}',
      '{"resourceType":"Patient","id":"bad","birthDate":"1980-02-31"}',
      named('first'),
      ...Array.from({ length: 497 }, (_, n) => organisation(n)),
      ...Array.from({ length: 499 }, (_, n) => about(n, 'p1')),
      named('second'),
      about(900, 'bad'),
      named('third'),
      named('last'),
    ];
    const answer = await done(house, lines.join('\n'));
    const { sha256: _hash, ...totals } = at(answer, 'totals') as Record<string, unknown>;
    assert.deepEqual(totals, { lines: 1003, applied: 1001, waiting: 0, refused: 2 });
    assert.deepEqual(
      listAt(answer, 'error').map((one) => at(one, 'line')),
      [2, 1001],
    );
    const history = await house.fhir('GET', '/Organization/often/_history');
    const names = listAt(history.json, 'entry').map((entry) => at(entry, 'resource.name'));
    assert.deepEqual(names, ['last', 'third', 'second', 'first']);
    assert.equal((await house.books()).total.residual, 0);
  });
});
