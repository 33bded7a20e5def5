// Of a list only what can play a part is read: the answer is the same to the byte as over everything.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Instant, SourceKey, SubjectId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import { type ExplainWhole, entryName, explain, loadPolicy, pathUnder, typesAbout } from '../truth/index.ts';
import type { Explanation, Statement } from '../truth/types.ts';
import { statementOf } from '../truth/vectors.testkit.ts';
import { chooseEntries, type ListReader } from './explain-near.ts';

const folder = new URL('../../../policies/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');
const loaded = loadPolicy(read('uk-default.v2.yaml'), 'uk', read);
assert.ok(loaded.ok);
const uk = loaded.policy;
const SOURCES = ['app', 'gp', 'pas'];
const AT = '2026-03-01T09:00:00.000Z' as Instant;

const sct = (code: string, text?: string) => ({
  coding: [{ system: 'http://snomed.info/sct', code }],
  ...(text === undefined ? {} : { text }),
});
const oneOf = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const code = oneOf<object>(sct('1'), sct('1', 'Sodium'), sct('2'), { text: 'sodium' }, { text: 'Not for CPR' });
const time = oneOf<unknown>(
  '2026-02-01T08:00:00Z',
  '2026-02-01T08:00:30.5Z',
  '2026-02-01T09:00:00+01:00',
  '2026-02-01T08:01:00Z',
  '2026-02-31T08:00:00Z',
  '2026-03-03T08:00:00Z',
  '2026-02-01',
  '2026',
  'yesterday',
  2026,
);
const optional = { requiredKeys: [] };

/** What may be said in each list, from few words, so that entries are one and are told apart often. */
const SAID: { readonly [type: string]: fc.Arbitrary<object> } = {
  Observation: fc.record(
    {
      code,
      effectiveDateTime: time,
      effectivePeriod: oneOf({ start: '2026-02-01T08:00:00Z' }),
      contained: oneOf([{ resourceType: 'Observation', effectiveDateTime: '2026-02-01T08:00:00Z' }]),
      identifier: oneOf([], [{ type: { coding: [{ code: 'FILL' }] }, value: 'R1' }]),
      status: oneOf('final', 'entered-in-error'),
      valueString: oneOf('5', 'D.N.A.R.', '"effectiveDateTime":"2026-02-01T08:00:00Z"'),
    },
    optional,
  ),
  Condition: fc.record(
    { code, onsetDateTime: oneOf('2015', '2015-02', '2016-01-01T00:00:00Z'), onsetString: oneOf('2015') },
    optional,
  ),
  Immunization: fc.record(
    { vaccineCode: code, occurrenceDateTime: oneOf('2025', '2025-03-01', '2025-04-01') },
    optional,
  ),
  Encounter: fc.record(
    { class: oneOf({ code: 'IMP' }, { code: 'AMB' }), period: oneOf({ start: '2025-03-01' }) },
    optional,
  ),
  MedicationRequest: fc.record(
    {
      medicationCodeableConcept: oneOf<object>(
        { text: 'Ramipril 5mg capsules' },
        { text: 'Ramipril' },
        sct('31', 'Ramipril'),
      ),
    },
    optional,
  ),
  Flag: fc.record({ code: oneOf<object>(sct('450476008'), { text: 'Not for resuscitation' }, sct('3')) }, optional),
};
const LISTS: { readonly [type: string]: readonly string[] } = {
  Observation: ['Observation', 'ResuscitationStatus'],
  Flag: ['ResuscitationStatus'],
  MedicationRequest: ['MedicationStatement'],
};

type Drawn = { readonly statements: readonly Statement[]; readonly lists: readonly string[] };
const drawn: fc.Arbitrary<Drawn> = oneOf(...Object.keys(SAID)).chain((type) =>
  fc
    .array(
      fc.record({
        source: oneOf(...SOURCES),
        entry: fc.nat({ max: 2 }),
        day: fc.nat({ max: 4 }),
        set: SAID[type] ?? fc.constant({}),
        replaces: oneOf(true, true, false),
        clear: oneOf<readonly string[]>([], [], ['code']),
        unsaid: oneOf<string | undefined>(undefined, undefined, 'effectiveDateTime', 'code'),
      }),
      { minLength: 1, maxLength: 8 },
    )
    .map((all) => ({
      lists: LISTS[type] ?? [type],
      statements: all.map(({ source, entry, day, set, replaces, clear, unsaid }, place) => {
        const at = `2026-02-0${day + 1}T08:00:00.000Z`;
        const more = replaces ? {} : { clear: clear.filter((one) => !(one in set)) };
        const said = { at, type, id: `${source}-${entry}`, set: set as JsonObject, replaces, ...more };
        const statement = statementOf([source, source], said, place + 1);
        return { ...statement, said: statement.said.filter((one) => one.element !== unsaid) };
      }),
    })),
);

function ask(
  element: string,
  statements: readonly Statement[],
  how: Pick<ExplainWhole, 'part' | 'whole'> = {},
): Explanation {
  const subjects = SOURCES.map((source) => ({
    ...{ id: source as SubjectId, source: source as SourceKey, trust: 50, retired: false, erased: false },
  }));
  const answer = explain({
    ...{ policy: uk, subjects, statements, rulings: [], element, asOf: 1_000, at: AT, sourceNames: {} },
    ...how,
  });
  assert.ok(!('refused' in answer), JSON.stringify(answer));
  return answer;
}

/** The same list in memory, read as the store reads it. */
function listOf(statements: readonly Statement[], types: readonly string[]): ListReader {
  const own = statements.filter((one) => types.includes(one.resourceType));
  const names = [...new Set(own.map(entryName))];
  return {
    called: async (id) => names.filter((name) => name.endsWith(`/${id}`)),
    each: async (see) => {
      for (const one of own) see(one);
    },
    statementsOf: async (some) => own.filter((one) => some.includes(entryName(one))),
  };
}

async function chosen(element: string, statements: readonly Statement[], after?: string) {
  const path = pathUnder(uk, element);
  assert.ok(!('refused' in path));
  const { names, part } = await chooseEntries(listOf(statements, typesAbout(path.resourceType)), {
    policy: uk,
    path,
    after,
  });
  return {
    part,
    statements: names === undefined ? statements : statements.filter((one) => names.includes(entryName(one))),
  };
}

describe('what is read of a list', () => {
  it('gives the answer that everything gives, about an entry, a thing and the list', async () => {
    let fewer = 0;
    await fc.assert(
      fc.asyncProperty(drawn, fc.nat(), async ({ statements, lists }, pick) => {
        const list = lists[pick % lists.length] ?? '';
        const one = statements[pick % statements.length];
        const keys = [...ask(list, statements).text.matchAll(/\w+:[0-9a-f]{12}/g)].map(([key]) => key);
        for (const element of [list, `${list}/${one?.resourceId}`, `${list}:0123456789ab`, ...keys.slice(0, 2)]) {
          const some = await chosen(element, statements);
          if (some.statements.length < statements.length) fewer += 1;
          const all = JSON.stringify(ask(element, statements, { whole: true }));
          assert.equal(JSON.stringify(ask(element, some.statements)), all, element);
        }
      }),
      { numRuns: 2_000 },
    );
    assert.ok(fewer > 1_000, `fewer were read ${fewer} times`);
  });

  it('of a part of a list is what might be one with what is told in it', async () => {
    await fc.assert(
      fc.asyncProperty(drawn, fc.nat(), async ({ statements, lists: [list = ''] }, pick) => {
        if (!['Observation', 'Immunization', 'Encounter'].includes(list)) return;
        const after = entryName(statements[pick % statements.length] ?? assert.fail());
        const some = await chosen(list, statements, after);
        assert.ok(some.part !== undefined);
        const { part } = some;
        const told = ask(list, some.statements, { part });
        assert.equal(JSON.stringify(told), JSON.stringify(ask(list, statements, { part })));
        const all = new Set(ask(list, statements).values.map((value) => JSON.stringify(value)));
        for (const value of told.values)
          assert.ok(all.has(JSON.stringify(value)), 'and nothing but what is in the whole list');
      }),
      { numRuns: 1_000 },
    );
  });
});
