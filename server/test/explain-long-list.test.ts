// A list of more entries than one answer holds: told in parts that say so and lead on, as of one ledger; and one entry among many.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { openDb } from '../src/base/db.ts';
import { personInputs } from '../src/pipeline/person-inputs.ts';
import { readPlaces } from '../src/pipeline/person-reader.ts';
import { explain, loadPolicy } from '../src/truth/index.ts';
import type { Explanation } from '../src/truth/types.ts';
import { at, type House, listAt, withHouse } from './harness.ts';

const folder = new URL('../../policies/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');
const loaded = loadPolicy(read('uk-default.v2.yaml'), 'uk-default', read);
assert.ok(loaded.ok);
const { policy } = loaded;
const RESULTS = 120;
const PATH = '/Patient/p1/$explain?path=Observation';

const patient = (id: string) => ({
  ...{ resourceType: 'Patient', id, identifier: [{ system: 'https://example.org/mrn', value: 'M1' }] },
  ...{ name: [{ family: 'Archer', given: ['Ada'] }], birthDate: '1961-07-19', gender: 'female' },
});

/** A blood pressure every minute; every tenth is told by the laboratory as well, once with another value and its own zone. */
function result(id: string, of: string, { n, value }: { readonly n: number; readonly value: number }) {
  const moment = new Date(Date.UTC(2026, 0, 1, 8, n));
  const time =
    of === 'p1' ? moment.toISOString() : `${new Date(moment.getTime() + 3.6e6).toISOString().slice(0, 19)}+01:00`;
  return {
    ...{ resourceType: 'Observation', id, status: 'final', subject: { reference: `Patient/${of}` } },
    ...{ code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }] }, effectiveDateTime: time },
    valueQuantity: { value, unit: 'mmHg' },
  };
}

async function send(house: House, source: string, resources: readonly { resourceType: string; id: string }[]) {
  const entry = resources.map((resource) => ({
    ...{ resource, request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` } },
  }));
  const body = { resourceType: 'Bundle', type: 'batch', entry };
  const answer = await house.fhir('POST', '', { source, body });
  assert.equal(answer.status, 200, answer.text);
  await house.idle();
}

/** The size of the ledger when only one of the two had spoken. */
async function fill(house: House): Promise<number> {
  const every = [...Array(RESULTS).keys()];
  await send(house, 'gp', [patient('p1'), ...every.map((n) => result(`r${n}`, 'p1', { n, value: 100 + (n % 40) }))]);
  const { json } = await house.fhir('GET', '/Patient/p1/$explain?path=gender');
  const told = every.filter((n) => n % 10 === 0);
  await send(house, 'lab', [
    patient('p2'),
    ...told.map((n) => result(`l${n}`, 'p2', { n, value: n === 50 ? 199 : 100 + (n % 40) })),
  ]);
  return Number(at(json, 'asOf'));
}

test('a long list is told in parts, of one ledger, that leave nothing out', async () => {
  await withHouse(async (house) => {
    await fill(house);
    const seen = new Set<number>();
    const pages: string[] = [];
    let path: string | undefined = PATH;
    while (path !== undefined) {
      const { status, text, json } = await house.fhir('GET', path);
      assert.equal(status, 200, text);
      for (const row of [...listAt(json, 'said'), ...listAt(json, 'setAside')]) seen.add(Number(at(row, 'statement')));
      assert.match(String(at(json, 'text')), /a part of a long list: entries \d+ to \d+ of 132/);
      pages.push(text);
      const next = at(json, 'part.next');
      if (pages.length === 1) {
        await send(house, 'gp', [result('later', 'p1', { n: 500, value: 1 })]);
        assert.match(String(next), /_asOf=\d+&_after=Observation%2F/);
      }
      path = typeof next === 'string' ? next.replace('/fhir/R4', '') : undefined;
    }
    assert.equal(pages.length, 3);
    assert.equal(seen.size, RESULTS + RESULTS / 10, 'all that was said by then, and nothing that was said since');

    const refused = await house.fhir('GET', '/Patient/p1/$explain?path=birthDate&_after=Observation/r1');
    assert.equal(refused.status, 400, refused.text);
    assert.match(refused.text, /leave _after out/);
  });
});

test('one entry among many is told as if all of them had been looked at', async () => {
  await withHouse(async (house) => {
    const before = await fill(house);
    const db = openDb({ url: house.url });
    try {
      for (const id of ['r3', 'r50', 'l50', 'r60', 'nobody'])
        for (const more of ['', `&_asOf=${before}`]) {
          const { text, json } = await house.fhir('GET', `/Patient/p1/$explain?path=Observation/${id}${more}`);
          const answer = json as Explanation;
          const asked = { asOf: answer.asOf, types: ['Observation'], patients: false };
          const inputs = (await personInputs(db, 'p1', asked)) ?? assert.fail();
          const stand = await readPlaces(
            db,
            inputs.listed.map((one) => one.id),
          );
          const slow = explain({
            policy,
            subjects: inputs.subjects.map((one) => {
              const trust = inputs.sources.get(one.source)?.trust ?? 0;
              return { ...one, trust, erased: false };
            }),
            statements: inputs.listed.map((one) => ({ ...one, origins: stand.get(one.id) ?? [] })),
            ...{
              rulings: [],
              element: `Observation/${id}`,
              asOf: answer.asOf,
              at: answer.at,
              person: inputs.id,
              whole: true,
            },
            sourceNames: new Map([...inputs.sources].map(([key, { name }]) => [key, name])),
          });
          assert.ok(!('refused' in slow));
          assert.deepEqual(answer, JSON.parse(JSON.stringify(slow)), text);
        }
    } finally {
      await db.close();
    }
  });
});
