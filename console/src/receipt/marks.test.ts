// Which bytes of a message are marked, and as what.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADMISSION_RECEIPT, BROKEN_RECEIPT } from '../../test/fixtures/receipts.ts';
import { markGroups, pathInWords, valueAt } from './marks.ts';

const PATIENT = { resourceType: 'Patient', name: [{ family: 'Ånsgar', given: ['A', 'B'] }], birthDate: '1961-03-12' };

test('the value of a mapped element is found by its path, in words', () => {
  assert.equal(valueAt(PATIENT, 'name[0].given[1]'), 'B');
  assert.equal(valueAt(PATIENT, 'Patient.birthDate'), '12 March 1961');
  assert.equal(valueAt(PATIENT, 'name[3].family'), undefined);
  assert.equal(valueAt(undefined, 'name'), undefined);
});

test('a path is said as a person would say it', () => {
  assert.equal(pathInWords('name[0].family'), 'Name, family name');
  assert.equal(pathInWords('identifier[1].value'), 'Identifiers 2, value');
  assert.equal(pathInWords('birthDate'), 'Birth date');
});

test('every origin, every unmapped and every ignored field of the receipt becomes one mark', () => {
  const groups = markGroups(ADMISSION_RECEIPT, undefined);
  const kinds = groups.flatMap((group) => group.marks.map((mark) => mark.kind));
  const origins = ADMISSION_RECEIPT.effects.flatMap((effect) => effect.origins).length;
  assert.equal(kinds.filter((kind) => kind === 'mapped').length, origins);
  assert.equal(kinds.filter((kind) => kind === 'unmapped').length, 3);
  assert.equal(kinds.filter((kind) => kind === 'ignored').length, 4);
  const ids = groups.flatMap((group) => group.marks.map((mark) => mark.id));
  assert.equal(new Set(ids).size, ids.length);
});

test('a field that was understood and carried by no statement is marked too, with where it belongs', () => {
  const span = { start: 2, end: 5 };
  const loss = {
    populated: 1,
    mapped: 1,
    ignored: 0,
    unmapped: 0,
    entries: [{ position: 'PD1-3', disposition: 'mapped' as const, by: 'Patient.generalPractitioner', span }],
  };
  const applied = markGroups({ ...ADMISSION_RECEIPT, issues: [], effects: [], loss }, undefined);
  assert.deepEqual(
    applied.map(({ title, marks }) => [title, marks.map(({ target }) => target)]),
    [['Mapped, and already known', ['Patient.generalPractitioner']]],
  );
  const broken = markGroups({ ...BROKEN_RECEIPT, reasons: [], loss }, undefined);
  assert.equal(broken[0]?.title, 'Understood, but quarantined');
});

test('why a receipt is quarantined is marked on the bytes that are to blame', () => {
  const [group] = markGroups(BROKEN_RECEIPT, undefined);
  assert.equal(group?.marks[0]?.kind, 'reason');
  assert.equal(group?.marks[0]?.position, 'PID-7');
});

test('a finding about something missing is shown on the byte where it should have stood', () => {
  const at = (start: number) => {
    const reasons = [{ code: 'c', message: 'm', start, end: start }];
    const [group] = markGroups({ ...BROKEN_RECEIPT, sizeBytes: 100, reasons, loss: undefined }, undefined);
    return [group?.marks[0]?.start, group?.marks[0]?.end];
  };
  assert.deepEqual(at(49), [49, 50]);
  assert.deepEqual(at(100), [99, 100]);
});

test('bytes that an explanation pointed at come first', () => {
  const [group] = markGroups(ADMISSION_RECEIPT, { start: 3, end: 9 });
  assert.deepEqual([group?.marks[0]?.kind, group?.marks[0]?.start, group?.marks[0]?.end], ['asked', 3, 9]);
});
