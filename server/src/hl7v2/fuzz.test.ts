// Random and mutated bytes: no crash, no hang, no unbounded memory, and whatever is read renders back.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { header, headerOf, parse, patientKeys, render, splitBatch, wireTime } from './index.ts';

const samples = new URL('../../../vectors/hl7v2/samples/', import.meta.url);
const SAMPLES = readdirSync(samples)
  .filter((name) => name.endsWith('.hl7'))
  .map((name) => new Uint8Array(readFileSync(new URL(name, samples))));

/** Everything a reader may ask of the language, for any bytes. */
function exercise(bytes: Uint8Array): void {
  headerOf(bytes);
  const split = splitBatch(bytes);
  if (split.ok) for (const { start, end } of split.messages) parse(bytes.subarray(start, end));
  const parsed = parse(bytes);
  if (!parsed.ok) {
    assert.ok(parsed.refusal.code !== '' && parsed.refusal.span.end <= bytes.length);
    return;
  }
  const { message } = parsed;
  header(message);
  patientKeys(message);
  for (const { span } of message.findings) assert.ok(span.end <= bytes.length);
  for (const segment of message.segments) {
    for (let n = 1; n <= segment.fieldCount; n++) {
      for (const { components } of segment.field(n).repetitions) {
        for (const { subcomponents } of components) for (const { text } of subcomponents) assertFit(text);
      }
    }
  }
  assert.deepEqual(Buffer.from(render(message)), Buffer.from(bytes));
}

function assertFit(text: string): void {
  assert.ok(text.isWellFormed());
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  assert.doesNotMatch(text, /[\x00-\x08\x0b\x0c\x0e-\x1f]/);
  wireTime(text, { zone: 'Europe/London' });
}

type Mutation = { readonly at: number; readonly length: number; readonly put: Uint8Array };
function mutate(sample: Uint8Array, mutations: readonly Mutation[]): Uint8Array {
  let bytes = Buffer.from(sample);
  for (const { at, length, put } of mutations) {
    const start = bytes.length === 0 ? 0 : at % bytes.length;
    bytes = Buffer.concat([bytes.subarray(0, start), put, bytes.subarray(start + length)]);
  }
  return new Uint8Array(bytes);
}

const TELLING = fc.constantFrom(
  '|',
  '^',
  '~',
  '\\',
  '&',
  '\r',
  '\n',
  '""',
  'MSH',
  'MSH|^~\\&|',
  '\\X',
  '\x0b',
  '\x1c',
  '\xff\xfe',
  '\x00',
  '\xc3',
);
const PUT = fc.oneof(
  TELLING.map((text) => new Uint8Array(Buffer.from(text, 'latin1'))),
  fc.uint8Array({ maxLength: 4 }),
);
const MUTATION = fc.record({ at: fc.nat(5000), length: fc.nat(6), put: PUT });

test('random bytes end in a message or a refusal', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), exercise), { numRuns: 500 });
});

test('random bytes after a good MSH end in a message or a refusal', () => {
  const msh = Buffer.from('MSH|^~\\&|A|B\r');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (tail) => exercise(new Uint8Array(Buffer.concat([msh, tail])))),
    { numRuns: 500 },
  );
});

test('mutated samples end in a message or a refusal', () => {
  fc.assert(
    fc.property(fc.constantFrom(...SAMPLES), fc.array(MUTATION, { minLength: 1, maxLength: 8 }), (sample, mutations) =>
      exercise(mutate(sample, mutations)),
    ),
    { numRuns: 1500 },
  );
});

describe('large and hostile', () => {
  const MEGABYTES = 4;
  for (const unit of [
    '|',
    '^',
    '~',
    '\\',
    '&',
    '\r',
    '\n',
    '\r\n',
    'A\r',
    'PID|',
    '\\F',
    '\xc3',
    'é',
    '\x00',
    'MSH|\r',
    'BHS|\r',
  ]) {
    test(`${MEGABYTES} MB of ${JSON.stringify(unit)} are dealt with in time`, () => {
      const body = Buffer.alloc(MEGABYTES * 1_000_000, Buffer.from(unit, unit === 'é' ? 'utf8' : 'latin1'));
      const bytes = Buffer.concat([Buffer.from('MSH|^~\\&|A|B\r'), body]);
      const started = performance.now();
      const parsed = parse(bytes);
      if (parsed.ok) {
        header(parsed.message);
        patientKeys(parsed.message);
        for (const segment of parsed.message.segments) segment.field(1);
      }
      splitBatch(bytes);
      const elapsed = performance.now() - started;
      assert.ok(elapsed < 10_000, `${elapsed} ms`);
    });
  }

  test('findings are few however odd the message is', () => {
    const parsed = parse(Buffer.from(`MSH|^~\\&|A|B\r${'odd\\Q\\ line\n\r\xff'.repeat(5000)}`, 'latin1'));
    assert.ok(parsed.ok);
    assert.ok(parsed.message.findings.length <= 100, String(parsed.message.findings.length));
  });
});
