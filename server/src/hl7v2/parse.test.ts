// What each part of a parsed message says: presence, text, positions, headers and keys.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { header, headerOf, parse, patientKeys, peek, presence, text } from './index.ts';
import type { Message } from './types.ts';

const MSH = 'MSH|^~\\&|PAS|RXX|VOUCH|RYY|20260302071500||ADT^A08^ADT_A01|C1|P|2.4';

function read(content: string | Uint8Array): Message {
  const parsed = parse(typeof content === 'string' ? Buffer.from(content) : content);
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.refusal.message);
  return parsed.message;
}

const pidOf = (fields: string) => read(`${MSH}\rPID|${fields}\r`).first('PID');

describe('presence', () => {
  const pid = pidOf('1||A^""^^&x||""|||^');
  test('tells value, null, empty and absent apart', () => {
    assert.equal(presence(pid, 1), 'value');
    assert.equal(presence(pid, 2), 'empty');
    assert.equal(presence(pid, 5), 'null');
    assert.equal(presence(pid, 8), 'empty');
    assert.equal(presence(pid, 9), 'absent');
    assert.equal(presence(undefined, 1), 'absent');
  });
  test('goes down to component, sub-component and repetition', () => {
    assert.equal(presence(pid, 3, 2), 'null');
    assert.equal(presence(pid, 3, 3), 'empty');
    assert.equal(presence(pid, 3, 5), 'absent');
    assert.equal(presence(pid, 3, 4, 1), 'empty');
    assert.equal(presence(pid, 3, 4, 2), 'value');
    assert.equal(presence(pid, 3, undefined, undefined, 2), 'absent');
  });
  test('an absent field has no repetition, an empty one has one', () => {
    assert.equal(pid?.field(20).repetitions.length, 0);
    assert.equal(pid?.field(2).repetitions.length, 1);
  });
});

describe('text', () => {
  const pid = pidOf('1||A1^^^RXX~B2^^^RYY&2.16.1&ISO||Smith\\T\\Jones^Ann||""');
  test('is found by component, sub-component and repetition', () => {
    assert.equal(text(pid, 3), 'A1');
    assert.equal(text(pid, 3, 1, 1, 2), 'B2');
    assert.equal(text(pid, 3, 4, 2, 2), '2.16.1');
    assert.equal(text(pid, 5), 'Smith&Jones');
    assert.equal(text(pid, 5, 2), 'Ann');
  });
  test('is nothing for null and for what is not there', () => {
    assert.equal(text(pid, 7), '');
    assert.equal(text(pid, 99), '');
    assert.equal(text(undefined, 1), '');
  });
  test('a null keeps its two characters in raw', () => {
    assert.equal(pid?.field(7).repetitions[0]?.components[0]?.subcomponents[0]?.raw, '""');
  });
});

describe('positions', () => {
  test('MSH-1 is the separator and MSH-2 the other delimiters', () => {
    const msh = read(`${MSH}\r`).first('MSH');
    assert.equal(text(msh, 1), '|');
    assert.equal(text(msh, 2), '^~\\&');
    assert.equal(text(msh, 3), 'PAS');
    assert.equal(msh?.fieldCount, 12);
    assert.deepEqual(msh?.field(1).span, { start: 3, end: 4 });
  });
  test('spans are bytes, also after characters of several bytes', () => {
    const bytes = Buffer.from(`${MSH}\rPID|1||123||Žižek 😀^Zoë||19850715\r`);
    const found = read(new Uint8Array(bytes)).first('PID')?.field(7).span;
    assert.ok(found !== undefined);
    assert.equal(bytes.subarray(found.start, found.end).toString(), '19850715');
  });
  test('segments know their place among all and among their name', () => {
    const message = read(`${MSH}\rPID|1\rOBX|1\rNTE|1\rOBX|2\r`);
    assert.deepEqual(
      message.segments.map(({ name, ordinal, occurrence }) => `${name}${ordinal}.${occurrence}`),
      ['MSH1.1', 'PID2.1', 'OBX3.1', 'NTE4.1', 'OBX5.2'],
    );
  });
  test('the same field is parsed once', () => {
    const pid = pidOf('1||A');
    assert.equal(pid?.field(3), pid?.field(3));
  });
});

describe('lines', () => {
  test('a line feed inside a note is text when segments end with CR', () => {
    const message = read(`${MSH}\rNTE|1||first\nsecond line\nOBX|1|ST\r`);
    assert.equal(text(message.first('NTE'), 3), 'first\nsecond line');
    assert.equal(text(message.first('OBX'), 2), 'ST');
  });
  test('a line that is no segment keeps its text as fields', () => {
    const message = read(`${MSH}\rNTE|1||first\rsecond | line\r`);
    const [, , line] = message.segments;
    assert.equal(line?.name, '');
    assert.equal(line?.fieldCount, 2);
    assert.equal(text(line, 1), 'second ');
  });
  test('a lower-case name is read as its upper-case one', () => {
    const message = read(`${MSH}\rpid|1||A\r`);
    assert.equal(message.first('PID')?.nameSent, 'pid');
  });
  test('delimiters that MSH leaves out divide nothing', () => {
    const message = read('MSH|^~|A|B\rPID|a&b\\F\\c\r');
    assert.equal(text(message.first('PID'), 1), 'a&b\\F\\c');
    assert.equal(message.delimiters.escape, '');
  });
});

describe('header', () => {
  test('takes MSH apart', () => {
    const found = header(read(`${MSH}|7||AL|NE||UNICODE UTF-8\r`));
    assert.deepEqual(found, {
      sendingApplication: 'PAS',
      sendingFacility: 'RXX',
      receivingApplication: 'VOUCH',
      receivingFacility: 'RYY',
      sentAt: '20260302071500',
      type: 'ADT',
      trigger: 'A08',
      structure: 'ADT_A01',
      controlId: 'C1',
      processingId: 'P',
      version: '2.4',
      acceptAck: 'AL',
      applicationAck: 'NE',
      charset: 'UNICODE UTF-8',
    });
  });
  test('keeps the control id exactly as sent and takes a universal id where there is no namespace', () => {
    const found = header(read('MSH|^~\\&|^1.2.3^ISO|RXX|V|R|2026||ADT^A08| C\\F\\1^x |P|2.4\r'));
    assert.equal(found.controlId, ' C\\F\\1^x ');
    assert.equal(found.sendingApplication, '1.2.3');
  });
  test('is found in the first line of bytes that do not parse as a whole', () => {
    const bytes = readFileSync(new URL('../../../vectors/hl7v2/refused/several-messages.hl7', import.meta.url));
    assert.equal(headerOf(bytes)?.header.controlId, 'C1');
    assert.equal(headerOf(Buffer.from('nothing of HL7')), undefined);
  });
});

describe('patient keys', () => {
  test('are every PID-3 and MRG-1 with its authority, once', () => {
    const content = `${MSH}\rPID|1||A1^^^RXX~9990000018^^^NHS~A1^^^RXX\rMRG|B2^^^RXX\r`;
    assert.deepEqual(peek(Buffer.from(content))?.patientKeys, ['RXX|A1', 'NHS|9990000018', 'RXX|B2']);
  });
  test('fall back to PID-2 of senders of old', () => {
    assert.deepEqual(patientKeys(read(`${MSH}\rPID|1|77\r`)), ['|77']);
  });
  test('are undefined for bytes that are not HL7 v2', () => {
    assert.equal(peek(Buffer.from('{}')), undefined);
  });
});
