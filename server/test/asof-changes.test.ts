// What changed between two moments and why: told once, told the same for ever. And what stood open then.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { at, type House, listAt, withHouse } from './harness.ts';
import { patient } from './messages.ts';

const NHS = '9990000018';
const record = (id: string, born: string, family = 'Lark') => patient(id, { nhs: NHS, family, given: 'Ada', born });

async function say(house: House, source: string, body: object): Promise<number> {
  house.clock.set(new Date(Date.parse(house.clock.now()) + 60_000).toISOString());
  const answer = await house.fhir('PUT', `/${at(body, 'resourceType')}/${at(body, 'id')}`, { source, body });
  assert.ok(answer.status < 300, answer.text);
  await house.idle();
  return (await house.books()).index;
}

async function changes(house: House, query: string): Promise<{ readonly text: string; readonly json: unknown }> {
  const answer = await house.fhir('GET', `/Patient/gp-1/$changes?${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer;
}

suite('what changed', () => {
  test('is told for each element with its statement, receipt and source, and stays the same to the byte', async () => {
    await withHouse(async (house) => {
      const start = await say(house, 'gp', record('gp-1', '1960-06-07'));
      const named = await say(house, 'gp', record('gp-1', '1960-06-07', 'Larkin'));
      const receipt = await house.newest();
      const first = await changes(house, `from=${start}&to=${named}`);
      const [change, ...others] = listAt(first.json, 'changes');
      assert.deepEqual(others, []);
      assert.deepEqual(
        [
          at(change, 'element'),
          at(change, 'before.values.0.family'),
          at(change, 'after.values.0.family'),
          at(change, 'after.state'),
        ],
        ['name', 'Lark', 'Larkin', 'known'],
      );
      assert.deepEqual([at(change, 'because.0.receipt'), at(change, 'because.0.source')], [receipt, 'gp']);
      assert.match(
        String(at(change, 'sentence')),
        /^name: "Ada Lark" before, "Ada Larkin" now, because Practice said so \(receipt \d+\)\.$/,
      );
      await say(house, 'app', record('app-1', '1961-01-31'));
      await say(house, 'gp', {
        resourceType: 'Observation',
        id: 'o1',
        status: 'final',
        code: { text: 'Pulse' },
        subject: { reference: 'Patient/gp-1' },
      });
      assert.equal((await changes(house, `from=${start}&to=${named}`)).text, first.text);
      const { index } = await house.books();
      const all = await changes(house, `from=0&to=${index}`);
      const kinds = listAt(all.json, 'changes').map(
        (one) => `${at(one, 'kind')} ${at(one, 'element') ?? at(one, 'action')}`,
      );
      assert.ok(kinds.includes('resource recorded'), kinds.join());
      assert.ok(kinds.includes('element birthDate'), kinds.join());
    });
  });

  test('pages together tell the whole, and what cannot be asked is refused', async () => {
    await withHouse(async (house) => {
      for (let n = 0; n < 6; n += 1) await say(house, 'gp', record('gp-1', '1960-06-07', `Lark${'k'.repeat(n)}`));
      const { index } = await house.books();
      const whole = listAt((await changes(house, `from=0&to=${index}`)).json, 'changes');
      const paged: unknown[] = [];
      for (let query: string | undefined = `from=0&to=${index}&_count=2`; query !== undefined; ) {
        const { json }: { readonly json: unknown } = await changes(house, query);
        paged.push(...listAt(json, 'changes'));
        const next: unknown = at(json, 'next');
        query = typeof next === 'string' ? next.slice(next.indexOf('?') + 1) : undefined;
      }
      assert.deepEqual(paged, whole);
      for (const query of ['from=0', 'from=3&to=1', 'from=0&to=99999', 'from=x&to=1', `from=0&to=1&_after=9`])
        assert.equal((await house.fhir('GET', `/Patient/gp-1/$changes?${query}`)).status, 400, query);
    });
  });
});

suite('cases as of then', () => {
  test('a case that was open, closed and open again is each of these as of each time', async () => {
    await withHouse(async (house) => {
      const moments: { readonly size: number; readonly open: string; readonly closed: string }[] = [];
      const remember = async () => {
        const { index: size } = await house.books();
        const [open, closed] = [await cases(house, 'open'), await cases(house, 'closed')];
        moments.push({ size, open, closed });
      };
      // The two disagree on the date of birth, agree, and disagree in the same way again.
      await say(house, 'gp', record('gp-1', '1960-06-07'));
      await say(house, 'app', record('app-1', '1960-06-07'));
      await remember();
      for (const born of ['1961-01-31', '1960-06-07', '1961-01-31']) {
        await say(house, 'app', record('app-1', born));
        await remember();
      }
      assert.ok(new Set(moments.map((moment) => moment.open)).size > 1, 'a case was opened and closed');
      for (const { size, open, closed } of moments) {
        assert.equal(await cases(house, 'open', size), open, `open as of ${size}`);
        assert.equal(await cases(house, 'closed', size), closed, `closed as of ${size}`);
      }
      assert.equal((await house.http('GET', '/api/v1/cases?asOf=99999')).status, 400);
    });
  });
});

async function cases(house: House, state: string, asOf?: number): Promise<string> {
  const answer = await house.http('GET', `/api/v1/cases?state=${state}${asOf === undefined ? '' : `&asOf=${asOf}`}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.text;
}
