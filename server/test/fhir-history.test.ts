// Histories of a resource, of a type and of everything.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, type House, listAt, withHouse } from './harness.ts';

const put = (house: House, id: string, name: string) =>
  house.fhir('PUT', `/Organization/${id}`, { source: 'gp', body: { resourceType: 'Organization', id, name } });
const minute = (count: number) => new Date(Date.parse('2026-03-02T08:00:00Z') + count * 60_000).toISOString();

/** `PUT Organization/a 200 W/"2"` for each entry. */
function told(json: unknown): readonly string[] {
  return listAt(json, 'entry').map((entry) =>
    ['request.method', 'request.url', 'response.status', 'response.etag']
      .map((where) => String(at(entry, where)))
      .join(' '),
  );
}

const idsOf = (json: unknown) => listAt(json, 'entry').map((entry) => String(at(entry, 'resource.id')));

async function pages(
  house: House,
  first: string,
  { between, tell = told }: { between?: (page: number) => Promise<unknown>; tell?: typeof told } = {},
): Promise<readonly string[]> {
  const all: string[] = [];
  let url: unknown = `/fhir/R4${first}`;
  for (let page = 0; typeof url === 'string'; page += 1) {
    assert.ok(page < 50, 'it ends');
    const answer = await house.http('GET', url);
    assert.equal(answer.status, 200, answer.text);
    all.push(...tell(answer.json));
    url = at(
      listAt(answer.json, 'link').find((link) => at(link, 'relation') === 'next'),
      'url',
    );
    await between?.(page);
  }
  return all;
}

/** a made, b made, a changed, b deleted, one posted; a minute apart. */
async function something(house: House): Promise<string> {
  await put(house, 'a', 'First');
  house.clock.set(minute(1));
  await put(house, 'b', 'First');
  house.clock.set(minute(2));
  await put(house, 'a', 'Second');
  house.clock.set(minute(3));
  await house.fhir('DELETE', '/Organization/b', { source: 'gp' });
  house.clock.set(minute(4));
  const posted = await house.fhir('POST', '/Location', {
    source: 'gp',
    body: { resourceType: 'Location', name: 'Ward' },
  });
  return String(at(posted.json, 'id'));
}

const A1 = 'PUT Organization/a 201 W/"1"';
const B1 = 'PUT Organization/b 201 W/"1"';
const A2 = 'PUT Organization/a 200 W/"2"';
const B2 = 'DELETE Organization/b 204 W/"2"';
const POSTED = 'POST Location 201 W/"1"';

test('tells what was done, newest first, at each level; what was deleted has no resource', async () => {
  await withHouse(async (house) => {
    await something(house);
    assert.deepEqual(await pages(house, '/_history'), [POSTED, B2, A2, B1, A1]);
    assert.deepEqual(await pages(house, '/Organization/_history'), [B2, A2, B1, A1]);
    assert.deepEqual(await pages(house, '/Organization/b/_history'), [B2, B1]);
    assert.deepEqual(await pages(house, '/Practitioner/_history'), []);
    const one = await house.fhir('GET', '/Organization/b/_history');
    assert.equal(at(one.json, 'entry.0.resource'), undefined);
    assert.equal(at(one.json, 'entry.1.resource.name'), 'First');
    assert.equal(at(one.json, 'entry.0.response.lastModified'), minute(3));
    assert.match(String(at(one.json, 'entry.0.fullUrl')), /^http:\/\/127\.0\.0\.1:\d+\/fhir\/R4\/Organization\/b$/);
    assert.equal((await house.fhir('GET', '/Organization/none/_history')).status, 404);
  });
});

test('since a time, and at a time or a day', async () => {
  await withHouse(async (house) => {
    await something(house);
    for (const [query, expected] of [
      [`_since=${minute(2)}`, [B2, A2]],
      ['_since=2026-03-02T09:02:00%2B01:00', [B2, A2]],
      ['_since=2026-03-02T09:02:00+01:00', [B2, A2]],
      [`_since=${minute(30)}`, []],
      [`_at=${minute(1)}`, [B1, A1]],
      [`_at=${minute(2)}`, [A2, B1]],
      ['_at=2026-03-02', [B2, A2, B1, A1]],
      ['_at=2026-03-03', [B2, A2]],
      ['_at=2026-03-01', []],
    ] as const)
      assert.deepEqual(await pages(house, `/Organization/_history?${query}`), expected, query);
    const counted = await house.fhir('GET', '/Organization/_history?_summary=count');
    assert.deepEqual([at(counted.json, 'total'), at(counted.json, 'entry')], [4, undefined]);
    assert.deepEqual(await pages(house, `/Organization/a/_history?_since=${minute(30)}`), []);
  });
});

test('every version comes once, page by page, while others write', async () => {
  await withHouse(async (house) => {
    const expected: string[] = [];
    for (let round = 1; round <= 3; round += 1) {
      await Promise.all(Array.from({ length: 8 }, (_, index) => put(house, `o${index}`, `Name ${round}`)));
      for (let index = 0; index < 8; index += 1)
        expected.push(`PUT Organization/o${index} ${round === 1 ? 201 : 200} W/"${round}"`);
    }
    const write = (page: number) => put(house, `o${page % 8}`, `Late ${page}`);
    const told = await pages(house, '/_history?_count=5', { between: write });
    assert.deepEqual(told.toSorted(), expected.toSorted());
    const ofType = await pages(house, '/Organization/_history?_count=7', { between: write });
    assert.equal(new Set(ofType).size, ofType.length);
    assert.ok(expected.every((one) => ofType.includes(one)));
  });
});

test('what is not understood is refused', async () => {
  await withHouse(async (house) => {
    await put(house, 'a', 'First');
    for (const [query, where] of [
      ['_since=yesterday', '_since'],
      ['_at=2026-13-01', '_at'],
      ['_count=-1', '_count'],
      ['_before=5', '_before'],
      ['name=x', 'name'],
    ] as const) {
      const answer = await house.fhir('GET', `/_history?${query}`);
      assert.equal(answer.status, 400, query);
      assert.equal(at(answer.json, 'issue.0.expression.0'), where, query);
    }
  });
});

test('what one transaction wrote is turned page by page too, each once', async () => {
  await withHouse(async (house) => {
    const entry = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => ({
      resource: { resourceType: 'Organization', id, name: id },
      request: { method: 'PUT', url: `Organization/${id}` },
    }));
    const answer = await house.fhir('POST', '', {
      source: 'gp',
      body: { resourceType: 'Bundle', type: 'transaction', entry },
    });
    assert.equal(answer.status, 200, answer.text);
    for (const path of ['/_history?_count=2', '/Organization/_history?_count=3'])
      assert.deepEqual((await pages(house, path, { tell: idsOf })).toSorted(), ['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  });
});
