// Locations that were written before "near" was known are found by it after the migration, contained ones, too.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import type { JsonObject } from '../base/json.ts';
import { withDatabase } from '../testkit/database.ts';
import { namesOf, searchUrl, store } from './store.testkit.ts';

const sqlOf = (way: 'up' | 'down') =>
  readFileSync(new URL(`../../sql/0012_search_parts.${way}.sql`, import.meta.url), 'utf8');
const leeds: JsonObject = {
  resourceType: 'Location',
  ...{ id: 'leeds', name: 'Leeds', position: { latitude: 53.8, longitude: -1.55 } },
};
const visit: JsonObject = {
  resourceType: 'Encounter',
  ...{ id: 'e', status: 'finished', class: { code: 'AMB' }, contained: [{ ...leeds, id: 'here' }] },
  location: [{ location: { reference: '#here' } }],
};
const nowhere: JsonObject = { resourceType: 'Location', id: 'nowhere', name: 'Nowhere' };

test('positions that were there before the migration are found after it', async () => {
  await withDatabase(async ({ db, owner }) => {
    await store(db, [{ resource: leeds }, { resource: visit }, { resource: nowhere }]);
    const near = async (more: string) => namesOf(await searchUrl(db, `Location?${more}`)).toSorted();
    for (const way of ['down', 'up'] as const) await owner.transaction((tx) => tx.query(sqlOf(way)));
    assert.deepEqual(await near('near=53.8|-1.5|10|km'), ['Location/leeds']);
    assert.deepEqual(await near('near=53.8|-1.5|10|km&_contained=true'), ['Encounter/e']);
    assert.deepEqual(await near('near:missing=true'), ['Location/nowhere']);
    assert.deepEqual(await near('near:missing=false&_contained=true'), ['Encounter/e']);
    const { rows } = await db.query('select key, low, high, edge from search_number order by key');
    await store(db, [{ resource: leeds }, { resource: visit }]);
    const again = await db.query('select key, low, high, edge from search_number order by key');
    assert.deepEqual(again.rows, rows);
  });
});
