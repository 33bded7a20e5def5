// A batch of acknowledgements: it answers the batch it names, and is itself a batch that reads back as it was written.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ack, ackBatch, envelopeOf, headerOf, splitBatch } from './index.ts';

const message = 'MSH|^~\\&|PAS|RXX|V|R|2026||ADT^A08|C1|P|2.4\r';
const wide = (text: string, bigEndian: boolean) => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
};

describe('the envelope of a batch', () => {
  test('is that of its BHS, and what only FHS says', () => {
    const found = envelopeOf(Buffer.from(`\r\nFHS|^~\\&|FILE|FAC|||||||F1\rBHS|^~\\&|PAS|||||||||B0\r${message}`));
    assert.deepEqual(
      [3, 4, 11, 12].map((number) => found?.field(number)),
      ['PAS', 'FAC', 'F1', 'B0'],
    );
    assert.deepEqual([found?.controlId, found?.reference], ['F1', 'B0']);
  });
  test('follows other delimiters, and UTF-16 of either order', () => {
    assert.equal(envelopeOf(Buffer.from('BHS#*~\\&#PAS########B7\r'))?.controlId, 'B7');
    for (const bigEndian of [false, true])
      assert.equal(envelopeOf(wide('BHS|^~\\&|PAS||||||||Bé\r', bigEndian))?.controlId, 'Bé');
  });
  test('is not that of a message, of text, or of nothing', () => {
    for (const text of [message, 'BHSX', 'BHS', 'lost\rBHS|^~\\&\r', ''])
      assert.equal(envelopeOf(Buffer.from(text)), undefined, text);
  });
});

describe('a batch of acknowledgements', () => {
  const head = headerOf(Buffer.from(message));
  const answers = (ids: readonly string[]) =>
    ids.map((id) => {
      assert.ok(head !== undefined);
      const { header } = head;
      return ack({
        header: { ...header, controlId: id },
        code: 'AA',
        controlId: `V${id}`,
        sentAt: '2026-03-02T07:15:00Z',
      });
    });

  test('holds the answers as they are, with their count, and names the batch it answers', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[A-Z0-9]{1,8}$/), { maxLength: 30 }), (ids) => {
        const bytes = Buffer.from(`BHS|^~\\&|PAS|RXX|V|R|||||B1\r${message}`);
        const envelope = envelopeOf(bytes);
        assert.ok(envelope !== undefined);
        const given = answers(ids);
        const sent = { controlId: 'VB', sentAt: '2026-03-02T07:15:00Z', comment: 'all accepted' };
        const batch = ackBatch({ bytes, envelope, answers: given, ...sent });
        const split = splitBatch(batch);
        assert.ok(split.ok);
        assert.deepEqual(split.findings, []);
        assert.deepEqual(
          split.messages.map(({ start, end }) => Buffer.from(batch.subarray(start, end)).toString()),
          given.map((one) => Buffer.from(one).toString()),
        );
        const read = envelopeOf(batch);
        assert.deepEqual([read?.controlId, read?.reference, read?.field(3), read?.field(5)], ['VB', 'B1', 'V', 'PAS']);
      }),
    );
  });

  test('has the byte order and the mark of the batch it answers', () => {
    for (const bigEndian of [false, true]) {
      const bytes = wide('BHS|^~\\&|PAS||||||||B1\r', bigEndian);
      const envelope = envelopeOf(bytes);
      assert.ok(envelope !== undefined);
      const sent = { controlId: 'VB', sentAt: '2026-03-02T07:15:00Z', comment: 'nothing' };
      const batch = ackBatch({ bytes, envelope, answers: [], ...sent });
      assert.deepEqual(batch.subarray(0, 4), bytes.subarray(0, 4));
      assert.equal(envelopeOf(batch)?.reference, 'B1');
    }
  });
});
