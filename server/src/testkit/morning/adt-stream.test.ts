// The endless stream: realistic, distinct, in order for each patient, and fast enough not to be what a benchmark measures.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { header, parse } from '../../hl7v2/index.ts';
import { isDramaNumber, isSyntheticNhsNumber } from '../people/index.ts';
import { adtStream, type StreamedAdt } from './adt-stream.ts';

const take = (count: number, seed = 1, patients = 500): readonly StreamedAdt[] =>
  adtStream(seed, { patients }).take(count).toArray();

test('the same seed gives the same stream, another seed another', () => {
  assert.deepEqual(take(300), take(300));
  assert.notDeepEqual(
    take(300).map(({ patient }) => patient),
    take(300, 2).map(({ patient }) => patient),
  );
});

test('each message is well formed, distinct, about a kilobyte, and of nobody', () => {
  const messages = take(2000);
  assert.equal(new Set(messages.map(({ controlId }) => controlId)).size, messages.length);
  for (const { text, controlId } of messages) {
    const result = parse(Buffer.from(text));
    assert.ok(result.ok);
    assert.deepEqual(result.message.findings, []);
    assert.equal(header(result.message).controlId, controlId);
    assert.ok(text.length > 800 && text.length < 1200, String(text.length));
    assert.ok(isSyntheticNhsNumber(text.match(/(\d{10})\^\^\^NHS/)?.[1] ?? ''));
    for (const [number] of text.matchAll(/\b0\d{4} \d{6}\b/g)) assert.ok(isDramaNumber(number), number);
  }
});

test('a patient is admitted before being updated or discharged, and not admitted twice at once', () => {
  const present = new Set<number>();
  const seen = new Set<string>();
  for (const { patient, text } of take(20_000)) {
    const trigger = text.match(/\|ADT\^(A\d\d)/)?.[1] ?? '';
    seen.add(trigger);
    assert.equal(present.has(patient), trigger !== 'A01', trigger);
    if (trigger === 'A01') present.add(patient);
    if (trigger === 'A03') present.delete(patient);
  }
  assert.deepEqual([...seen].sort(), ['A01', 'A02', 'A03', 'A08']);
});

test('where people come and go, whoever is discharged never comes back, and as many are there as before', () => {
  const gone = new Set<number>();
  const seen = new Set<number>();
  for (const { patient, text } of adtStream(1, { patients: 50, turnover: true }).take(5_000)) {
    assert.ok(!gone.has(patient), String(patient));
    seen.add(patient);
    if (text.includes('|ADT^A03')) gone.add(patient);
    assert.ok(seen.size - gone.size <= 50);
  }
  assert.ok(gone.size > 500, String(gone.size));
});

test('a stream that skips goes on as the whole one does', () => {
  const rest = adtStream(1, { patients: 500, skip: 700 }).take(50).toArray();
  assert.deepEqual(rest, take(750).slice(700));
});

test('what is said of a patient changes with some updates, and with every message where that is asked', () => {
  const share = (changes: 'usual' | 'always') => {
    const said = new Map<number, string>();
    let [same, all] = [0, 0];
    for (const { patient, text } of adtStream(1, { patients: 50, changes }).take(5_000)) {
      const pid = text.slice(text.indexOf('PID|'), text.indexOf('PD1|'));
      all += said.has(patient) ? 1 : 0;
      same += said.get(patient) === pid ? 1 : 0;
      said.set(patient, pid);
    }
    return same / all;
  };
  assert.ok(share('usual') > 0.85 && share('usual') < 0.95, String(share('usual')));
  assert.ok(share('always') < 0.05, String(share('always')));
});

test('more than 20,000 messages a second are made', () => {
  const stream = adtStream(1);
  for (let i = 0; i < 5000; i++) stream.next();
  const started = process.cpuUsage().user;
  for (let i = 0; i < 40_000; i++) stream.next();
  const seconds = (process.cpuUsage().user - started) / 1e6;
  assert.ok(40_000 / seconds > 20_000, `${Math.round(40_000 / seconds)} a second`);
});
