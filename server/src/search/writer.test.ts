// The index's rows as they are replaced: nothing is written where nothing changed, and nothing stays of what is gone.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Db } from '../base/db.ts';
import type { JsonObject } from '../base/json.ts';
import { withDatabase } from '../testkit/database.ts';
import { namesOf, searchUrl, store } from './store.testkit.ts';

const TABLES = [
  'search_string',
  'search_date',
  'search_number',
  'search_quantity',
  'search_reference',
  'search_part',
  'search_word',
];

const observation: JsonObject = {
  ...{
    resourceType: 'Observation',
    id: 'o',
    status: 'final',
    effectiveDateTime: '2026-01-01',
    subject: { reference: 'Patient/p' },
  },
  code: { coding: [{ system: 'http://loinc.org', code: '8480-6', display: 'Systolic' }] },
  valueString: 'as before',
  component: [
    { code: { coding: [{ code: 'x' }] }, valueQuantity: { value: 1, system: 'http://unitsofmeasure.org', code: 'mg' } },
  ],
};

/** Each row with the transaction that wrote it. */
async function rowsOf(owner: Db): Promise<readonly string[]> {
  const all: string[] = [];
  for (const table of TABLES) {
    const { rows } = await owner.query<{ row: string }>(
      `select format('%s %s %s', '${table}', t.xmin, t.*) as row from ${table} t`,
    );
    all.push(...rows.map(({ row }) => row));
  }
  return all.sort();
}

test('the same content again writes nothing beside the resource', async () => {
  await withDatabase(async ({ db, owner }) => {
    await store(db, [{ resource: observation }]);
    const before = await rowsOf(owner);
    assert.ok(before.length >= TABLES.length - 1, `${before.length} rows`);
    await store(db, [{ resource: { ...observation, status: 'amended' } }]);
    assert.deepEqual(await rowsOf(owner), before);
    assert.deepEqual(namesOf(await searchUrl(db, 'Observation?status=amended')), ['Observation/o']);
    assert.deepEqual(namesOf(await searchUrl(db, 'Observation?status=final')), []);
  });
});

test('what changed is found as it is now alone', async () => {
  await withDatabase(async ({ db, owner }) => {
    await store(db, [{ resource: observation }]);
    const { component: _component, ...without } = observation;
    await store(db, [{ resource: { ...without, effectiveDateTime: '2026-02-01', valueString: 'other' } }]);
    for (const [search, found] of [
      ['date=2026-01-01', 0],
      ['date=2026-02-01', 1],
      ['value-string=as', 0],
      ['value-string=other', 1],
      ['component-code-value-quantity=x$1', 0],
      ['component-value-quantity=1', 0],
      ['subject=Patient/p', 1],
    ] as const)
      assert.equal((await searchUrl(db, `Observation?${search}`)).matches.length, found, search);
    await store(db, [{ resource: observation, deleted: true }]);
    assert.equal((await searchUrl(db, 'Observation')).matches.length, 0);
    assert.deepEqual(
      (await rowsOf(owner)).filter((row) => !row.startsWith('search_word')),
      [],
    );
  });
});

test('two ids of one person are one in references, chains, _has, _id and includes', async () => {
  await withDatabase(async ({ db, owner }) => {
    await store(db, [
      { resource: { resourceType: 'Patient', id: 'kept', name: [{ family: 'Lark' }] } },
      { resource: { ...observation, id: 'o1', subject: { reference: 'Patient/kept' } } },
      { resource: { ...observation, id: 'o2', subject: { reference: 'Patient/old' } } },
    ]);
    await owner.query(
      `insert into subject (home, id, source, key, first_seen, person) values (1, 'kept', 's', 'a', 0, 'kept'), (1, 'old', 's', 'b', 0, 'kept')`,
    );
    for (const search of [
      'subject=Patient/old',
      'subject=kept',
      'patient=old',
      'subject:Patient.name=lark',
      'patient._id=old',
    ]) {
      assert.deepEqual(
        namesOf(await searchUrl(db, `Observation?${search}`)).toSorted(),
        ['Observation/o1', 'Observation/o2'],
        search,
      );
    }
    for (const search of ['_id=old', '_has:Observation:patient:_id=o2', 'name=lark'])
      assert.deepEqual(namesOf(await searchUrl(db, `Patient?${search}`)), ['Patient/kept'], search);
    const included = await searchUrl(db, 'Observation?_id=o2&_include=Observation:subject');
    assert.deepEqual(
      included.included.map((one) => one.id),
      ['kept'],
    );
    const back = await searchUrl(db, 'Patient?_id=kept&_revinclude=Observation:subject');
    assert.deepEqual(back.included.map((one) => one.id).toSorted(), ['o1', 'o2']);
  });
});
