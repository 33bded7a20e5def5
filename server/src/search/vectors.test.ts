// Requests and what they find: vectors/fhir/search-*.json, each case naming its clause of the specification.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Db } from '../base/db.ts';
import { Refused } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import { withDatabase } from '../testkit/database.ts';
import { indexStep } from './indexer.ts';
import type { Found } from './reader.ts';
import { searchUrl, store } from './store.testkit.ts';

type Case = {
  readonly clause: string;
  readonly search: string;
  readonly finds?: readonly string[];
  readonly ordered?: boolean;
  readonly includes?: readonly string[];
  readonly total?: number;
  readonly refused?: string;
  readonly where?: string;
};
const FOLDER = fileURLToPath(new URL('../../../vectors/fhir/', import.meta.url));
/** What a table searches in; one without resources of its own searches in the first. */
const RESOURCES = 'search-resources.json';
const STEPS_MAX = 100;
const CASES_MIN = 700;

const readJson = <T>(name: string) => JSON.parse(readFileSync(path.join(FOLDER, name), 'utf8')) as T;
const files = globSync('search-*.json', { cwd: FOLDER })
  .filter((name) => !name.endsWith('resources.json'))
  .sort();
const ids = (found: readonly Found[]) => found.map((one) => one.id);

async function problemOf(db: Db, one: Case): Promise<string | undefined> {
  try {
    // A table's addresses are written plainly; only what would mean something else is encoded here.
    const page = await searchUrl(
      db,
      one.search.replaceAll('+', '%2B').replaceAll('%', '%25').replaceAll('%252B', '%2B'),
    );
    if (one.refused !== undefined) return `was to be refused, found ${ids(page.matches).join(' ')}`;
    const found = one.ordered === true ? ids(page.matches) : ids(page.matches).toSorted();
    assert.deepEqual(found, one.ordered === true ? one.finds : one.finds?.toSorted());
    if (one.includes !== undefined) assert.deepEqual(ids(page.included).toSorted(), one.includes.toSorted());
    if (one.total !== undefined) assert.equal(page.total, one.total);
    return undefined;
  } catch (error) {
    if (error instanceof assert.AssertionError) return error.message.replaceAll('\n', ' ');
    if (!(error instanceof Refused)) throw error;
    if (error.code === one.refused && (one.where === undefined || error.where === one.where)) return undefined;
    return `refused ${error.code} at ${error.where}: ${error.message}`;
  }
}

function resourcesOf(file: string): string {
  const own = file.replace('.json', '-resources.json');
  return existsSync(path.join(FOLDER, own)) ? own : RESOURCES;
}

test('each search of the table finds what its clause says', async () => {
  let count = 0;
  const problems: string[] = [];
  for (const [resources, tables] of Map.groupBy(files, resourcesOf)) {
    await withDatabase(async ({ db }) => {
      await store(
        db,
        readJson<JsonObject[]>(resources).map((resource) => ({ resource })),
      );
      for (let step = 0; step < STEPS_MAX && (await indexStep(db)); step += 1);
      for (const file of tables) {
        for (const one of readJson<Case[]>(file)) {
          count += 1;
          const problem = await problemOf(db, one);
          if (problem !== undefined) problems.push(`${file} ${one.search} (${one.clause}): ${problem}`);
        }
      }
    });
  }
  assert.deepEqual(problems, []);
  assert.ok(count >= CASES_MIN, `${count} cases`);
});
