// Options and a case become the ruling that is sent: what was given goes before what the case says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Instant, PARTS_MAX } from '../../base/ids.ts';
import type { Case } from '../cases.ts';
import { readStatement, rulingOf } from './ruling-of.ts';

const who = { reason: 'because', by: 'me' };
const conflict: Case = {
  id: 'c1',
  kind: 'conflict',
  state: 'open',
  harm: 'H3',
  openedAt: '2026-03-02T07:15:00.000Z' as Instant,
  openedBy: 4,
  ageSeconds: 60,
  persons: ['Patient/p1'],
  element: 'birthDate',
  receipt: undefined,
  summary: '',
  competingSet: 'f1',
  competitors: [
    { statement: 3 * PARTS_MAX + 1, source: 'pas', saidAt: '2026-03-02T07:15:00.000Z' as Instant, value: '' },
  ],
};
const link: Case = { ...conflict, kind: 'possible-link', persons: ['Patient/a', 'Patient/b'], competitors: [] };

test('a case fills person, element and fingerprint of a choice', () => {
  assert.deepEqual(rulingOf('choose', { ...who, statement: '3.1' }, conflict), {
    kind: 'choose',
    person: 'Patient/p1',
    element: 'birthDate',
    competingSet: 'f1',
    statement: 3 * PARTS_MAX + 1,
    ...who,
  });
  const given = rulingOf('choose-none', { ...who, element: 'name' }, conflict);
  assert.ok('element' in given && given.element === 'name' && given.statement === undefined);
});

test('records are named by patient id, or by source and key', () => {
  assert.deepEqual(rulingOf('same', { ...who, a: 'Patient/x', b: 'pas=https://x.example/mrn|1=2' }, undefined), {
    kind: 'same',
    a: 'x',
    b: { source: 'pas', key: 'https://x.example/mrn|1=2' },
    ...who,
  });
  assert.deepEqual(rulingOf('not-same', who, link), { kind: 'not-same', a: 'a', b: 'b', ...who });
});

test('a quarantined receipt comes from the case, receipt 0 included', () => {
  const quarantined: Case = { ...link, kind: 'quarantined', persons: [], receipt: 0 };
  assert.deepEqual(rulingOf('retry', who, quarantined), { kind: 'retry', receipt: 0, ...who });
});

test('a statement is read as it is shown, or as the number it is', () => {
  assert.equal(readStatement('1045.3'), 1045 * PARTS_MAX + 3);
  assert.equal(readStatement(String(1045 * PARTS_MAX + 3)), 1045 * PARTS_MAX + 3);
  for (const wrong of ['', 'x', '1.', '.1', '1.9999999', '9999999999999999', '-1', '1.2.3'])
    assert.throws(() => readStatement(wrong), { code: 'usage' }, wrong);
});

test('a ruling that does not fit its case is wrong usage', () => {
  assert.throws(() => rulingOf('same', who, conflict), { code: 'usage' });
  assert.throws(() => rulingOf('reject', who, link), { code: 'usage' });
  assert.throws(() => rulingOf('choose', { ...who, statement: '9.9' }, conflict), { code: 'usage' });
});
