// Every element of every resource under the shipped policy can be asked about, and its explanation is sound.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Instant, SourceKey, SubjectId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import { explain, loadPolicy } from './index.ts';
import type { Explanation, Statement } from './types.ts';
import { statementOf } from './vectors.testkit.ts';

const folder = new URL('../../../policies/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');
const loaded = loadPolicy(read('uk-default.v2.yaml'), 'uk', read);
assert.ok(loaded.ok);
const uk = loaded.policy;
const AT = '2026-03-01T09:00:00.000Z' as Instant;
const SOURCES = ['app', 'gp', 'pas'];

function ask(element: string, statements: readonly Statement[]): Explanation {
  const subjects = SOURCES.map((source) => ({
    ...{ id: source as SubjectId, source: source as SourceKey, trust: 50, retired: false, erased: false },
  }));
  const answer = explain({
    ...{ policy: uk, subjects, statements, rulings: [], element, asOf: 1_000, at: AT, sourceNames: {} },
  });
  assert.ok(!('refused' in answer), JSON.stringify(answer));
  return answer;
}

const sct = (code: string) => ({ coding: [{ system: 'http://snomed.info/sct', code }] });
const oneOf = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const known = (values: { readonly [element: string]: fc.Arbitrary<unknown> }) =>
  fc.record(values).map((drawn) => drawn as JsonObject);

/** What may be said in each list, from few words, so that sources agree and differ often. */
const SAID: { readonly [type: string]: fc.Arbitrary<JsonObject> } = {
  AllergyIntolerance: known({
    code: oneOf<object>(sct('764146007'), sct('716186003'), { text: 'Latex' }),
    criticality: oneOf('high', 'low'),
    verificationStatus: oneOf({ coding: [{ code: 'confirmed' }] }, { coding: [{ code: 'entered-in-error' }] }),
  }),
  Observation: known({
    code: oneOf(sct('1'), sct('450476008'), sct('450475007')),
    status: oneOf('final', 'corrected', 'entered-in-error'),
    effectiveDateTime: oneOf('2026-02-01', '2026-02-01T08:00:00Z', '2026-02-02T08:00:00Z'),
    identifier: oneOf([], [{ type: { coding: [{ code: 'FILL' }] }, system: 'lab', value: 'R1' }]),
    valueQuantity: oneOf({ value: 5, unit: 'g/L' }, { value: 6, unit: 'g/L' }),
  }),
  DiagnosticReport: known({
    code: oneOf(sct('1'), sct('2')),
    effectiveDateTime: oneOf('2026-02-01', '2026-02-01T08:00:00Z'),
    conclusion: oneOf('clear', 'not clear'),
  }),
  Immunization: known({
    vaccineCode: oneOf(sct('10'), sct('11')),
    occurrenceDateTime: oneOf('2025', '2025-03-01', '2025-04-01'),
    status: oneOf('completed', 'not-done', 'entered-in-error'),
    lotNumber: oneOf('A', 'B'),
  }),
  Encounter: known({
    class: oneOf({ code: 'IMP' }, { code: 'AMB' }),
    period: oneOf({ start: '2025-03-01' }, { start: '2025-03-02' }),
    status: oneOf('finished', 'in-progress'),
  }),
  Consent: known({
    scope: oneOf(sct('20'), sct('21')),
    status: oneOf('active', 'inactive'),
    provision: oneOf({ type: 'permit' }, { type: 'deny' }),
  }),
  Flag: known({ code: oneOf(sct('450476008'), sct('450475007'), sct('3')), status: oneOf('active', 'inactive') }),
};
const LISTS_OF: { readonly [type: string]: readonly string[] } = {
  Observation: ['Observation', 'ResuscitationStatus'],
  Flag: ['ResuscitationStatus'],
};

const asked = oneOf(...Object.keys(SAID)).chain((type) =>
  fc
    .array(fc.tuple(oneOf(...SOURCES), fc.nat({ max: 1 }), fc.nat({ max: 4 }), SAID[type] ?? fc.constant({})), {
      minLength: 1,
      maxLength: 6,
    })
    .chain((drawn) => {
      const statements = drawn.map(([source, entry, day, set], place) =>
        statementOf(
          [source, source],
          { at: `2026-02-0${day + 1}T08:00:00.000Z`, type, id: `${source}-${entry}`, set, replaces: true },
          place + 1,
        ),
      );
      const lists = LISTS_OF[type] ?? [type];
      const ids = lists.flatMap((list) => statements.map(({ resourceId }) => `${list}/${resourceId}`));
      return fc.record({ statements: fc.constant(statements), element: oneOf(...lists, ...ids) });
    }),
);

function citedIds(answer: Explanation): ReadonlySet<number> {
  const rows = [...answer.said, ...answer.setAside];
  return new Set(rows.flatMap((row) => [row.statement, ...(row.repeats ?? [])]).map(Number));
}

describe('every element under policy', () => {
  it('can be asked about', () => {
    for (const [type, elements] of Object.entries(uk.elements))
      for (const element of Object.keys(elements)) {
        const listed = element === '*' ? type : `${type}/a1.${element}`;
        ask(type === 'Patient' ? element : listed, []);
      }
    ask('AllergyIntolerance/a1.criticality', []);
  });

  it('of allergies one entry, or a part of it, is told by itself', () => {
    const said = (id: string, code: string, place: number) =>
      statementOf(
        ['gp', 'gp'],
        { at: AT, type: 'AllergyIntolerance', id, set: { code: sct(code), criticality: 'low' } },
        place,
      );
    const statements = [said('a1', '764146007', 1), said('a2', '716186003x', 2)];
    assert.deepEqual(ask('AllergyIntolerance/a2.criticality', statements).values, ['low']);
    assert.equal(ask('AllergyIntolerance/a1', statements).values.length, 1);
  });

  it('is explained soundly: without a statement that is not cited the answer is the same to the byte', () => {
    let tried = 0;
    fc.assert(
      fc.property(asked, ({ statements, element }) => {
        const answer = ask(element, statements);
        const cited = citedIds(answer);
        for (const statement of statements) {
          if (cited.has(statement.id)) continue;
          tried += 1;
          const without = statements.filter((other) => other !== statement);
          assert.equal(JSON.stringify(ask(element, without)), JSON.stringify(answer));
        }
      }),
      { numRuns: 4_000 },
    );
    assert.ok(tried > 100, `the property was put to the test ${tried} times`);
  });

  it('is told beside what would speak of it, were it not for a correction that stands', () => {
    const result = (source: string, [status, day]: readonly [string, string], place: number) =>
      statementOf(
        [source, source],
        {
          ...{ at: AT, type: 'Observation', id: `${source}-0`, replaces: true },
          set: { code: sct('450476008'), status, effectiveDateTime: `2026-02-0${day}`, valueInteger: 5 },
        },
        place,
      );
    const statements = [
      result('app', ['final', '2'], 1),
      result('gp', ['corrected', '1'], 2),
      result('gp', ['final', '2'], 3),
    ];
    // The last is no second witness, because the source had put it right before: both are told, for neither may be missing.
    const answer = ask('Observation/app-0', statements);
    assert.deepEqual(
      answer.setAside.map(({ statement, reason }) => [statement, reason]),
      [
        [2, 'stands-otherwise'],
        [3, 'not-taken'],
      ],
    );
    assert.match(answer.text, /What it had corrected or withdrawn by then stands, so this was not taken \(receipt 3\)/);
  });

  it('is explained decisively: without the statements that carry it the answer is another', () => {
    fc.assert(
      fc.property(asked, ({ statements, element }) => {
        const answer = ask(element, statements);
        if (answer.values.length === 0) return;
        const carrying = new Set(answer.said.flatMap((row) => [row.statement, ...(row.repeats ?? [])]).map(Number));
        const without = statements.filter((one) => !carrying.has(one.id));
        assert.notEqual(JSON.stringify(ask(element, without)), JSON.stringify(answer));
      }),
      { numRuns: 500 },
    );
  });
});
