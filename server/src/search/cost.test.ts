// What would look through too much is refused, and the server goes on.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Refused } from '../base/errors.ts';
import { withDatabase } from '../testkit/database.ts';
import { readSearch } from './parse/request.ts';
import { search } from './reader.ts';
import { askedOf, namesOf, searchUrl, store, WORLD } from './store.testkit.ts';

const PATIENTS = 400;

test('a search that takes too long is refused with what to do, and others are answered', async () => {
  await withDatabase(async ({ db }) => {
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
