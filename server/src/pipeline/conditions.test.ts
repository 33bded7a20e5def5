// Conditions decided: what a search found is what a draft is about.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Instant } from '../base/ids.ts';
import type { Condition } from '../mapping/types.ts';
import { decideConditions } from './conditions.ts';
import { runsOf } from './runs.ts';
import type { Prepared, PreparedDraft } from './types.ts';

const QUERY = 'Patient?identifier=a|"1"';
const draft = ([resourceType, key]: readonly [string, string], content: object, subjectKey?: string): PreparedDraft => {
  const resource = { resourceType, ...content };
  const text = JSON.stringify(resource);
  const saidAt = '2026-01-01T00:00:00.000Z' as Instant;
  return {
    resourceType,
    key,
    subjectKey,
    saidAt,
    replaces: true,
    text,
    resource,
    said: [],
    origins: '',
    position: undefined,
  };
};
const condition = (purpose: Condition['purpose'], more: Partial<Condition> = {}): Condition => ({
  purpose,
  query: QUERY,
  otherwise: 'new:0',
  position: 'Patient',
  ...more,
});
const prepared = (conditions: readonly Condition[], ...drafts: PreparedDraft[]) =>
  ({ conditions, drafts, found: [], end: undefined }) as unknown as Prepared;
const patient = draft(['Patient', `find:${QUERY}`], {}, `find:${QUERY}`);
const result = draft(
  ['Observation', 'new:1'],
  { subject: { reference: `key:Patient|find:${QUERY}` } },
  `find:${QUERY}`,
);
const found = (...ids: string[]) => new Map([[QUERY, ids]]);

test('nothing found: the draft is of something new, and so is what points at it', () => {
  const { drafts, found: known } = decideConditions(prepared([condition('create')], patient, result), found());
  assert.deepEqual(
    drafts.map(({ key, subjectKey }) => [key, subjectKey]),
    [
      ['new:0', 'new:0'],
      ['new:1', 'new:0'],
    ],
  );
  assert.deepEqual(drafts[1]?.resource['subject'], { reference: 'key:Patient|new:0' });
  assert.deepEqual(known, []);
});

test('one found by a create: nothing is said of it, and what points at it points at that one', () => {
  const { drafts, found: known } = decideConditions(prepared([condition('create')], patient, result), found('p1'));
  assert.deepEqual(
    drafts.map(({ key, subjectKey }) => [key, subjectKey]),
    [['new:1', 'Patient/p1']],
  );
  assert.equal(drafts[0]?.text.includes('key:Patient|Patient/p1'), true);
  assert.deepEqual(
    known.map(({ kind, target }) => [kind, target]),
    [['unchanged', 'Patient/p1']],
  );
});

test('one found by an update: it is what the draft is about', () => {
  const { drafts } = decideConditions(prepared([condition('update')], patient), found('p1'));
  assert.equal(drafts[0]?.key, 'Patient/p1');
});

for (const [name, conditions, ids, code] of [
  ['two found', [condition('update')], ['p1', 'p2'], 'multiple-matches'],
  ['a reference that finds nothing', [condition('reference', { otherwise: undefined })], [], 'reference-no-match'],
  ['another id in the body than was found', [condition('update', { bodyId: 'p9' })], ['p1'], 'id-mismatch'],
] as const) {
  test(`${name} refuses the receipt whole`, () => {
    const { end, drafts } = decideConditions(prepared(conditions, patient), found(...ids));
    assert.deepEqual([end?.state, end?.reasons[0]?.code, drafts.length], ['rejected', code, 0]);
  });
}

test('a delete that finds nothing does nothing', () => {
  const { drafts, end } = decideConditions(prepared([condition('delete', { otherwise: undefined })], patient), found());
  assert.deepEqual([drafts, end], [[], undefined]);
});

test('a receipt with a condition is planned alone, and the others keep their order', () => {
  const plain = (id: number) => ({ ...prepared([]), id }) as unknown as Prepared & { id: number };
  const asking = (id: number) => ({ ...prepared([condition('create')]), id }) as unknown as Prepared & { id: number };
  const runs = runsOf([
    plain(1),
    plain(2),
    asking(3),
    plain(4),
    asking(5),
    asking(6),
  ]) as unknown as readonly (readonly { id: number }[])[];
  assert.deepEqual(
    runs.map((run) => run.map(({ id }) => id)),
    [[1, 2], [3], [4], [5], [6]],
  );
});

test('patches of several resources share a run, and what follows them; one of the same resource, or of a patient, does not', () => {
  const plain = (id: number) => ({ id, drafts: [], conditions: [] }) as unknown as Prepared;
  const patch = (id: number, target: string, position = 'Basic') =>
    ({ id, drafts: [], conditions: [], patches: [{ target, position }] }) as unknown as Prepared;
  const runs = runsOf([
    plain(1),
    patch(2, 'Basic/a'),
    patch(3, 'Basic/b'),
    plain(4),
    patch(5, 'Basic/c'),
    patch(6, 'Basic/c'),
    patch(7, 'Patient/p'),
    patch(8, 'Basic?code=x'),
    patch(9, 'Basic/d', 'Bundle.entry[0]'),
    plain(10),
  ]) as unknown as readonly (readonly { id: number }[])[];
  assert.deepEqual(
    runs.map((run) => run.map(({ id }) => id)),
    [[1], [2, 3, 4], [5], [6], [7], [8], [9], [10]],
  );
});
