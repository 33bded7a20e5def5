// Pages while others write: what is not touched comes exactly once, in every order.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Db } from '../base/db.ts';
import type { JsonObject } from '../base/json.ts';
import { withDatabase } from '../testkit/database.ts';
import { writeCursor } from './cursor.ts';
import { searchUrl, store } from './store.testkit.ts';

const PATIENTS = 60;
const PAGE = 7;
const ORDERS = [
  '',
  'family',
  '-family',
  'birthdate',
  '-birthdate',
  '_lastUpdated',
  '-_lastUpdated',
  '_id',
  '-_id',
  'gender,-birthdate',
  '-gender,family',
  'organization',
];

function patient(number: number): JsonObject {
  return {
    ...{ resourceType: 'Patient', id: `p${number}`, active: true, gender: number % 3 === 0 ? 'male' : 'female' },
    ...(number % 4 === 0
      ? {}
      : { name: [{ family: `Family${number % 5}`, given: ['A', 'B'] }, { family: `Z${number % 7}` }] }),
    ...(number % 5 === 0 ? {} : { birthDate: `19${50 + (number % 6)}-01-01` }),
  };
}

async function pages(db: Db, sort: string, between: (page: number) => Promise<void>): Promise<readonly string[]> {
  const seen: string[] = [];
  let url = `Patient?active=true&_count=${PAGE}${sort === '' ? '' : `&_sort=${sort}`}`;
  for (let number = 0; number < PATIENTS; number += 1) {
    const page = await searchUrl(db, url);
    assert.ok(page.matches.length <= PAGE);
    seen.push(...page.matches.map((one) => one.id));
    if (page.next === undefined) return seen;
    url = `Patient?active=true&_count=${PAGE}${sort === '' ? '' : `&_sort=${sort}`}&_after=${writeCursor(page.next)}`;
    await between(number);
  }
  throw new Error('the pages do not end');
}

test('what nobody touches comes exactly once, whatever is written between pages', async () => {
  await withDatabase(async ({ db }) => {
    const at = (number: number) => new Date(Date.UTC(2026, 0, 1, 0, number % 11)).toISOString();
    for (const [round, sort] of ORDERS.entries()) {
      const base = round * 1_000;
      await store(
        db,
        Array.from({ length: PATIENTS }, (_, number) => ({ resource: patient(base + number), at: at(number) })),
      );
      const touched = new Set<string>();
      const seen = await pages(db, sort, async (page) => {
        const [changed, gone] = [base + page, base + PATIENTS - 1 - page];
        for (const number of [changed, gone]) touched.add(`p${number}`);
        await store(db, [
          {
            resource: { ...patient(changed), name: [{ family: `Moved${page}` }], birthDate: '2001-01-01' },
            at: at(60 + page),
          },
          { resource: patient(gone), deleted: true, at: at(60 + page) },
          { resource: patient(base + 500 + page), at: at(61 + page) },
        ]);
        touched.add(`p${base + 500 + page}`);
      });
      const untouched = Array.from({ length: PATIENTS }, (_, number) => `p${base + number}`).filter(
        (id) => !touched.has(id),
      );
      const counted = new Map(untouched.map((id) => [id, seen.filter((one) => one === id).length]));
      assert.deepEqual(
        [...counted].filter(([, times]) => times !== 1),
        [],
        `_sort=${sort}`,
      );
      const leftovers = Array.from({ length: 1_000 }, (_, number) => base + number);
      await store(
        db,
        leftovers
          .filter((number) => number % 1_000 < PATIENTS || number % 1_000 >= 500)
          .slice(0, PATIENTS + 30)
          .map((number) => ({ resource: patient(number), deleted: true })),
      );
    }
  });
});

test('pages and one large page give the same order', async () => {
  await withDatabase(async ({ db }) => {
    await store(
      db,
      Array.from({ length: PATIENTS }, (_, number) => ({ resource: patient(number) })),
    );
    for (const sort of ORDERS) {
      const whole = await searchUrl(db, `Patient?active=true&_count=1000${sort === '' ? '' : `&_sort=${sort}`}`);
      assert.deepEqual(
        await pages(db, sort, async () => undefined),
        whole.matches.map((one) => one.id),
        sort,
      );
      assert.equal(whole.matches.length, PATIENTS);
    }
  });
});
