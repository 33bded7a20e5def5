// What would look through too much is refused, and the server goes on.
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Db, openDb } from '../base/db.ts';
import { Refused } from '../base/errors.ts';
import { SERVER_ROLE } from '../store/migrate.ts';
import { withDatabase } from '../testkit/database.ts';
import { readSearch } from './parse/request.ts';
import { search } from './reader.ts';
import { askedOf, namesOf, searchUrl, store, WORLD } from './store.testkit.ts';

const PATIENTS = 400;

test('a search that takes too long is refused with what to do, and others are answered', async () => {
  await withDatabase(async ({ db, url }) => {
    const text = 'word '.repeat(2_000);
    await store(
      db,
      Array.from({ length: PATIENTS }, (_, number) => ({
        resource: { resourceType: 'Patient', id: `p${number}`, gender: 'male', name: [{ text: `${text}${number}` }] },
      })),
    );
    const request = readSearch(askedOf('Patient?_content=nowhere'), WORLD);
    await assert.rejects(search(db, request, { timeMaxMs: 5 }), (error) => {
      assert.ok(error instanceof Refused);
      assert.equal(error.code, 'search-cost');
      assert.match(error.message, /Add a parameter that narrows it/);
      return true;
    });
    assert.deepEqual(namesOf(await searchUrl(db, 'Patient?_id=p7')), ['Patient/p7']);
    // By connections that have a limit of their own, every search is under it, at no cost.
    const limited = openDb({ url, role: SERVER_ROLE, timeMaxMs: 5 });
    try {
      await assert.rejects(search(limited, request), { code: 'search-cost' });
    } finally {
      await limited.close();
    }
  });
});

test('a search of many quick statements is stopped at the limit as well', async () => {
  await withDatabase(async ({ db }) => {
    await store(db, [{ resource: { resourceType: 'Patient', id: 'p' } }]);
    const slow: Db = {
      ...db,
      timeMaxMs: 20,
      query: async (text, values) => {
        await sleep(15);
        return db.query(text, values);
      },
    };
    const request = readSearch(askedOf('Patient?_id=p&_include=*&_revinclude=*&_total=accurate&_content=x'), WORLD);
    await assert.rejects(search(slow, request), { code: 'search-cost' });
  });
});

test('lists, chains and filters beyond their limits are refused by name', () => {
  const refused = (url: string, code: string) =>
    assert.throws(
      () => readSearch(askedOf(url), WORLD),
      (error) => error instanceof Refused && error.code === code,
      url,
    );
  refused(`Patient?_id=p&identifier=${Array.from({ length: 2_001 }, (_, n) => n).join(',')}`, 'search-cost');
  refused(`Organization?${'partof.'.repeat(12)}name=x`, 'search-cost');
  refused(`Patient?${Array.from({ length: 201 }, () => 'gender=male').join('&')}`, 'search-cost');
  refused(`Patient?_filter=${'('.repeat(40)}gender eq male${')'.repeat(40)}`, 'search-value');
  refused(`Patient?_sort=${'family,'.repeat(9)}`, 'search-value');
  refused('List?item.name=x', 'search-cost');
});

test('lenient handling passes over what is not known, and tells', () => {
  const asked = { ...askedOf('Patient?nosuch=1&gender=male&birthdate=monday&_sort=nosuch'), lenient: true };
  const request = readSearch(asked, WORLD);
  assert.deepEqual(request.ignored.map((one) => one.parameter).toSorted(), ['_sort', 'birthdate', 'nosuch']);
  assert.deepEqual(request.applied, [['gender', 'male']]);
});
