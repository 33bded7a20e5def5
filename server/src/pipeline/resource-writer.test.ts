// What is current of a resource, and what finds it, after batches in which it is said anew, said again and changed.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Db } from '../base/db.ts';
import type { ResourceId } from '../base/ids.ts';
import { indexEntries } from '../search/index.ts';
import { withDatabase } from '../testkit/database.ts';
import { writeResources } from './resource-writer.ts';
import type { Plan, PlannedVersion } from './types.ts';

const AT = '2026-11-23T09:00:00.000Z';

function said(version: number, family: string): PlannedVersion {
  const resource = { resourceType: 'Patient', id: 'one', name: [{ family }] };
  return {
    ...again(version),
    text: JSON.stringify(resource),
    search: indexEntries('Patient', resource),
  };
}

/** Nothing new is said of it. */
function again(version: number): PlannedVersion {
  return {
    ...{ home: 1 as PlannedVersion['home'], type: 'Patient', id: 'one' as ResourceId, version, deleted: false },
    ...{ subject: undefined, text: undefined, view: undefined, behind: 1, storeView: false, digest: '' },
    search: undefined,
  };
}

/** One batch, with a plan for each of these. */
async function batch(db: Db, versions: readonly PlannedVersion[]): Promise<void> {
  const plans = versions.map((one) => ({ at: AT, versions: [one] }) as unknown as Plan);
  await db.transaction((tx) => writeResources(tx, plans));
}

async function found(db: Db): Promise<readonly string[]> {
  const { rows } = await db.query<{ value: string }>(
    'select distinct s.value from search_string s join resource r using (key) order by s.value',
  );
  return rows.map((row) => row.value);
}

test('a resource is found by what it says now: made, said again and changed in one batch or in several', async () => {
  await withDatabase(async ({ db }) => {
    await batch(db, [said(1, 'first'), said(2, 'second')]);
    assert.deepEqual(await found(db), ['second']);
    await batch(db, [again(2), said(3, 'third')]);
    assert.deepEqual(await found(db), ['third']);
  });
  await withDatabase(async ({ db }) => {
    await batch(db, [said(1, 'first')]);
    await batch(db, [again(1), said(2, 'second'), again(2)]);
    assert.deepEqual(await found(db), ['second']);
  });
});
