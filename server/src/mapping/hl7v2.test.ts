// Which messages are taken, in which versions, and when they count as said.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parse } from '../hl7v2/index.ts';
import { ADT_EVENTS } from './adt/events.ts';
import { patientKeyOfMessage } from './index.ts';
import { firstOfType, mapV2, messageOf, RECEIVED_AT, SAMPLE_SOURCE, statementsOf } from './sample.ts';

const VERSIONS = ['2.2', '2.3', '2.3.1', '2.4', '2.5', '2.5.1', '2.6', '2.7', '2.7.1', '2.8', '2.8.2'];
const body = ['PID|||1^^^RXX^MR||Test^Ann||19800115|F', 'MRG|2^^^RXX^MR', 'PV1||I|||||||||||||||||V1^^^VISIT^VN'];
const TWO = ['PID|||1^^^RXX^MR', 'PID|||2^^^RXX^MR'];
const header = (type: string, version: string) => `MSH|^~\\&|A|B|C|D|20260302071500||${type}|1|P|${version}`;

for (const version of VERSIONS) {
  test(`every supported event is taken in version ${version}, and so are results`, () => {
    for (const trigger of Object.keys(ADT_EVENTS)) {
      const said = trigger === 'A37' ? TWO : body;
      const result = mapV2(messageOf([header(`ADT^${trigger}`, version), 'EVN||20260302071400', ...said]));
      assert.equal(result.outcome, 'mapped', trigger);
      assert.ok(firstOfType(result, 'Patient'), trigger);
      assert.ok(firstOfType(result, 'Provenance'), trigger);
    }
    const obr = ['OBR|1||L1|GLU^Glucose|||20260302070000', 'OBX|1|NM|GLU^Glucose||4.10|mmol/L|||||F'];
    assert.equal(mapV2(messageOf([header('ORU^R01', version), 'PID|||1^^^RXX^MR', ...obr])).outcome, 'mapped');
  });
}

suite('a message counts as said', () => {
  const saidAt = (msh7: string, evn2: string) =>
    statementsOf(
      mapV2(messageOf([`MSH|^~\\&|A|B|C|D|${msh7}||ADT^A08|1|P|2.4`, `EVN||${evn2}`, 'PID|||1^^^RXX^MR'])),
    )[0]?.saidAt;

  test('when the sender recorded it', () =>
    assert.equal(saidAt('20260302071500', '20260302071400'), '2026-03-02T07:14:00.000Z'));
  test('else when it was sent', () => assert.equal(saidAt('20260302071500', ''), '2026-03-02T07:15:00.000Z'));
  test('not by a day alone, which cannot put messages in order', () =>
    assert.equal(saidAt('20260302071500', '20260302'), '2026-03-02T07:15:00.000Z'));
  test('else when it was received', () => assert.equal(saidAt('', 'soon'), RECEIVED_AT));
  test('in local time of the source, summer included', () =>
    assert.equal(saidAt('', '202607011200'), '2026-07-01T11:00:00.000Z'));
  test('at the offset that is sent', () => assert.equal(saidAt('', '20260701120000-0500'), '2026-07-01T17:00:00.000Z'));
});

test('bytes that are no message are refused as a whole', () => {
  const result = mapV2(new TextEncoder().encode('hello'));
  assert.equal(result.outcome, 'refused');
  assert.deepEqual(result.loss.entries, [
    { position: 'message', disposition: 'unmapped', by: undefined, span: { start: 0, end: 5 } },
  ]);
});

test('the key of a message is the key of its patient', () => {
  const bytes = messageOf(['PID|||9990000018^^^NHS^NH~1^^^RXX^MR']);
  const parsed = parse(bytes);
  assert.ok(parsed.ok);
  assert.equal(patientKeyOfMessage(SAMPLE_SOURCE, parsed.message), firstOfType(mapV2(bytes), 'Patient')?.key);
});

test('the same doctor named three times is one statement with the places of all three', () => {
  const doctor = 'C9999999^Example^Alex^^^Dr^^^GMC';
  const result = mapV2(
    messageOf(['PID|||1^^^RXX^MR', `PV1||I|||||${doctor}|${doctor}|||||||||${doctor}||V1^^^VISIT^VN`]),
  );
  const doctors = statementsOf(result).filter((one) => one.resourceType === 'Practitioner');
  assert.equal(doctors.length, 1);
  const values = doctors[0]?.origins
    .filter((origin) => origin.path === 'identifier[0].value')
    .map((origin) => origin.position);
  assert.deepEqual(values, ['PV1-7.1', 'PV1-8.1', 'PV1-17.1']);
});
