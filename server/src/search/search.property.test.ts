// Search against a scan: random resources, random searches; the index finds what FHIRPath over everything finds.
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { withDatabase } from '../testkit/database.ts';
import { resources } from './arbitraries.testkit.ts';
import { scan } from './scan.testkit.ts';
import { empty, runsOf, searchUrl, store } from './store.testkit.ts';
import { search, urlOf } from './terms.testkit.ts';

const RUNS = 25;
const SEARCHES_A_RUN = 25;

test('the index finds what a scan of everything finds', async () => {
  await withDatabase(async ({ db, owner }) => {
    await fc.assert(
      fc.asyncProperty(
        resources,
        fc.array(search, { minLength: SEARCHES_A_RUN, maxLength: SEARCHES_A_RUN }),
        async (all, searches) => {
          await empty(owner);
          await store(
            db,
            all.map((resource) => ({ resource })),
          );
          for (const asked of searches) {
            const found = (await searchUrl(db, urlOf(asked))).matches.map((one) => one.id).toSorted();
            assert.deepEqual(
              found,
              scan(all, asked.type, asked.terms).toSorted(),
              `${urlOf(asked)}\n${JSON.stringify(all.filter((one) => one['resourceType'] === asked.type))}`,
            );
          }
        },
      ),
      runsOf(RUNS),
    );
  });
});
