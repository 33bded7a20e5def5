// Character sets and escapes: what the bytes mean, from the vectors.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { encode } from './encode.ts';
import { decodeEscapes, encodeText } from './escapes.ts';
import { parse, text } from './index.ts';
import { decodeUtf8Lossless, encodeUtf8Lossless } from './surrogates.ts';

const vector = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../../vectors/hl7v2/${name}.json`, import.meta.url), 'utf8')) as T;
const USUAL = { field: '|', component: '^', repetition: '~', escape: '\\', subcomponent: '&' };

describe('character sets', () => {
  const cases = vector<readonly { msh18: string; hex: string; text: string; charset: string }[]>('charsets');
  for (const [index, one] of cases.entries()) {
    test(`case ${index}: MSH-18 "${one.msh18}" is read as ${one.charset}`, () => {
      const parsed = parse(new Uint8Array(Buffer.from(one.hex, 'hex')));
      assert.ok(parsed.ok);
      assert.equal(parsed.message.charset, one.charset);
      assert.equal(text(parsed.message.first('PID'), 5), one.text);
    });
  }

  test('a connection may insist on a character set', () => {
    const bytes = Buffer.from('MSH|^~\\&|A|B\rPID|1||2||Zo\xeb\r', 'latin1');
    const parsed = parse(new Uint8Array(bytes), { charset: '8859/15' });
    assert.ok(parsed.ok);
    assert.equal(parsed.message.charset, 'iso-8859-15');
  });

  test('undecodable bytes are kept in raw, shown as U+FFFD and reported with their offset', () => {
    const bytes = readFileSync(
      new URL('../../../vectors/hl7v2/odd/undecodable-bytes--latin1-declared-utf8.hl7', import.meta.url),
    );
    const parsed = parse(new Uint8Array(bytes));
    assert.ok(parsed.ok);
    assert.equal(text(parsed.message.first('PID'), 5, 2), 'Zo\ufffd');
    const found = parsed.message.findings.find(({ code }) => code === 'undecodable-bytes');
    assert.equal(found?.span.start, bytes.indexOf(0xeb));
  });

  test('any bytes survive the lossless reading of UTF-8', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        assert.deepEqual(Buffer.from(encodeUtf8Lossless(decodeUtf8Lossless(bytes).text)), Buffer.from(bytes));
      }),
    );
  });

  test('the lossless reading agrees with the platform on what is valid', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const clean = value.toWellFormed();
        const found = decodeUtf8Lossless(Buffer.from(clean, 'utf8'));
        assert.equal(found.text, clean);
        assert.deepEqual(found.invalid, []);
      }),
    );
  });

  test('what a character set lacks is written as a question mark', () => {
    assert.equal(Buffer.from(encode('Zoë Ł 😀', 'us-ascii')).toString('latin1'), 'Zo? ? ?');
    assert.equal(Buffer.from(encode('Zoë Ł 😀', 'iso-8859-1')).toString('latin1'), 'Zo\xeb ? ?');
    assert.equal(Buffer.from(encode('€¤Ł', 'iso-8859-15')).toString('latin1'), '\xa4??');
    assert.equal(Buffer.from(encode('€\x80Ł', 'windows-1252')).toString('latin1'), '\x80??');
  });
});

describe('escapes', () => {
  for (const { raw, text: meaning } of vector<readonly { raw: string; text: string }[]>('escapes')) {
    test(`${raw} means ${JSON.stringify(meaning)}`, () => {
      const parsed = parse(Buffer.from(`MSH|^~\\&|A|B||||||||||||||UNICODE UTF-8\rOBX|${raw}|\\F\\\r`));
      assert.ok(parsed.ok);
      assert.equal(text(parsed.message.first('OBX'), 1), meaning);
      assert.equal(text(parsed.message.first('OBX'), 2), '|');
    });
  }

  test('any text written is read back, line ends as line feeds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const clean = value.toWellFormed();
        const written = encodeText(clean, USUAL);
        assert.ok(!/[|^~&\r\n]/.test(written));
        assert.equal(decodeEscapes(written, USUAL, 'utf-8'), clean.replace(/\r\n|\r/g, '\n'));
      }),
    );
  });

  test('without an escape character a delimiter becomes a question mark', () => {
    assert.equal(encodeText('a|b^c', { ...USUAL, escape: '' }), 'a?b?c');
  });
});
