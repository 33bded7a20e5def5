// Bytes of a message made visible.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decoderFor, excerptRange, visibleParts } from './wire-text.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

test('control characters are named, and a line end also ends the line', () => {
  assert.deepEqual(visibleParts('PID|1\rPV1\x0b\r\n\tx\x7f'), [
    { text: 'PID|1', control: false, endsLine: false },
    { text: 'CR', control: true, endsLine: true },
    { text: 'PV1', control: false, endsLine: false },
    { text: 'VT', control: true, endsLine: false },
    { text: 'CR LF', control: true, endsLine: true },
    { text: 'TAB', control: true, endsLine: false },
    { text: 'x', control: false, endsLine: false },
    { text: 'DEL', control: true, endsLine: false },
  ]);
});

test('bytes are read in the character set the server named', () => {
  assert.equal(decoderFor('iso-8859-15')(new Uint8Array([0xa4])), '€');
  assert.equal(decoderFor('windows-1252')(new Uint8Array([0x92])), '’');
  assert.equal(decoderFor('utf-16le')(new Uint8Array([0x4d, 0x00, 0xfc, 0x00])), 'Mü');
});

test('a character set no browser knows is still shown, byte by byte', () => {
  assert.equal(decoderFor('x-no-such-set')(new Uint8Array([0x41, 0xfc])), 'Aü');
});

test('an excerpt stays on its line and never cuts a character in two', () => {
  const bytes = bytesOf(`MSH|x\rPID|${'ü'.repeat(50)}|DATE|${'ø'.repeat(50)}\rPV1`);
  const start = bytesOf(`MSH|x\rPID|${'ü'.repeat(50)}|`).length;
  const { from, to } = excerptRange(bytes, { start, end: start + 4 }, 8);
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(from, to));
  assert.match(text, /^ü+\|DATE\|ø+$/);
  const whole = excerptRange(bytes, { start: 6, end: 9 }, 1000);
  assert.equal(whole.from, 6);
  assert.equal(bytes[whole.to], 0x0d);
});
