// Batches: each message where it stands, counts checked, nothing dropped unseen.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parse, splitBatch } from './index.ts';

const message = (id: string) => `MSH|^~\\&|PAS|RXX|V|R|2026||ADT^A08|${id}|P|2.4\rPID|1||${id}\r`;
function split(content: string | Uint8Array) {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const result = splitBatch(bytes);
  assert.ok(result.ok);
  const texts = result.messages.map(({ start, end }) => Buffer.from(bytes.subarray(start, end)).toString());
  return { ...result, texts, codes: result.findings.map(({ code }) => code) };
}

describe('batches', () => {
  test('an envelope with the right counts has no findings', () => {
    const found = split(`FHS|^~\\&|PAS\rBHS|^~\\&|PAS\r${message('1')}${message('2')}BTS|2\rFTS|1\r`);
    assert.deepEqual(found.texts, [message('1'), message('2')]);
    assert.deepEqual(found.codes, []);
    assert.equal(found.enveloped, true);
  });
  test('a wrong count is a finding, and the messages are given all the same', () => {
    const bytes = readFileSync(new URL('../../../vectors/hl7v2/samples/count-mismatch.hl7', import.meta.url));
    const found = split(new Uint8Array(bytes));
    assert.equal(found.texts.length, 2);
    assert.deepEqual(found.codes, ['batch-count-mismatch']);
    assert.equal(found.findings[0]?.message, 'BTS-1 says 3 messages, but there are 2.');
  });
  test('each batch is counted by itself, and the file by its batches', () => {
    const found = split(`FHS|^~\\&\rBHS|^~\\&\r${message('1')}BTS|1\rBHS|^~\\&\r${message('2')}BTS|2\rFTS|3\r`);
    assert.deepEqual(found.codes, ['batch-count-mismatch', 'file-count-mismatch']);
  });
  test('a file without batches is counted by its messages', () => {
    assert.deepEqual(split(`FHS|^~\\&\r${message('1')}${message('2')}FTS|2\r`).codes, []);
  });
  test('a batch that is not closed, text outside and a count that is none are findings', () => {
    assert.deepEqual(split(`lost\rBHS|^~\\&\r${message('1')}BTS|x\rlost\rBHS|^~\\&\r${message('2')}`).codes, [
      'outside-message',
      'outside-message',
      'count-not-a-number',
      'batch-not-closed',
    ]);
  });
  test('messages one after another need no envelope, and blank lines between them belong to none', () => {
    const found = split(`${message('1')}\r\n\r\n${message('2')}\r\r`);
    assert.deepEqual(found.texts, [message('1'), message('2')]);
    assert.equal(found.enveloped, false);
  });
  test('a file of line feeds is split the same way', () => {
    const found = split(`${message('1')}${message('2')}`.replaceAll('\r', '\n'));
    assert.equal(found.texts.length, 2);
  });
  test('UTF-16 is split at its own positions', () => {
    const bytes = Buffer.from(`\ufeff${message('1')}${message('2')}`, 'utf16le');
    const result = splitBatch(bytes);
    assert.ok(result.ok);
    assert.equal(result.messages.length, 2);
    for (const { start, end } of result.messages) assert.ok(parse(bytes.subarray(start, end)).ok);
  });
  test('nothing at all is no message', () => {
    assert.deepEqual(split('').texts, []);
  });
});

test('messages, findings and any bytes: every range is in order and inside', () => {
  const line = fc.constantFrom(
    'MSH|^~\\&|A\r',
    'PID|1\n',
    'BHS|^~\\&\r\n',
    'BTS|1\r',
    'FHS|\r',
    'FTS|x\r',
    '\r',
    'text',
    'é\r',
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), fc.uint8Array({ maxLength: 20 }), (lines, noise) => {
      const bytes = Buffer.concat([Buffer.from(lines.join('')), noise]);
      const result = splitBatch(bytes);
      assert.ok(result.ok);
      let last = 0;
      for (const { start, end } of result.messages) {
        assert.ok(start >= last && end > start && end <= bytes.length);
        assert.equal(
          bytes
            .subarray(start, start + 3)
            .toString()
            .toUpperCase(),
          'MSH',
        );
        last = end;
      }
    }),
  );
});
