// Answers about the past, as a property: whatever is written afterwards, what was found then is found again, to the byte.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { at, type House, withHouse } from './harness.ts';
import { patient } from './messages.ts';

const RUNS = 2;
const STEPS = 15;
/** Ids of patients: two of the practice, one of the app; the first of each may be one person. */
const PATIENTS = ['gp-1', 'gp-2', 'app-1'] as const;
const NUMBERS = ['9990000018', '9990000026'] as const;
const FAMILIES = ['Lark', 'Larkin', 'Brook'] as const;

type Step =
  | { readonly kind: 'patient'; readonly of: number; readonly family: number; readonly number: number }
  | {
      readonly kind: 'observation';
      readonly id: number;
      readonly of: number;
      readonly value: number;
      readonly by: number;
    }
  | { readonly kind: 'allergy'; readonly of: number; readonly substance: number }
  | { readonly kind: 'organization'; readonly name: number }
  | { readonly kind: 'delete'; readonly id: number }
  | { readonly kind: 'apart' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('patient' as const), of: fc.nat(2), family: fc.nat(2), number: fc.nat(1) }),
  fc.record({
    kind: fc.constant('observation' as const),
    id: fc.nat(2),
    of: fc.nat(2),
    value: fc.nat(3),
    by: fc.nat(2),
  }),
  fc.record({ kind: fc.constant('allergy' as const), of: fc.nat(2), substance: fc.nat(1) }),
  fc.record({ kind: fc.constant('organization' as const), name: fc.nat(3) }),
  fc.record({ kind: fc.constant('delete' as const), id: fc.nat(2) }),
  fc.record({ kind: fc.constant('apart' as const) }),
);

const sourceOf = (place: number): string => (place === 2 ? 'app' : 'gp');
const codes = (code: string) => ({ coding: [{ system: 'http://loinc.org', code }], text: `test ${code}` });

async function take(house: House, one: Step): Promise<void> {
  switch (one.kind) {
    case 'patient':
      return put(house, sourceOf(one.of), {
        ...patient(PATIENTS[one.of] ?? '', {
          nhs: NUMBERS[one.number] ?? '',
          family: FAMILIES[one.family] ?? '',
          given: 'Ada',
          born: '1960-06-07',
        }),
        managingOrganization: { reference: 'Organization/org' },
      });
    case 'observation':
      return put(house, 'gp', {
        resourceType: 'Observation',
        id: `o${one.id}`,
        status: 'final',
        code: codes('2823-3'),
        subject: { reference: `Patient/${PATIENTS[one.of]}` },
        performer: [
          { reference: `Patient/${PATIENTS[one.by]}` },
          { reference: 'Organization/org' },
          ...(one.by === 0 ? [] : [{ reference: '#c' }]),
        ],
        ...(one.by === 0 ? {} : { contained: [{ resourceType: 'Organization', id: 'c', name: `Lab ${one.by}` }] }),
        effectiveDateTime: `2026-03-0${one.value + 1}`,
        valueQuantity: { value: one.value, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
      });
    case 'allergy':
      return put(house, 'gp', {
        resourceType: 'AllergyIntolerance',
        id: `a${one.of}`,
        clinicalStatus: {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
        },
        code: { text: `Substance ${one.substance}` },
        patient: { reference: `Patient/${PATIENTS[one.of]}` },
      });
    case 'organization':
      return put(house, 'gp', { resourceType: 'Organization', id: 'org', name: `Practice ${one.name}` });
    case 'delete':
      await house.fhir('DELETE', `/Observation/o${one.id}`, { source: 'gp' });
      return;
    case 'apart':
      await house.rule({
        kind: 'not-same',
        a: { source: 'gp', key: 'Patient/gp-1' },
        b: { source: 'app', key: 'Patient/app-1' },
        reason: 'Two people.',
        by: 'records',
      });
  }
}

async function put(house: House, source: string, body: object): Promise<void> {
  const answer = await house.fhir('PUT', `/${at(body, 'resourceType')}/${at(body, 'id')}`, { source, body });
  assert.ok(answer.status < 500, answer.text);
}

/** Each of these, asked on its own, and again as of then. */
const QUESTIONS = [
  ...PATIENTS.flatMap((id) => [
    `/Patient/${id}`,
    `/Patient/${id}/$everything`,
    `/Patient/${id}/$explain?path=name`,
    `/Patient/${id}/$explain?path=AllergyIntolerance`,
    `/Observation?patient=${id}&_total=accurate`,
    `/Patient/${id}/Observation?_sort=-date`,
    `/AllergyIntolerance?patient=${id}`,
    `/Observation?performer=Patient/${id}`,
  ]),
  '/Patient?family=lark&_sort=family',
  '/Patient?organization.name=practice%201&_include=Patient:organization',
  '/Patient?_has:Observation:patient:code=2823-3',
  '/Observation?value-quantity=gt1&_sort=-value-quantity&_include=Observation:subject',
  '/Observation?subject:Patient.family=brook&_count=2&_total=accurate',
  '/Observation?code:text=test&_sort=_lastUpdated',
  '/Observation?_lastUpdated=ge2026-03-02T08:05:00Z',
  '/Observation?_content=Patient',
  '/Organization?_revinclude=Patient:organization',
  '/?_type=Patient,Observation&_sort=-_lastUpdated',
  '/Organization?name=lab&_contained=true&_total=accurate',
  '/Organization?name:contains=a&_contained=both&_containedType=contained&_total=accurate',
  '/Organization?name=lab%201&_contained=true&_containedType=contained&_count=1',
  '/Organization?_has:Observation:performer:code=2823-3&_contained=true',
  '/Organization?_content=lab&_contained=true',
  '/Observation?performer:Organization.name=lab%202',
];

async function answers(house: House, asOf: number | undefined): Promise<readonly string[]> {
  const found: string[] = [];
  for (const question of QUESTIONS) {
    const url = asOf === undefined ? question : `${question}${question.includes('?') ? '&' : '?'}_asOf=${asOf}`;
    const asked = await house.fhir('GET', url);
    // A machine that stood still for seconds meets the limit of time, which says nothing of the answer.
    const answer = asked.text.includes('"search-cost"') ? await house.fhir('GET', url) : asked;
    assert.notEqual(answer.status, 500, url);
    found.push(`${answer.status} ${answer.text}`);
  }
  for (const state of ['open', 'closed']) {
    const then = asOf === undefined ? '' : `&asOf=${asOf}`;
    found.push((await house.http('GET', `/api/v1/cases?state=${state}${then}`)).text);
  }
  return found;
}

/** Without what differs by being asked in another way: the addresses, the words "as of then", and the moment of the answer. */
function told(answer: string): string {
  return answer
    .replace(/"link":\[\{"relation":"self".*?\}\],?/, '')
    .replace(' as of then', '')
    .replace(/"asOf":\d+,"at":"[^"]*"/, '');
}

suite('searches as of then', () => {
  test('find what was found then, to the byte, whatever is written afterwards', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: STEPS, maxLength: STEPS }), async (steps) => {
        await withHouse(async (house) => {
          let minutes = 0;
          const tick = () =>
            house.clock.set(new Date(Date.parse('2026-03-02T08:00:00Z') + ++minutes * 60_000).toISOString());
          await put(house, 'gp', { resourceType: 'Organization', id: 'org', name: 'Practice 0' });
          for (const [place, id] of PATIENTS.entries()) {
            tick();
            await put(house, sourceOf(place), patient(id, { family: 'Lark', given: 'Ada', born: '1960-06-07' }));
          }
          const moments: {
            readonly size: number;
            readonly live: readonly string[];
            readonly past: readonly string[];
          }[] = [];
          for (const [place, one] of steps.entries()) {
            tick();
            await take(house, one);
            await house.idle();
            if (place % 5 !== 4) continue;
            const { index: size } = await house.books();
            moments.push({ size, live: await answers(house, undefined), past: await answers(house, size) });
          }
          for (const { size, live, past } of moments) {
            const now = await answers(house, size);
            for (const [place, question] of [...QUESTIONS, 'open cases', 'closed cases'].entries()) {
              assert.equal(now[place], past[place], `${question} as of ${size}, later`);
              assert.equal(told(past[place] ?? ''), told(live[place] ?? ''), `${question} as of ${size}, at the time`);
            }
          }
        });
      }),
      { numRuns: RUNS, endOnFailure: true, ...seeded() },
    );
  });

  test('too much that was changed since, and what cannot be asked, is refused with what to do', async () => {
    await withHouse(async (house) => {
      const answer = await house.fhir('GET', '/Patient?_asOf=99999');
      assert.deepEqual([answer.status, at(answer.json, 'issue.0.details.coding.0.code')], [400, 'as-of-future']);
      const twice = await house.fhir('GET', '/Patient?_asOf=0&_asOf=1');
      assert.equal(at(twice.json, 'issue.0.details.coding.0.code'), 'parameter-twice');
    });
  });
});

function seeded(): { seed?: number } {
  const seed = process.env['VOUCH_SEED'];
  return seed === undefined ? {} : { seed: Number(seed) };
}
