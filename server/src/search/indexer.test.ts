// The work behind the writes: whatever comes between its steps, and however often it is begun again, what it leaves is right.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Db } from '../base/db.ts';
import type { JsonObject } from '../base/json.ts';
import { withDatabase } from '../testkit/database.ts';
import { buildStep } from './build-writer.ts';
import { readNextParameter, readParametersOf } from './custom-reader.ts';
import { indexStep, startIndexer } from './indexer.ts';
import { namesOf, searchUrl, store } from './store.testkit.ts';

const PATIENTS = 250;
const STEPS_MAX = 1_000;
const ODD = "Patient.name.given.where($this = 'Odd')";

const nick = (expression = 'Patient.name.given', status = 'active'): JsonObject => ({
  resourceType: 'SearchParameter',
  ...{ id: 'nick', url: 'https://example.org/nick', name: 'Nick', status, description: 'Nicknames' },
  ...{ code: 'nick', base: ['Patient'], type: 'string', expression },
});
const patient = (id: string, given: string): JsonObject => ({
  resourceType: 'Patient',
  id,
  name: [{ given: [given] }],
});

async function fill(db: Db, count = PATIENTS): Promise<void> {
  await store(
    db,
    Array.from({ length: count }, (_, number) => ({
      resource: patient(`p${number}`, number % 2 === 0 ? 'Even' : 'Odd'),
    })),
  );
}

async function finish(db: Db): Promise<void> {
  for (let step = 0; step < STEPS_MAX; step += 1) if (!(await indexStep(db, 0))) return;
  assert.fail('the indexer does not come to an end');
}

const stateOf = async (db: Db) =>
  (await readParametersOf(db, 'nick')).map(({ state, indexed, total, restarts }) => ({
    state,
    indexed,
    total,
    restarts,
  }));

/** Rows that have a key in tables of the index, by table. */
async function rowsOf(db: Db, where: string): Promise<{ readonly [table: string]: number }> {
  const tables = ['string', 'date', 'number', 'quantity', 'reference', 'part'].map((name) => `search_${name}`);
  const counts = tables.map((table) => `(select count(*) from ${table} where ${where})`);
  const { rows } = await db.query<{ all: readonly number[] }>(`select array[${counts.join(', ')}]::int[] as all`);
  return Object.fromEntries(
    tables.flatMap((table, index) => (rows[0]?.all[index] ? [[table, rows[0].all[index]]] : [])),
  );
}

test('a parameter that is being built is refused with how far it is, and goes on after a restart', async () => {
  await withDatabase(async ({ db }) => {
    await fill(db);
    await store(db, [{ resource: nick() }]);
    const refused = async (said: RegExp) =>
      assert.rejects(searchUrl(db, 'Patient?nick=even'), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'search-parameter-building');
        assert.match(error.message, said);
        return true;
      });
    await refused(/0 of 0 resources so far \(0 %\)\. Ask SearchParameter\/nick\/\$status/);
    await indexStep(db);
    await refused(/100 of 250 resources so far \(40 %\)/);
    // Nothing is held in memory between steps, so another process is what the next step is.
    await fill(db, 3);
    await store(db, [{ resource: patient('p1', 'Changed') }, { resource: patient('new', 'Even') }]);
    await store(db, [{ resource: patient('p2', ''), deleted: true }]);
    await finish(db);
    assert.deepEqual(await stateOf(db), [{ state: 'complete', indexed: PATIENTS, total: PATIENTS, restarts: 0 }]);
    assert.deepEqual(namesOf(await searchUrl(db, 'Patient?nick=changed')), ['Patient/p1']);
    assert.equal((await searchUrl(db, 'Patient?nick=even&_count=0')).total, PATIENTS / 2);
  });
});

test('counts that differ begin the walk again instead of completing it', async () => {
  await withDatabase(async ({ db, owner }) => {
    await fill(db, 5);
    await store(db, [{ resource: nick() }]);
    const row = await readNextParameter(db, 0);
    assert.ok(row !== undefined);
    assert.equal(await buildStep(db, row), 'walked');
    await owner.query(
      'delete from search_part where param = $1 and key = (select min(key) from search_part where param = $1)',
      [row.number],
    );
    assert.equal(await buildStep(db, { ...row, walked: Number.MAX_SAFE_INTEGER }), 'counted');
    assert.deepEqual(await stateOf(db), [{ state: 'building', indexed: 0, total: 5, restarts: 1 }]);
    await finish(db);
    assert.deepEqual(await stateOf(db), [{ state: 'complete', indexed: 5, total: 5, restarts: 1 }]);
  });
});

test('what is being written while a step runs is taken as it is after it', async () => {
  await withDatabase(async ({ db, owner }) => {
    await fill(db, 2);
    await store(db, [{ resource: nick() }]);
    const row = await readNextParameter(db, 0);
    assert.ok(row !== undefined);
    let built: Promise<unknown> = Promise.resolve();
    await owner.transaction(async (tx) => {
      await tx.query("select 1 from resource where id = 'p0' for update");
      built = buildStep(db, row);
      // The step neither waits for the row nor leaves it out: it tries again until the row is free.
      await new Promise((resolve) => setTimeout(resolve, 100));
    });
    await built;
    await finish(db);
    assert.deepEqual(await stateOf(db), [{ state: 'complete', indexed: 2, total: 2, restarts: 0 }]);
  });
});

test('a definition that changed is built anew, and a retired one leaves no rows', async () => {
  await withDatabase(async ({ db }) => {
    await fill(db, 5);
    await store(db, [{ resource: nick() }]);
    await finish(db);
    const [before] = await readParametersOf(db, 'nick');
    await store(db, [{ resource: { ...nick(), description: 'Said otherwise' } }]);
    assert.deepEqual(await stateOf(db), [{ state: 'complete', indexed: 5, total: 5, restarts: 0 }]);
    await store(db, [{ resource: nick(ODD) }]);
    await assert.rejects(searchUrl(db, 'Patient?nick=odd'), /is being indexed/);
    await finish(db);
    assert.deepEqual(namesOf(await searchUrl(db, 'Patient?nick=odd')).toSorted(), ['Patient/p1', 'Patient/p3']);
    const [after] = await readParametersOf(db, 'nick');
    assert.notEqual(after?.number, before?.number);
    assert.deepEqual(await rowsOf(db, `param = ${before?.number}`), {});
    await store(db, [{ resource: nick(ODD, 'retired') }]);
    await assert.rejects(searchUrl(db, 'Patient?nick=odd'), /cannot be searched by "nick"/);
    await finish(db);
    assert.deepEqual([await stateOf(db), await rowsOf(db, 'param >= 10000')], [[], {}]);
  });
});

test('an expression that fails for a resource is counted, and keeps nothing out', async () => {
  await withDatabase(async ({ db }) => {
    await store(db, [{ resource: nick('Patient.name.given.single()') }, { resource: patient('one', 'Ada') }]);
    await store(db, [{ resource: { ...patient('two', 'Ada'), name: [{ given: ['Ada', 'Bea'] }] } }]);
    await finish(db);
    const [row] = await readParametersOf(db, 'nick');
    assert.deepEqual([row?.state, row?.indexed, row?.failed], ['complete', 2, 1]);
    assert.deepEqual(namesOf(await searchUrl(db, 'Patient?nick=ada')), ['Patient/one']);
  });
});

test('a deleted resource leaves nothing that a search looks into', async () => {
  await withDatabase(async ({ db }) => {
    const told = 'Sarcoma of the left wing';
    const inner = {
      resourceType: 'Patient',
      id: 'c',
      name: [{ family: 'Hidden' }],
      identifier: [{ type: { text: told } }],
    };
    const condition = {
      ...{
        resourceType: 'Condition',
        id: 'k',
        contained: [inner],
        code: { text: told, coding: [{ code: 'x', display: told }] },
      },
      ...{
        subject: { reference: '#c' },
        recordedDate: '2026-02-01',
        onsetAge: { value: 7, code: 'a', system: 'http://unitsofmeasure.org' },
      },
    };
    const kept = {
      resourceType: 'Condition',
      id: 'other',
      code: { text: 'Kept by another' },
      subject: { reference: 'Patient/p' },
    };
    const both = {
      ...condition,
      id: 'same',
      code: { text: 'Kept by another' },
      contained: [],
      subject: { reference: 'Patient/p' },
    };
    await store(db, [{ resource: nick() }, { resource: condition }, { resource: kept }, { resource: both }]);
    await finish(db);
    const { rows } = await db.query<{ key: number }>("select key from resource where type = 'Condition' and id = 'k'");
    const key = rows[0]?.key ?? 0;
    assert.equal((await searchUrl(db, 'Condition?_content=sarcoma')).matches.length, 1);
    await store(db, [
      { resource: condition, deleted: true },
      { resource: both, deleted: true },
    ]);
    await finish(db);
    const { rows: left } = await db.query(
      `select (select count(*) from search_contained) as contained, (select count(*) from search_text where key = $1) as text,
         (select count(*) from search_word where value like 'sarcoma%') as words, (select count(*) from search_word_due) as due,
         (select count(*) from search_word where value = 'kept by another') as kept,
         (select cardinality(search_terms) + search_present from resource where key = $1) as terms`,
      [key],
    );
    assert.deepEqual(left, [{ contained: 0, text: 0, words: 0, due: 0, kept: 1, terms: 0 }]);
    const all = await db.query<{ key: number }>('select key from resource where not deleted');
    assert.deepEqual(await rowsOf(db, `key <> all('{${all.rows.map((row) => row.key).join()}}')`), {});
    assert.deepEqual(namesOf(await searchUrl(db, 'Condition?code:text=kept')), ['Condition/other']);
  });
});

test('a word that comes back while it is taken out makes that commit begin again', async () => {
  await withDatabase(async ({ db }) => {
    const condition = {
      resourceType: 'Condition',
      id: 'k',
      code: { text: 'Rare word' },
      subject: { reference: 'Patient/p' },
    };
    await store(db, [{ resource: condition }]);
    await store(db, [{ resource: condition, deleted: true }]);
    const epoch = async () =>
      (await db.query<{ epoch: number }>('select epoch from pipeline_head')).rows[0]?.epoch ?? 0;
    const before = await epoch();
    await finish(db);
    assert.equal(await epoch(), before + 1);
    // Nothing to take out: nobody is disturbed.
    await store(db, [{ resource: condition }]);
    await store(db, [{ resource: { ...condition, recordedDate: '2026' } }]);
    await finish(db);
    assert.equal(await epoch(), before + 1);
    assert.deepEqual(namesOf(await searchUrl(db, 'Condition?code:text=rare')), ['Condition/k']);
  });
});

test('a parameter of all resources is one of each type, and goes from all of them', async () => {
  await withDatabase(async ({ db }) => {
    const label: JsonObject = { ...nick('Resource.meta.tag'), base: ['Resource'], type: 'token', code: 'label' };
    const meta = { tag: [{ system: 'https://example.org/tags', code: 'x' }] };
    await store(db, [{ resource: { ...patient('p', 'Ada'), meta } }, { resource: label }]);
    await store(db, [{ resource: { resourceType: 'Binary', id: 'b', contentType: 'text/plain', meta } }]);
    await finish(db);
    assert.deepEqual(namesOf(await searchUrl(db, '?label=https://example.org/tags|x')), ['Binary/b', 'Patient/p']);
    assert.deepEqual(namesOf(await searchUrl(db, 'Binary?label=x')), ['Binary/b']);
    await store(db, [{ resource: label, deleted: true }]);
    await finish(db);
    assert.deepEqual(await rowsOf(db, 'param >= 10000'), {});
    await assert.rejects(searchUrl(db, '?label=x'), /cannot be searched by "label"/);
  });
});

test('definitions that are lost are found again in the record when the indexer starts', async () => {
  await withDatabase(async ({ db, owner }) => {
    await fill(db, 3);
    await store(db, [{ resource: nick() }]);
    await owner.query('truncate search_parameter');
    const incidents: unknown[] = [];
    const indexer = startIndexer({ db, incident: (what, error) => incidents.push([what, error]) });
    for (let look = 0; look < STEPS_MAX && (await stateOf(db))[0]?.state !== 'complete'; look += 1)
      await new Promise((resolve) => setTimeout(resolve, 10));
    await indexer.stop();
    assert.deepEqual(await stateOf(db), [{ state: 'complete', indexed: 3, total: 3, restarts: 0 }]);
    assert.deepEqual(incidents, []);
  });
});
