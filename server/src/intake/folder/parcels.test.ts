// What each kind of file becomes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { piecesOf } from './lines.ts';
import { readContent } from './parcels.ts';
import type { FileContent } from './types.ts';

const message = (id: string, patient = '1') =>
  `MSH|^~\\&|PAS|RXX|V|R|2026||ADT^A08|${id}|P|2.4\rPID|1||${patient}^^^RXX\r`;
function read(name: string, content: string | Uint8Array, limits?: Parameters<typeof readContent>[2]) {
  const found: FileContent = readContent(name, typeof content === 'string' ? Buffer.from(content) : content, limits);
  assert.ok(found.ok);
  const texts = found.parcels.map(({ bytes }) => Buffer.from(bytes).toString());
  return {
    ...found,
    texts,
    notes: found.parcels.map(({ note }) => note),
    keys: found.parcels.map((one) => one.deliveryKey),
  };
}

describe('HL7 v2', () => {
  test('one message is one receipt, identified as on the MLLP door', () => {
    const found = read('a.hl7', message('C1'));
    assert.equal(found.format, 'hl7v2');
    assert.deepEqual(found.keys, ['PAS|RXX|C1']);
    assert.deepEqual(found.notes, ['a.hl7']);
    assert.deepEqual(found.parcels[0]?.orderingKeys, ['RXX|1']);
  });
  test('several messages are several receipts', () => {
    const found = read('a.txt', message('C1') + message('C2'));
    assert.deepEqual(found.texts, [message('C1'), message('C2')]);
    assert.deepEqual(found.notes, ['a.txt message 1 of 2', 'a.txt message 2 of 2']);
  });
  test('a wrong count is said on every receipt and in the findings', () => {
    const found = read('night.hl7', `BHS|^~\\&|PAS\r${message('C1')}${message('C2')}BTS|3\r`);
    assert.deepEqual(found.notes, [
      'night.hl7 message 1 of 2; BTS-1 says 3 messages, but there are 2.',
      'night.hl7 message 2 of 2; BTS-1 says 3 messages, but there are 2.',
    ]);
    assert.deepEqual(
      found.findings.map(({ code }) => code),
      ['batch-count-mismatch'],
    );
  });
  test('text outside of messages is a receipt with a defect, so that it is counted', () => {
    const found = read('a.hl7', `lost text\r${message('C1')}`);
    assert.deepEqual(
      found.parcels.map(({ defect }) => defect?.code),
      [undefined, 'outside-message'],
    );
    assert.match(found.texts[1] ?? '', /lost text/);
  });
  test('messages without a control id are identified by file and place', () => {
    const [first, second] = read('a.hl7', message('') + message('')).keys;
    assert.match(first ?? '', /^a\.hl7#[0-9a-f]{32}#message 1 of 2$/);
    assert.notEqual(first, second);
  });
  test('a file that holds no message is one receipt with a defect', () => {
    assert.equal(read('a.hl7', 'FHS|^~\\&\r').parcels[0]?.defect?.code, 'batch-envelope');
    const bytes = readFileSync(new URL('../../../../vectors/hl7v2/samples/msh-too-short.hl7', import.meta.url));
    assert.equal(read('msh-too-short.hl7', bytes).parcels[0]?.defect?.code, 'msh-too-short');
    assert.equal(read('junk.hl7', 'junk').parcels[0]?.defect?.code, 'outside-message');
  });
  test('a capture of an MLLP connection is taken apart', () => {
    const found = read('capture', `\x0b${message('C1')}\x1c\r\x0b${message('C2')}\x1c\r`);
    assert.deepEqual(found.keys, ['PAS|RXX|C1', 'PAS|RXX|C2']);
  });
});

describe('records', () => {
  const limits = { linesMax: 2, sizeBytesMax: 1000 };
  test('NDJSON within the limits is one receipt', () => {
    const found = read('a.ndjson', '{"a":1}\n{"a":2}\n', limits);
    assert.equal(found.format, 'fhir-ndjson');
    assert.deepEqual(found.notes, ['a.ndjson']);
  });
  test('NDJSON beyond them is cut at lines, each piece with its range', () => {
    const found = read('a.ndjson', '{"a":1}\n{"a":2}\n{"a":3}', limits);
    assert.deepEqual(found.texts, ['{"a":1}\n{"a":2}\n', '{"a":3}']);
    assert.deepEqual(found.notes, ['a.ndjson#1-2', 'a.ndjson#3-3']);
    assert.match(found.keys[1] ?? '', /^a\.ndjson#[0-9a-f]{32}#3-3$/);
  });
  test('each piece of a CSV carries the header, and a quoted line end is no end', () => {
    const found = read('a.csv', 'id,note\n1,"two\nlines"\n2,b\n3,c\n', limits);
    assert.equal(found.format, 'csv');
    assert.deepEqual(found.texts, ['id,note\n1,"two\nlines"\n2,b\n', 'id,note\n3,c\n']);
  });
  test('a FHIR JSON file is one receipt', () => {
    assert.equal(read('a.json', ' {"resourceType":"Patient"}').format, 'fhir-json');
  });
  test('the same content under the same name has the same keys, other content others', () => {
    assert.deepEqual(read('a.csv', 'id\n1\n').keys, read('a.csv', 'id\n1\n').keys);
    assert.notDeepEqual(read('a.csv', 'id\n1\n').keys, read('a.csv', 'id\n2\n').keys);
  });
  test('a name with control characters or of any length gives a note that fits', () => {
    const [note] = read(`a\u0000\n${'x'.repeat(2000)}.csv`, 'id\n1\n').notes;
    assert.ok((note?.length ?? 0) <= 300);
    assert.ok(!note?.includes('\0'));
  });
});

describe('what no receipt can be made of', () => {
  for (const [name, content, code] of [
    ['empty.hl7', '', 'empty'],
    ['scan.pdf', '%PDF-1.7', 'format-unknown'],
  ] as const) {
    test(`${name}: ${code}`, () => {
      const found = readContent(name, Buffer.from(content));
      assert.equal(found.ok ? 'read' : found.code, code);
    });
  }
});

test('pieces cover every byte once, in order, within the limits', () => {
  const lines = fc.array(fc.constantFrom('a\n', 'bb\n', '"q\n"\n', '\n', 'long line of text\n', 'no end'), {
    maxLength: 30,
  });
  const limits = fc.record({
    linesMax: fc.integer({ min: 1, max: 5 }),
    sizeBytesMax: fc.integer({ min: 1, max: 40 }),
    quoted: fc.boolean(),
  });
  fc.assert(
    fc.property(lines, limits, (texts, cut) => {
      const bytes = Buffer.from(texts.join(''));
      let at = 0;
      let last = 0;
      for (const piece of piecesOf(bytes, cut)) {
        assert.equal(piece.start, at);
        assert.equal(piece.first, last + 1);
        assert.ok(piece.last - piece.first < cut.linesMax);
        at = piece.end;
        last = piece.last;
      }
      assert.equal(at, bytes.length);
    }),
  );
});
