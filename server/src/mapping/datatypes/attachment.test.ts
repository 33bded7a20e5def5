// Documents inside messages: put together, checked by their own bytes, and never silently damaged.
import assert from 'node:assert/strict';
import test from 'node:test';
import { beginsDocument, readEncapsulated, readPointer } from './attachment.ts';
import { said, samplePart, sampleReading } from './sample.ts';

const PDF = Buffer.from(`%PDF-1.4\n${'x'.repeat(100)}\n%%EOF\n`).toString('base64');
const ed = (data: string, type = 'application^PDF', encoding = 'Base64') =>
  samplePart(`LAB^${type}^${encoding}^${data}`);

function read(parts: readonly ReturnType<typeof ed>[]) {
  const reading = sampleReading();
  const document = readEncapsulated(reading, parts);
  const json = said(document?.whole).json as { contentType: string; data: string; size: number } | undefined;
  return { json, reasons: reading.issues.map((issue) => issue.reason) };
}

test('a document in one piece is taken with its type, size and hash', () => {
  const { json, reasons } = read([ed(PDF)]);
  assert.deepEqual(reasons, []);
  assert.deepEqual(json, {
    contentType: 'application/pdf',
    data: PDF,
    size: 116,
    hash: (json as unknown as { hash: string }).hash,
  });
});

test('pieces are joined whatever the place of the cut', () => {
  for (const cut of [1, 2, 3, 4, 57, PDF.length - 1]) {
    const { json, reasons } = read([ed(PDF.slice(0, cut)), ed(PDF.slice(cut), '^')]);
    assert.deepEqual(reasons, [], `cut at ${cut}`);
    assert.equal(json?.data, PDF);
  }
});

test('a lost piece, a wrong order and a broken alphabet are reported as damage', () => {
  assert.deepEqual(read([ed(PDF.slice(0, 80))]).reasons, ['document-damaged']);
  assert.deepEqual(read([ed(PDF.slice(80)), ed(PDF.slice(0, 80))]).reasons, ['document-damaged']);
  assert.deepEqual(read([ed(`${PDF.slice(0, 40)}*${PDF.slice(41)}`)]).reasons, ['document-damaged']);
});

test('what a document is comes from its bytes when its declaration differs', () => {
  const { json, reasons } = read([ed(PDF, 'image^JPEG')]);
  assert.deepEqual(reasons, ['document-type-differs']);
  assert.equal(json?.contentType, 'application/pdf');
});

test('hexadecimal and plain text are read by their encoding', () => {
  assert.equal(read([ed('68656c6c6f', 'TEXT^plain', 'Hex')]).json?.data, Buffer.from('hello').toString('base64'));
  assert.equal(read([ed('hello', 'TEXT^', 'A')]).json?.contentType, 'text/plain');
});

test('a piece that begins a document is told from one that continues another', () => {
  assert.equal(beginsDocument(ed(PDF)), true);
  assert.equal(beginsDocument(ed(PDF.slice(40))), false);
});

test('a pointer keeps its address, and says so when it cannot be followed', () => {
  const reading = sampleReading();
  assert.deepEqual(said(readPointer(reading, samplePart('https://pacs.example/1^PACS^image^DICOM'))).json, {
    contentType: 'application/dicom',
    url: 'https://pacs.example/1',
  });
  assert.equal(reading.issues.length, 0);
  readPointer(reading, samplePart('\\\\server\\share'));
  assert.deepEqual(
    reading.issues.map((issue) => issue.reason),
    ['document-pointer-not-url'],
  );
});
