// Generated messages: whatever a laboratory puts together, no result is lost, doubled or filed under a better state than it has.
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Instant } from '../../base/ids.ts';
import { SAMPLE_SOURCE } from '../datatypes/sample.ts';
import { mapHl7v2 } from '../hl7v2.ts';
import type { MappingResult, StatementDraft } from '../types.ts';
import { RESULT_STATUS } from './status.ts';

const TEXTS = ['ST', 'TX', 'FT'];
const TYPES = [
  'NM',
  'SN',
  ...TEXTS,
  'CE',
  'CWE',
  'CNE',
  'IS',
  'DT',
  'TM',
  'TS',
  'DTM',
  'DR',
  'NR',
  'CQ',
  'NA',
  'MO',
  'CX',
  'XPN',
  'QQ',
  '',
];
const STATES = [...Object.keys(RESULT_STATUS), 'Q', ''];

const word = fc.string({ unit: fc.constantFrom(...'abcXYZ019 .<>-:/+%µ'), maxLength: 8 });
/** A field with components, sub-components, repetitions, escapes and nulls. */
const field = fc
  .array(
    fc.oneof({ weight: 6, arbitrary: word }, { weight: 1, arbitrary: fc.constantFrom('""', '\\F\\', '\\.br\\') }),
    { maxLength: 6 },
  )
  .chain((parts) =>
    fc
      .array(fc.constantFrom('^', '^', '&', '~'), { minLength: parts.length, maxLength: parts.length })
      .map((marks) => parts.map((part, i) => part + (i + 1 < parts.length ? marks[i] : '')).join('')),
  );

type Obx = { readonly type: string; readonly code: number; readonly state: string; readonly fields: readonly string[] };
const obx: fc.Arbitrary<Obx> = fc.record({
  // Half of all are lines of a few texts, or none would go on.
  type: fc.oneof(fc.constant('TX'), fc.constantFrom(...TYPES)),
  code: fc.nat(1),
  state: fc.oneof(fc.constant('F'), fc.constantFrom(...STATES)),
  fields: fc.array(field, { minLength: 6, maxLength: 22 }),
});
type Part =
  | { readonly kind: 'obx'; readonly obx: Obx }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'specimen'; readonly text: string }
  | { readonly kind: 'z'; readonly text: string };
const part: fc.Arbitrary<Part> = fc.oneof(
  { weight: 5, arbitrary: obx.map((one) => ({ kind: 'obx' as const, obx: one })) },
  { weight: 1, arbitrary: field.map((text) => ({ kind: 'note' as const, text })) },
  { weight: 1, arbitrary: field.map((text) => ({ kind: 'specimen' as const, text })) },
  { weight: 1, arbitrary: field.map((text) => ({ kind: 'z' as const, text })) },
);
type Order = {
  readonly number: string;
  readonly state: string;
  readonly fields: readonly string[];
  readonly parts: readonly Part[];
};
const order: fc.Arbitrary<Order> = fc.record({
  number: fc.constantFrom('L1', 'L2', 'L3', ''),
  state: fc.constantFrom('F', 'P', 'C', 'X', 'Q', ''),
  fields: fc.array(field, { minLength: 20, maxLength: 45 }),
  parts: fc.array(part, { maxLength: 6 }),
});

function wire(orders: readonly Order[]): readonly string[] {
  const head = 'MSH|^~\\&|LIMS|RXX|TIE|RXX|20260302101500||ORU^R01|M1|P|2.5.1|||||GBR|UNICODE UTF-8';
  return [
    head,
    'PID|1||7001^^^RXX^MR',
    ...orders.flatMap((one, index) => [obrOf(one, index), ...one.parts.map(segmentOf)]),
  ];
}

function obrOf({ number, state, fields }: Order, index: number): string {
  const all = [String(index + 1), '', number, `P${index}^Panel^L`, ...fields];
  all[24] = state;
  return `OBR|${Array.from(all, (text) => text ?? '').join('|')}`;
}

function segmentOf(one: Part, index: number): string {
  if (one.kind === 'note') return `NTE|1|L|${one.text}`;
  if (one.kind === 'specimen') return `SPM|1|${one.text}`;
  if (one.kind === 'z') return `ZZZ|${one.text}`;
  const { type, code, state, fields } = one.obx;
  const all = [String(index), type, `T${code}^Test^L`, '', ...fields];
  all[10] = state;
  return `OBX|${all.join('|')}`;
}

function mapped(orders: readonly Order[]): MappingResult {
  const bytes = new TextEncoder().encode(`${wire(orders).join('\r')}\r`);
  const receivedAt = '2026-03-02T10:15:30.000Z' as Instant;
  return mapHl7v2({ bytes, source: SAMPLE_SOURCE, receivedAt, format: 'hl7v2', interaction: undefined });
}

function statements(orders: readonly Order[]): readonly StatementDraft[] {
  const result = mapped(orders);
  assert.equal(result.outcome, 'mapped');
  return result.outcome === 'mapped' ? result.statements : [];
}

/** The rule in a line of its own: a text goes on while the next segment is an OBX of the same type, test, sub-id and state. */
function expectedObservations({ parts }: Order): readonly Obx[] {
  const firsts: Obx[] = [];
  let before: Obx | undefined;
  for (const one of parts) {
    if (one.kind !== 'obx') {
      if (one.kind !== 'z') before = undefined;
      continue;
    }
    const next = one.obx;
    const goesOn =
      before !== undefined &&
      TEXTS.includes(next.type) &&
      before.type === next.type &&
      before.code === next.code &&
      before.state === next.state;
    if (!goesOn) firsts.push(next);
    before = next;
  }
  return firsts;
}

const message = fc.array(order, { minLength: 1, maxLength: 4 });

test('every OBX is exactly one Observation, lines of one text being one, in the order of the message', () => {
  fc.assert(
    fc.property(message, (orders) => {
      const observations = statements(orders).filter(({ resourceType }) => resourceType === 'Observation');
      const expected = orders.flatMap(expectedObservations);
      assert.deepEqual(
        observations.map(({ resource }) => resource['status']),
        expected.map(({ state }) => RESULT_STATUS[state]?.status ?? 'unknown'),
      );
      assert.equal(new Set(observations.map(({ key }) => key)).size, observations.length);
    }),
    { numRuns: 150 },
  );
});

test('the loss account of any message adds up and names every position once', () => {
  fc.assert(
    fc.property(message, (orders) => {
      const { populated, mapped: used, ignored, unmapped, entries } = mapped(orders).loss;
      assert.equal(populated, used + ignored + unmapped);
      assert.equal(entries.length, ignored + unmapped);
      assert.equal(new Set(entries.map(({ position }) => position)).size, entries.length);
    }),
    { numRuns: 150 },
  );
});

test('a result is final only when its OBX says F, U or V', () => {
  fc.assert(
    fc.property(message, (orders) => {
      const observations = statements(orders).filter(({ resourceType }) => resourceType === 'Observation');
      const states = orders.flatMap(expectedObservations);
      observations.forEach(({ resource }, index) => {
        if (resource['status'] === 'final') assert.ok(['F', 'U', 'V'].includes(states[index]?.state ?? ''));
      });
    }),
    { numRuns: 100 },
  );
});

test('no Observation has both a value and a reason for having none, and at most one value', () => {
  fc.assert(
    fc.property(message, (orders) => {
      for (const { resource } of statements(orders).filter(({ resourceType }) => resourceType === 'Observation')) {
        const values = Object.keys(resource).filter((element) => element.startsWith('value'));
        assert.ok(values.length + (resource['dataAbsentReason'] === undefined ? 0 : 1) <= 1);
      }
    }),
    { numRuns: 100 },
  );
});

test('what a report refers to is in the message, and the same message gives the same statements', () => {
  fc.assert(
    fc.property(message, (orders) => {
      const all = statements(orders);
      const names = new Set(all.map(({ resourceType, key }) => `key:${resourceType}|${key}`));
      for (const { text } of all) {
        for (const [, reference] of text.matchAll(/"reference":("key:(?:[^"\\]|\\.)*")/g)) {
          assert.ok(names.has(JSON.parse(reference ?? '""')), reference);
        }
      }
      assert.deepEqual(statements(orders), all);
    }),
    { numRuns: 60 },
  );
});

test('a document cut anywhere is put together again', () => {
  const pdf = Buffer.from(`%PDF-1.4\n${'0123456789'.repeat(40)}\n%%EOF\n`).toString('base64');
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 8, max: pdf.length - 1 }), { maxLength: 6 }), (cuts) => {
      const ends = [...cuts.sort((a, b) => a - b), pdf.length];
      const pieces = ends.map((end, index) => pdf.slice(index === 0 ? 0 : ends[index - 1], end));
      const lines = pieces.map(
        (piece, index) => `OBX|${index + 1}|ED|PDF^Report^L|${index + 1}|LAB^AP^PDF^Base64^${piece}||||||F`,
      );
      const head = wire([]).concat('OBR|1||L1|P^Panel^L|||||||||||||||||||||F');
      const bytes = new TextEncoder().encode(`${[...head, ...lines].join('\r')}\r`);
      const receivedAt = '2026-03-02T10:15:30.000Z' as Instant;
      const result = mapHl7v2({ bytes, source: SAMPLE_SOURCE, receivedAt, format: 'hl7v2', interaction: undefined });
      assert.equal(result.outcome, 'mapped');
      const documents =
        result.outcome === 'mapped' ? result.statements.filter((one) => one.resourceType === 'DocumentReference') : [];
      assert.equal(documents.length, 1);
      assert.ok(documents[0]?.text.includes(`"data":"${pdf}"`));
      assert.deepEqual(
        result.issues.map(({ reason }) => reason),
        [],
      );
    }),
    { numRuns: 100 },
  );
});
