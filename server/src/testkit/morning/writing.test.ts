// The generator's own hand: what it writes must read back as what it meant.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse, text } from '../../hl7v2/index.ts';
import { generatePeople } from '../people/index.ts';
import { clinicCsv } from './clinic.ts';
import { components, segment, wire } from './hl7.ts';
import { fhirInstant, localDate, londonInstant, stamp } from './london.ts';
import { labelled } from './oru.ts';

const PRINTABLE = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((s) => !/[\p{Cc}\p{Cs}]/u.test(s));

test('any text survives as a component', () => {
  fc.assert(
    fc.property(PRINTABLE, PRINTABLE, (one, two) => {
      const msh = segment('MSH', { 2: '^~\\&', 9: 'ADT^A08', 10: '1', 12: '2.4', 18: 'UNICODE UTF-8' });
      const result = parse(Buffer.from(wire([msh, segment('PID', { 5: components(one, two, 'x') })])));
      assert.ok(result.ok);
      const pid = result.message.first('PID');
      assert.deepEqual([text(pid, 5, 1), text(pid, 5, 2), text(pid, 5, 3)], [one, two, 'x']);
    }),
  );
});

test('fields stand at their positions, and MSH counts its separator', () => {
  assert.equal(segment('PID', { 3: 'c', 5: 'e' }), 'PID|||c||e');
  assert.equal(segment('MSH', { 2: '^~\\&', 4: 'RXX' }), 'MSH|^~\\&||RXX');
  assert.equal(wire([segment('EVN', {}), undefined, 'ZZZ']), 'EVN\rZZZ\r');
});

test('stamps are London time on both sides of a clock change', () => {
  assert.equal(stamp(Date.parse('2026-03-29T00:59:59Z')), '20260329005959');
  assert.equal(stamp(Date.parse('2026-03-29T01:00:00Z')), '20260329020000');
  assert.equal(stamp(Date.parse('2026-10-25T00:30:00Z')), '20261025013000');
  assert.equal(stamp(Date.parse('2026-10-25T01:30:00Z')), '20261025013000');
  assert.equal(fhirInstant(Date.parse('2026-07-01T12:00:00Z')), '2026-07-01T13:00:00+01:00');
  assert.equal(localDate(Date.parse('2026-07-01T23:30:00Z')), '2026-07-02');
  assert.equal(new Date(londonInstant('2026-03-29', 6)).toISOString(), '2026-03-29T05:00:00.000Z');
  assert.equal(new Date(londonInstant('2026-01-01', 6)).toISOString(), '2026-01-01T06:00:00.000Z');
});

test('labels of the laboratory are capitals that Latin-1 can hold', () => {
  assert.equal(labelled('Ó Súilleabháin'), 'O SUILLEABHAIN');
  assert.equal(labelled('Łukaszewicz'), 'LUKASZEWICZ');
  for (const { family, given } of generatePeople({ seed: 5, count: 300, today: '2026-03-02' })) {
    for (const name of [family, ...given]) assert.match(labelled(name), /^[A-Z' .-]+$/, name);
  }
});

test('cells of the clinic are quoted where they must be', () => {
  const [person] = generatePeople({ seed: 5, count: 1, today: '2026-03-02' });
  assert.ok(person);
  const row = {
    person,
    withHospitalNumber: true,
    allergies: '',
    attended: '02/03/2026',
    notes: 'Says "better", again',
  };
  const [headings, cells] = clinicCsv([row]).split('\r\n');
  assert.equal(headings?.split(',').length, 13);
  assert.ok(cells?.endsWith(',02/03/2026,"Says ""better"", again"'));
});
