// Acknowledgements as each kind of sender reads them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AckInput } from './index.ts';
import { ack, header, headerOf, parse, text } from './index.ts';

const ERROR = {
  segment: 'PID',
  occurrence: 1,
  field: 7,
  component: 1,
  code: '102',
  severity: 'E',
  userMessage: 'No such day & month',
} as const;
const AT = '2026-03-02T07:15:00.000Z';

function answer(content: string | Uint8Array, more: Partial<AckInput> = {}): string {
  const parsed = parse(typeof content === 'string' ? Buffer.from(content) : content);
  assert.ok(parsed.ok);
  const { message } = parsed;
  const bytes = ack({
    header: header(message),
    message,
    code: 'AE',
    controlId: 'V12',
    sentAt: AT,
    errors: [ERROR],
    ...more,
  });
  return Buffer.from(bytes).toString('latin1').replaceAll('\r', '\n');
}

describe('acknowledgements', () => {
  test('from 2.5 on carry ERR-2, 3, 4 and 8', () => {
    assert.equal(
      answer('MSH|^~\\&|PAS|RXX|VOUCH|RYY|2026||ADT^A08^ADT_A01|C1|P|2.5.1\r'),
      [
        'MSH|^~\\&|VOUCH|RYY|PAS|RXX|20260302071500.000+0000||ACK^A08^ACK|V12|P|2.5.1',
        'MSA|AE|C1',
        'ERR||PID^1^7^1^1|102^Data type error^HL70357|E||||No such day \\T\\ month',
        '',
      ].join('\n'),
    );
  });
  test('up to 2.4 carry ERR-1 once, repeated', () => {
    const found = answer('MSH|^~\\&|PAS|RXX|VOUCH|RYY|2026||ADT^A08^ADT_A01|C1|P|2.4\r', {
      errors: [ERROR, { ...ERROR, field: 5 }],
      text: 'Two errors',
    });
    assert.match(found, /^MSA\|AE\|C1\|Two errors$/m);
    assert.match(found, /^ERR\|PID\^1\^7\^102&Data type error&HL70357~PID\^1\^5\^102&Data type error&HL70357$/m);
  });
  test('keep the delimiters, the parties in full and the control id exactly', () => {
    const found = answer('MSH#!@%*#PAS!1.2!ISO#RXX#VOUCH#RYY#2026##ADT!A08# C|1 #T#2.5\r');
    assert.match(found, /^MSH#!@%\*#VOUCH#RYY#PAS!1\.2!ISO#RXX#20260302071500\.000\+0000##ACK!A08!ACK#V12#T#2\.5$/m);
    assert.match(found, /^MSA#AE# C\|1 $/m);
  });
  test('say only what a version knows', () => {
    assert.match(answer('MSH|^~\\&|A|B|C|D|2026||ADT^A08|1|P|2.2\r'), /\|\|ACK\|V12\|P\|2\.2$/m);
    assert.match(answer('MSH|^~\\&|A|B|C|D|2026||ADT^A08|1|P|2.3\r'), /\|\|ACK\^A08\|V12/);
    assert.doesNotMatch(answer('MSH|^~\\&|A|B|C|D|2026||ADT^A08|1|P|2.8\r', { text: 'gone from 2.7 on' }), /gone/);
  });
  test('go out in the character set they came in', () => {
    const latin = Buffer.from('MSH|^~\\&|Zo\xeb|RXX|V|R|2026||ADT^A08|1\xeb|P|2.4||||||8859/1\r', 'latin1');
    assert.match(answer(new Uint8Array(latin)), /MSA\|AE\|1\xeb$/m);
    const wide = Buffer.from('\ufeffMSH|^~\\&|A|B|C|D|2026||ADT^A08|Ł|P|2.4||||||UNICODE UTF-16\r', 'utf16le');
    const parsed = parse(wide);
    assert.ok(parsed.ok);
    const bytes = ack({
      header: header(parsed.message),
      message: parsed.message,
      code: 'AA',
      controlId: 'V1',
      sentAt: AT,
    });
    const reread = parse(bytes);
    assert.ok(reread.ok);
    assert.equal(reread.message.charset, 'utf-16le');
    assert.equal(text(reread.message.first('MSA'), 2), 'Ł');
  });
  test('are the same bytes for the same input, and readable', () => {
    const content = 'MSH|^~\\&|PAS|RXX|VOUCH|RYY|2026||ADT^A08^ADT_A01|C1|P|2.5.1\r';
    assert.equal(answer(content), answer(content));
  });
  test('can be made for what had no readable header at all', () => {
    const found = headerOf(Buffer.from('junk'));
    assert.equal(found, undefined);
    const nothing = header({ ...emptyMessage(), segments: [] });
    const bytes = ack({
      header: nothing,
      code: 'AR',
      controlId: 'V1',
      sentAt: AT,
      errors: [{ ...ERROR, segment: '', field: undefined }],
    });
    assert.match(
      Buffer.from(bytes).toString(),
      /^MSH\|\^~\\&\|\|\|\|\|20260302071500\.000\+0000\|\|ACK\|V1\|P\|2\.4\rMSA\|AR\rERR\|/,
    );
  });
  test('to a sender without all delimiters say what can be said', () => {
    assert.match(answer('MSH|^~|A|B|C|D|2026||ADT^A08|C9|P|2.5\r'), /^MSA\|AE\|C9$/m);
  });
});

function emptyMessage() {
  const parsed = parse(Buffer.from('MSH|^~\\&|\r'));
  assert.ok(parsed.ok);
  return parsed.message;
}
