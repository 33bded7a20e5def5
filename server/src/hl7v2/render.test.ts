// render(parse(x)) = x, and what parsing says of odd bytes, from the vectors and by property.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parse } from './parse.ts';
import { render } from './render.ts';
import type { Message, Span } from './types.ts';

const vectors = new URL('../../../vectors/hl7v2/', import.meta.url);
const files = (folder: string) => readdirSync(new URL(`${folder}/`, vectors)).filter((name) => name.endsWith('.hl7'));
const bytesOf = (folder: string, name: string) => new Uint8Array(readFileSync(new URL(`${folder}/${name}`, vectors)));
const codeOf = (name: string) => name.replace(/\.hl7$/, '').split('--')[0];

function assertRoundTrip(bytes: Uint8Array): Message {
  const parsed = parse(bytes);
  assert.ok(parsed.ok, 'is read');
  assert.deepEqual(Buffer.from(render(parsed.message)), Buffer.from(bytes));
  assertSpans(parsed.message);
  return parsed.message;
}

/** Each part's span, decoded as the message is, is the part's raw text; parts lie inside their whole, in order. */
function assertSpans(message: Message): void {
  const within = (inner: Span, outer: Span) =>
    inner.start >= outer.start && inner.end <= outer.end && inner.start <= inner.end;
  let last = 0;
  for (const segment of message.segments) {
    assert.ok(segment.span.start >= last && segment.span.end <= message.bytes.length, 'segments in order');
    last = segment.span.end;
    for (let n = 1; n <= segment.fieldCount; n++) {
      const field = segment.field(n);
      assert.ok(within(field.span, segment.span), 'field in segment');
      for (const repetition of field.repetitions) {
        assert.ok(within(repetition.span, field.span), 'repetition in field');
        for (const component of repetition.components) {
          assert.ok(within(component.span, repetition.span), 'component in repetition');
          for (const { raw, span } of component.subcomponents) {
            assert.ok(within(span, component.span), 'sub-component in component');
            assertBytesAre(message, raw, span);
          }
        }
      }
    }
  }
}

function assertBytesAre(message: Message, raw: string, span: Span): void {
  const alone = { ...message, prefix: '', segments: [{ ...textSegment(raw) }] };
  assert.deepEqual(Buffer.from(render(alone)), Buffer.from(message.bytes.subarray(span.start, span.end)));
}

function textSegment(raw: string) {
  const span = { start: 0, end: 0 };
  const presence = 'value' as const;
  const components = [{ presence, span, subcomponents: [{ presence, raw, text: raw, span }] }];
  const field = () => ({ presence, span, repetitions: [{ presence, span, components }] });
  return { name: '', nameSent: '', ordinal: 1, occurrence: 1, span, terminator: '', fieldCount: 1, field };
}

describe('samples', () => {
  for (const name of files('samples')) {
    test(`${name} renders back byte for byte, or is refused with a reason`, () => {
      const bytes = bytesOf('samples', name);
      const parsed = parse(bytes);
      if (parsed.ok) assertRoundTrip(bytes);
      else assert.match(parsed.refusal.message, /\w.*\.$/);
      assert.equal(parsed.ok, !['count-mismatch.hl7', 'msh-too-short.hl7'].includes(name));
    });
  }
});

describe('refused', () => {
  for (const name of files('refused')) {
    test(`${name} is refused with its code`, () => {
      const parsed = parse(bytesOf('refused', name));
      assert.equal(parsed.ok ? 'read' : parsed.refusal.code, codeOf(name));
    });
  }
});

describe('odd', () => {
  for (const name of files('odd')) {
    test(`${name} is read, rendered back and reported once by its code`, () => {
      const bytes = bytesOf('odd', name);
      const message = assertRoundTrip(bytes);
      assert.ok(
        message.findings.some(({ code }) => code === codeOf(name)),
        message.findings.map(({ code }) => code).join(),
      );
      for (const { span } of message.findings)
        assert.ok(span.start >= 0 && span.start <= span.end && span.end <= bytes.length);
    });
  }
});

const DELIMITERS = fc.constantFrom('|^~\\&', '#!@%*', '|^~', '|^~\\&#', '*+-/=');
const CHARSETS = fc.constantFrom('', 'ASCII', '8859/1', '8859/15', 'WINDOWS-1252', 'UNICODE UTF-8', 'UNKNOWN');
const END = fc.constantFrom('\r', '\n', '\r\n', '\r\r', '\r\n\n');
const PIECE = fc.oneof(
  fc.constantFrom(
    '|',
    '^',
    '~',
    '\\',
    '&',
    '#',
    '!',
    '""',
    '\\F\\',
    '\\.br\\',
    '\\X0D\\',
    'PID',
    'é',
    '“',
    '😀',
    '\u0000',
  ),
  fc.string({ unit: 'binary', maxLength: 6 }),
);

test('any message of any delimiters, charset and line ends renders back byte for byte', () => {
  const message = fc.record({
    delimiters: DELIMITERS,
    charset: CHARSETS,
    lines: fc.array(
      fc.tuple(fc.constantFrom('PID', 'pv1', 'ZZ1', 'OBXX', ''), fc.array(PIECE, { maxLength: 12 }), END),
      { maxLength: 8 },
    ),
    damage: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0x80, max: 0xff })), { maxLength: 4 }),
  });
  fc.assert(
    fc.property(message, ({ delimiters, charset, lines, damage }) => {
      const [field] = delimiters;
      const msh = ['MSH', delimiters.slice(1), ...Array(15).fill('x'), charset]
        .join(field)
        .replace(`MSH${field}`, `MSH${field}`);
      const text = [`${msh}\r`, ...lines.map(([name, pieces, end]) => `${name}${field}${pieces.join('')}${end}`)].join(
        '',
      );
      const bytes = new Uint8Array(Buffer.from(text.toWellFormed(), 'utf8'));
      for (const [at, byte] of damage)
        if (bytes.length > msh.length + 1) bytes[msh.length + 1 + (at % (bytes.length - msh.length - 1))] = byte;
      const parsed = parse(bytes);
      if (parsed.ok) assertRoundTrip(bytes);
      else assert.equal(parsed.refusal.code, 'several-messages');
    }),
    { numRuns: 500 },
  );
});

test('UTF-16 of either byte order, with and without a mark, renders back byte for byte', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), fc.boolean(), fc.boolean(), (value, swap, mark) => {
      const clean = value.replace(/[\r\n]/g, '');
      const encoded = Buffer.from(`${mark ? '\ufeff' : ''}MSH|^~\\&|A|B\rPID|${clean}|\ud800\r`, 'utf16le');
      assertRoundTrip(new Uint8Array(swap ? encoded.swap16() : encoded));
    }),
    { numRuns: 200 },
  );
});

test('rendering is built from the parts: a changed part changes the bytes', () => {
  const parsed = parse(Buffer.from('MSH|^~\\&|A|B\rPID|1||7\r'));
  assert.ok(parsed.ok);
  const [msh, pid] = parsed.message.segments;
  assert.ok(msh !== undefined && pid !== undefined);
  const changed = { ...textSegment('8'), name: 'PID', nameSent: 'PID', terminator: '\r' };
  const text = Buffer.from(render({ ...parsed.message, segments: [msh, changed] })).toString();
  assert.equal(text, 'MSH|^~\\&|A|B\rPID|8\r');
});
