// The configuration: the shipped example is whole and right, and what is wrong is named by its place.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Refused } from '../base/errors.ts';
import { DEFAULT_ACK_POLICY } from '../intake/mllp/index.ts';
import { assertLoopback, readAddress, readConfig } from './config.ts';

const EXAMPLE = readFileSync(new URL('../../../vouch.example.yaml', import.meta.url), 'utf8');

test('the example parses, and means what it says', () => {
  const { sources, mllp, folders } = readConfig(EXAMPLE);
  assert.deepEqual(
    sources.map(({ key, kind, trust }) => [key, kind, trust]),
    [
      ['rxx-pas', 'pas', 80],
      ['mill-lane-gp', 'gp', 75],
      ['legacy-clinic', 'legacy', 20],
    ],
  );
  const [pas, practice, clinic] = sources;
  assert.equal(pas?.authorities['RXX'], 'https://fhir.rxx.example/Id/mrn');
  assert.equal(pas?.updatePolicy['Patient.telecom'], 'merge-by-type');
  assert.deepEqual(practice?.updatePolicy, { '*': 'snapshot' });
  assert.deepEqual(practice?.owns, ['Patient.generalPractitioner']);
  assert.equal(clinic?.csvMap?.columns['dob']?.format, 'DD/MM/YYYY');
  assert.deepEqual(
    mllp.map(({ host, port, source }) => [host, port, source]),
    [
      ['127.0.0.1', 2575, 'rxx-pas'],
      ['127.0.0.1', 2576, undefined],
    ],
  );
  assert.equal(mllp[0]?.ack.promise, 'processed');
  assert.equal(mllp[0]?.ack.codes?.conflict, 'AE');
  assert.deepEqual(
    folders.map(({ source }) => source),
    ['legacy-clinic'],
  );
  for (const door of mllp) assertLoopback(door.host, 'mllp');
});

test('the example names every outcome that an acknowledgement can answer', () => {
  for (const outcome of Object.keys(DEFAULT_ACK_POLICY.codes)) assert.match(EXAMPLE, new RegExp(`\\b${outcome}\\b`));
});

test('an empty file is an empty configuration', () => {
  assert.deepEqual(readConfig(''), { sources: [], mllp: [], folders: [] });
});

const REFUSED: readonly (readonly [what: string, text: string, where: string | undefined])[] = [
  ['what is not YAML', 'sources: [', undefined],
  ['an unknown setting', 'sauces: {}', 'the configuration.sauces'],
  ['an unknown setting of a source', 'sources: { a: { name: A, kind: gp, trust: 5, trsut: 6 } }', 'sources.a.trsut'],
  ['a trust that is no number from 0 to 100', 'sources: { a: { name: A, kind: gp, trust: high } }', 'sources.a.trust'],
  ['a kind nobody knows', 'sources: { a: { name: A, kind: gps, trust: 5 } }', 'sources.a.kind'],
  ['a zone nobody knows', 'sources: { a: { name: A, kind: gp, trust: 5, timeZone: Mars } }', 'sources.a.timeZone'],
  ['a source key with capitals', 'sources: { A: { name: A, kind: gp, trust: 5 } }', 'source'],
  ['an address without a port', 'mllp: [{ listen: localhost }]', 'mllp[0].listen'],
  ['a code that is none', 'mllp: [{ listen: 2575, ack: { codes: { stored: OK } } }]', 'mllp[0].listen'],
  ['a folder without a source', 'folders: [{ path: in }]', 'folders[0].source'],
];
for (const [what, text, where] of REFUSED) {
  test(`${what} is refused by its place`, () => {
    assert.throws(
      () => readConfig(text),
      (error) => error instanceof Refused && error.where === where && error.message.length > 20,
    );
  });
}

test('addresses are host and port, or a port of this machine', () => {
  assert.deepEqual(readAddress('127.0.0.1:2575', 'at'), { host: '127.0.0.1', port: 2575 });
  assert.deepEqual(readAddress('[::1]:0', 'at'), { host: '::1', port: 0 });
  assert.deepEqual(readAddress('2575', 'at'), { host: '127.0.0.1', port: 2575 });
  for (const wrong of ['', 'host', 'host:port', '127.0.0.1:70000', ':']) {
    assert.throws(() => readAddress(wrong, 'at'), Refused, wrong);
  }
});

test('only this machine may connect', () => {
  for (const host of ['127.0.0.1', '127.8.9.1', '::1', 'localhost']) assertLoopback(host, '--http');
  for (const host of ['0.0.0.0', '::', '10.0.0.1', 'localhost.example', '127.0.0.1.example']) {
    assert.throws(() => assertLoopback(host, '--http'), /no access control yet/, host);
  }
});
