// The morning: the same bytes for a seed, everything that was promised in it, and nothing that could be somebody's.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { header, parse } from '../../hl7v2/index.ts';
import { isDramaNumber, isSyntheticNhsNumber } from '../people/index.ts';
import { generateMorning, type Morning, type MorningDelivery } from './index.ts';
import { NHS_SYSTEM } from './sources.ts';
import { SCRIPTS } from './stories/index.ts';

const morning = generateMorning({ seed: 1 });
const SHA256_OF_SEED_1 = '796387758a5b53b31bdab64311cbf578104af2ec866be2c345ecaf52e08869ac';

function fingerprint(m: Morning): string {
  const hash = createHash('sha256');
  for (const { at, source, via, payload } of m.deliveries) hash.update(`${at} ${source} ${via} `).update(payload);
  return hash.digest('hex');
}

function textOf(delivery: MorningDelivery): string {
  return Buffer.from(delivery.payload).toString(delivery.source === 'rxx-lab' ? 'latin1' : 'utf8');
}

const of = (tag: string) => morning.deliveries.filter((delivery) => delivery.story === tag);

test('the same seed gives the same bytes in the same order, in this and every later version', () => {
  assert.equal(fingerprint(generateMorning({ seed: 1 })), fingerprint(morning));
  assert.equal(fingerprint(morning), SHA256_OF_SEED_1);
});

test('another seed or another date gives another morning', () => {
  assert.notEqual(fingerprint(generateMorning({ seed: 2 })), fingerprint(morning));
  assert.notEqual(fingerprint(generateMorning({ seed: 1, date: '2026-07-06' })), fingerprint(morning));
});

test('a summer morning begins at six on London clocks', () => {
  assert.equal(generateMorning({ seed: 1, people: 60, date: '2026-07-06' }).start, '2026-07-06T05:00:00.000Z');
  assert.equal(morning.start, '2026-03-02T06:00:00.000Z');
});

test('between three and four thousand deliveries, whatever the seed', () => {
  for (const seed of [1, 2, 3, 42, 20260302]) {
    const { deliveries, summary } = generateMorning({ seed });
    assert.ok(deliveries.length >= 3000 && deliveries.length <= 4000, `${seed}: ${deliveries.length}`);
    assert.equal(summary.deliveries, deliveries.length);
    assert.equal(
      Object.values(summary.bySource).reduce((sum, n) => sum + n, 0),
      deliveries.length,
    );
  }
});

test('deliveries are in order of arrival and within the morning', () => {
  let before: string = morning.start;
  for (const [position, { index, at }] of morning.deliveries.entries()) {
    assert.equal(index, position);
    assert.ok(at >= before && at <= morning.end, at);
    before = at;
  }
});

test('every source sends, by the ways it has', () => {
  const ways = new Map<string, Set<string>>();
  for (const { source, via } of morning.deliveries) ways.set(source, (ways.get(source) ?? new Set()).add(via));
  assert.deepEqual([...(ways.get('rxx-pas') ?? [])].sort(), ['folder', 'mllp', 'receipts']);
  assert.deepEqual([...(ways.get('rxx-lab') ?? [])], ['mllp']);
  assert.deepEqual([...(ways.get('mill-lane-gp') ?? [])], ['fhir']);
  assert.deepEqual([...(ways.get('patient-app') ?? [])], ['fhir']);
  assert.deepEqual([...(ways.get('legacy-clinic') ?? [])].sort(), ['csv', 'folder']);
  assert.deepEqual(
    morning.sources.map(({ source }) => source.key),
    ['rxx-pas', 'rxx-lab', 'mill-lane-gp', 'patient-app', 'legacy-clinic'],
  );
});

test('every story is told, and its deliveries carry its name', () => {
  assert.deepEqual(
    morning.stories.map(({ tag }) => tag),
    SCRIPTS.map(({ tag }) => tag),
  );
  for (const { tag, title, expectation } of morning.stories) {
    assert.ok(of(tag).length > 0, tag);
    assert.ok(title.length > 10 && expectation.length > 10, tag);
  }
  assert.equal(new Set(SCRIPTS.map(({ tag }) => tag)).size, SCRIPTS.length);
});

test('every trigger event that the PAS knows occurs', () => {
  const labels = new Set(morning.deliveries.map(({ label }) => label));
  for (const trigger of 'A01 A02 A03 A04 A05 A08 A11 A12 A13 A28 A31 A34 A40'.split(' ')) {
    assert.ok(labels.has(`ADT^${trigger}`), trigger);
  }
});

test('HL7 v2 over MLLP is well formed except where a story says otherwise', () => {
  for (const delivery of morning.deliveries) {
    if (delivery.via !== 'mllp' || delivery.story?.startsWith('malformed')) continue;
    const result = parse(delivery.payload);
    assert.ok(result.ok, `${delivery.index} ${delivery.label}`);
    assert.deepEqual(result.message.findings, [], `${delivery.index} ${delivery.label}`);
    assert.ok(result.message.first('PID'), delivery.label);
  }
});

test('control ids are unique within a source except where a story says otherwise', () => {
  const seen = new Set<string>();
  for (const delivery of morning.deliveries) {
    if (delivery.via !== 'mllp' || delivery.expect?.states?.includes('duplicate')) continue;
    const result = parse(delivery.payload);
    if (!result.ok || delivery.expect?.ack?.includes('AE')) continue;
    const { controlId } = header(result.message);
    assert.ok(!seen.has(`${delivery.source} ${controlId}`), controlId);
    seen.add(`${delivery.source} ${controlId}`);
  }
});

test('file names and idempotency keys are used once except where a story says otherwise', () => {
  const seen = new Set<string>();
  for (const delivery of morning.deliveries) {
    if (delivery.story === 'idempotency-key-reused') continue;
    const key =
      delivery.via === 'folder'
        ? delivery.fileName
        : 'headers' in delivery
          ? delivery.headers['Idempotency-Key']
          : undefined;
    if (key === undefined) continue;
    assert.ok(!seen.has(key), key);
    seen.add(key);
  }
});

test('every NHS number is valid and of the 999 block, but for the stories about numbers that are not', () => {
  let count = 0;
  for (const delivery of morning.deliveries) {
    if (delivery.story === 'malformed-nhs-number' || delivery.story === 'filler-nhs-number') continue;
    const text = textOf(delivery);
    const numbers = [
      ...text.matchAll(/(\d{10})\^\^\^NHS\^NH/g),
      ...text.matchAll(new RegExp(`"${NHS_SYSTEM}",\\s*"value":\\s*"(\\d+)"`, 'g')),
      ...text.matchAll(/\b(\d{3} \d{3} \d{4})\b/g),
    ].map((match) => (match[1] ?? '').replaceAll(' ', ''));
    for (const number of numbers) assert.ok(isSyntheticNhsNumber(number), `${delivery.index}: ${number}`);
    count += numbers.length;
  }
  assert.ok(count > 2500, String(count));
});

test('no telephone number is outside the ranges kept for drama', () => {
  for (const delivery of morning.deliveries) {
    for (const [number] of textOf(delivery).matchAll(/\b0\d{4} \d{6}\b/g)) assert.ok(isDramaNumber(number), number);
  }
});

test('postcodes are of the block that is never delivered to', () => {
  for (const delivery of morning.deliveries) {
    for (const [postcode] of textOf(delivery).matchAll(/\b[A-Z]{1,2}\d{1,2}[A-Z]? \d[A-Z]{2}\b/g)) {
      assert.match(postcode, /^ZZ99 /);
    }
  }
});

test('FHIR deliveries are JSON, written under the id in the path, except where a story says otherwise', () => {
  for (const delivery of morning.deliveries) {
    if (delivery.via !== 'fhir' || delivery.story === 'malformed-fhir') continue;
    const resource = JSON.parse(textOf(delivery));
    if (delivery.method === 'PUT') assert.equal(delivery.path, `/${resource.resourceType}/${resource.id}`);
    else assert.equal(delivery.path, resource.resourceType === 'Bundle' ? '' : `/${resource.resourceType}`);
    assert.equal(delivery.headers['Vouch-Source'], delivery.source);
  }
});

test('decimals of the app keep their trailing noughts', () => {
  const temperatures = morning.deliveries.filter((d) => d.source === 'patient-app' && textOf(d).includes('8310-5'));
  assert.ok(temperatures.length > 20);
  for (const delivery of temperatures) assert.match(textOf(delivery), /"value":3\d\.\d0,/);
});

test('redeliveries are byte for byte what was sent before', () => {
  const repeated = of('exact-duplicate').filter((d) => d.expect?.states?.includes('duplicate'));
  assert.ok(repeated.length >= 8);
  for (const delivery of repeated) {
    const earlier = morning.deliveries.find((d) => Buffer.compare(d.payload, delivery.payload) === 0);
    assert.ok(earlier !== undefined && earlier.index < delivery.index);
  }
});

test('a re-sent control id carries other content', () => {
  const ids = of('control-id-reused').map((d) => textOf(d).split('|')[9]);
  assert.equal(new Set(ids).size, 2);
  assert.equal(new Set(of('control-id-reused').map(textOf)).size, 4);
});

test('late messages are sent before what overtook them', () => {
  const [discharge, admission] = of('discharge-before-admission');
  assert.ok(discharge && admission);
  assert.equal(discharge.label, 'ADT^A03');
  assert.equal(admission.label, 'ADT^A01');
  assert.ok(textOf(admission).slice(0, 60) < textOf(discharge).slice(0, 60), 'MSH-7 of the admission is earlier');
});

test('a message of 200 kilobytes is among them, and its PDF opens', () => {
  const [large] = of('large-message');
  assert.ok(large && large.payload.length > 190_000 && large.payload.length < 215_000);
  const base64 = textOf(large).match(/\^Base64\^([A-Za-z0-9+/=]+)/)?.[1] ?? '';
  const pdf = Buffer.from(base64, 'base64').toString('latin1');
  assert.match(pdf, /^%PDF-1\.4\n/);
  const table = Number(pdf.match(/startxref\n(\d+)\n/)?.[1]);
  assert.equal(pdf.slice(table, table + 4), 'xref');
});

test('the ruling names the two subjects that the wrong merge joined', () => {
  const ruling = of('wrong-merge').find((d) => d.via === 'ruling');
  assert.ok(ruling?.via === 'ruling');
  const merge = of('wrong-merge').find((d) => d.label === 'ADT^A40');
  assert.ok(merge && merge.index < ruling.index);
  for (const { key } of [ruling.ruling.a, ruling.ruling.b]) assert.ok(textOf(merge).includes(key.split('|')[1] ?? '?'));
  assert.deepEqual(JSON.parse(textOf(ruling)), ruling.ruling);
});

test('the clinic falls silent for the rest of the morning, nobody else does', () => {
  const last = (source: string) => morning.deliveries.findLast((d) => d.source === source)?.at ?? '';
  const quietMinutes = (source: string) => (Date.parse(morning.end) - Date.parse(last(source))) / 60_000;
  for (const { source, silentAfterMinutes } of morning.sources) {
    const quiet = quietMinutes(source.key);
    if (source.key === 'legacy-clinic') assert.ok(quiet > silentAfterMinutes * 4, String(quiet));
    else assert.ok(quiet < silentAfterMinutes, `${source.key}: ${quiet}`);
  }
});

test('the summary names people worth opening by ids that occur', () => {
  assert.ok(morning.summary.worthOpening.length >= 6);
  const everything = morning.deliveries.map(textOf).join('\n');
  for (const { subject, why } of morning.summary.worthOpening) {
    assert.ok(everything.includes(`${subject.value}^^^RXX`), subject.value);
    assert.ok(why.length > 10);
  }
});

test('ordinary traffic is not about the people of the stories', () => {
  const cast = new Set(Array.from({ length: 60 }, (_, n) => `RX${100_001 + n}`));
  for (const delivery of morning.deliveries) {
    if (delivery.story !== undefined || delivery.label === 'ADT^A28') continue;
    for (const [, mrn = ''] of textOf(delivery).matchAll(/(RX\d{6})\^\^\^RXX/g))
      assert.ok(!cast.has(mrn), delivery.label);
  }
});

test('a morning with too few people for its stories is refused', () => {
  assert.throws(() => generateMorning({ seed: 1, people: 59 }), /at least 60/);
});
