// Custom parameters, contained resources and words against a scan: whenever they were defined, written, changed and deleted, and however
// far the indexer is, the index finds what reading everything would find.
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Db } from '../base/db.ts';
import type { JsonObject } from '../base/json.ts';
import { withDatabase } from '../testkit/database.ts';
import { clean, pick, resources, TYPES } from './arbitraries.testkit.ts';
import { CUSTOM, NEAR } from './custom.testkit.ts';
import { indexStep } from './indexer.ts';
import { scan, scanContained, scanWords, type Term } from './scan.testkit.ts';
import { empty, namesOf, persistently, runsOf, searchUrl, store } from './store.testkit.ts';
import { type Asked, termOf, urlOf } from './terms.testkit.ts';

const RUNS = 15;
const SEARCHES_A_RUN = 20;
const STEPS_MAX = 500;
const WORDS = ['zoe', 'ann', 'lark', 'larkin', 'cruz', 'mary', 'brien', 'la', 'nowhere'];

type Ask =
  | { readonly kind: 'terms' | 'contained' | 'both'; readonly asked: Asked }
  | { readonly kind: 'words'; readonly type: Asked['type']; readonly words: readonly string[] };

const customTerms = pick(TYPES).chain((type) => {
  const own = fc.array(termOf(type, [...CUSTOM, ...CUSTOM]), { minLength: 1, maxLength: 2 });
  const chained = termOf('Patient').map((term): Term => ({ ...term, name: `about.${term.name}` }));
  const has = pick(['Observation', 'Encounter'] as const).chain((from) =>
    termOf(from, CUSTOM).map((term): Term => ({ ...term, name: `_has:${from}:about:${term.name}` })),
  );
  const other = type === 'Patient' ? has : type === 'Condition' ? termOf(type, CUSTOM) : chained;
  return fc
    .oneof({ weight: 3, arbitrary: own }, { weight: 1, arbitrary: other.map((term) => [term]) })
    .map((terms): Ask => ({ kind: 'terms', asked: { type, terms } }));
});
const containedTerms = fc
  .tuple(fc.array(termOf('Patient'), { minLength: 1, maxLength: 2 }), pick(['contained', 'both'] as const))
  .map(([terms, kind]): Ask => ({ kind, asked: { type: 'Patient', terms } }));
const words = fc
  .tuple(pick(TYPES), fc.array(pick(WORDS), { minLength: 1, maxLength: 2 }))
  .map(([type, some]): Ask => ({ kind: 'words', type, words: some }));
const ask = fc.oneof(
  { weight: 3, arbitrary: customTerms },
  { weight: 1, arbitrary: containedTerms },
  { weight: 1, arbitrary: words },
);

/** What happens to the store: resources are written, some again with other content, some deleted. */
const story = fc.record({
  first: resources,
  second: resources,
  third: resources,
  deleted: fc.array(fc.nat(15), { maxLength: 3 }),
  followed: fc.boolean(),
});

const nameOf = (resource: JsonObject) => `${resource['resourceType']}/${resource['id']}`;

async function play(
  db: Db,
  { first, second, third, deleted, followed }: typeof story extends fc.Arbitrary<infer T> ? T : never,
) {
  const held = new Map<string, JsonObject>();
  const write = async (some: readonly JsonObject[]) => {
    await store(
      db,
      some.map((resource) => ({ resource })),
    );
    for (const resource of some) held.set(nameOf(resource), resource);
  };
  await write(first);
  await store(
    db,
    CUSTOM.map((one) => ({
      resource: clean({ ...one, id: one.code, ...(one.type === 'special' ? { derivedFrom: NEAR } : {}) }),
    })),
  );
  await persistently(() => indexStep(db, 0));
  await write(second.filter((_, index) => index % 2 === 0));
  for (let step = 0; step < STEPS_MAX && (await persistently(() => indexStep(db, 0))); step += 1);
  // Written after all was complete: found at once, and in the words' case before anybody gathered them.
  await write(third.filter((_, index) => index % 3 === 0));
  const gone = [...held.values()].filter((_, index) => deleted.includes(index));
  await store(
    db,
    gone.map((resource) => ({ resource, deleted: true })),
  );
  for (const resource of gone) held.delete(nameOf(resource));
  if (followed) await persistently(() => indexStep(db, 0));
  return [...held.values()];
}

async function compare(db: Db, all: readonly JsonObject[], one: Ask): Promise<void> {
  if (one.kind === 'words') {
    const url = `${one.type}?_content=${one.words.join(' ')}&_count=100`;
    const found = (await searchUrl(db, url)).matches.map(({ id }) => id);
    assert.deepEqual(found.toSorted(), scanWords(all, one.type, one.words).toSorted(), url);
    return;
  }
  const { type, terms } = one.asked;
  const url = urlOf(one.asked);
  if (one.kind === 'terms') {
    const found = (await searchUrl(db, url)).matches.map(({ id }) => id);
    assert.deepEqual(found.toSorted(), scan(all, type, terms).toSorted(), url);
    return;
  }
  const mode = one.kind === 'contained' ? 'true' : 'both';
  const expected = [
    ...scanContained(all, type, terms),
    ...(mode === 'both' ? scan(all, type, terms).map((id) => `${type}/${id}`) : []),
  ];
  const containers = await searchUrl(db, `${url}&_contained=${mode}`);
  assert.deepEqual(namesOf(containers).toSorted(), expected.toSorted(), url);
  const alone = await searchUrl(db, `${url}&_contained=${mode}&_containedType=contained&_total=accurate`);
  assert.deepEqual(namesOf(alone).toSorted(), expected.toSorted(), url);
  assert.equal(alone.total, expected.length);
  for (const { text, contained } of alone.matches)
    assert.equal(clean(JSON.parse(text))['id'] === contained, contained !== undefined);
}

test('the index finds what a scan finds by parameters of one’s own, in what is contained, and by words', async () => {
  await withDatabase(async ({ db, owner }) => {
    await fc.assert(
      fc.asyncProperty(
        story,
        fc.array(ask, { minLength: SEARCHES_A_RUN, maxLength: SEARCHES_A_RUN }),
        async (told, asks) => {
          await empty(owner);
          const all = await play(db, told);
          for (const one of asks) await compare(db, all, one);
        },
      ),
      runsOf(RUNS),
    );
  });
});
