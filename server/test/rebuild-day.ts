// A day with everything that has to be computed again: merges and their undoing, rulings, a policy that comes and goes, deletes and repairs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { openDb } from '../src/base/db.ts';
import { type Rebuilt, rebuild } from '../src/rebuild/index.ts';
import { readMigrations } from '../src/store/migrate.ts';
import { bundlePolicy } from '../src/truth/index.ts';
import { at, followed, type House, listAt } from './harness.ts';
import { adt, merged, mrnKey, oru, type Said, visit } from './messages.ts';

export const MIGRATION = readMigrations(new URL('../sql/', import.meta.url)).length;
const POLICIES = new URL('../../policies/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, POLICIES), 'utf8');
/** Nobody is believed about a birth date over somebody else. */
const STRICT = bundlePolicy(read('uk-default.v2.yaml'), read)
  .replace(/^version: 2$/m, 'version: 3')
  .replace(
    /^( +)birthDate:\n((?:\1 .*\n)+)/m,
    (_all, indent: string, body: string) =>
      `${indent}birthDate:\n${body.replace(/harm: H\d/, 'harm: H3').replace(/choose: .*\n/, 'choose: []\n')}`,
  );
const TOM: Said = { mrn: 'RX1', nhs: '9990000018', family: 'Brook', given: 'Tom', born: '19510203', sex: '1' };
const TOM_AGAIN: Said = { mrn: 'RX2', family: 'Brook', given: 'Tom', born: '19880102', sex: '1' };
const ADA: Said = { mrn: 'RX3', family: 'Lark', given: 'Ada', born: '19600607', sex: '2' };
const BEN: Said = { mrn: 'RX4', family: 'Reed', given: 'Ben', born: '19700809', sex: '1' };
const AUTHOR = { by: 'author', reason: 'birth dates matter' };
const OTHER = { by: 'second', reason: 'agreed' };

export type How = {
  readonly check?: boolean;
  readonly restart?: boolean;
  readonly trustSeeded?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number) => void;
};

export async function rebuilt(house: House, how: How = {}): Promise<Rebuilt> {
  return rebuild({
    at: { url: house.url },
    vouch: 'test',
    migration: MIGRATION,
    check: how.check ?? false,
    restart: how.restart ?? false,
    trustSeeded: how.trustSeeded ?? false,
    onProgress: ({ done }) => how.onProgress?.(done),
    signal: how.signal ?? new AbortController().signal,
  });
}

/** `grave`: with an allergy, for which two persons have to part what a sender merged. */
export async function playDay(house: House, { grave = true }: { readonly grave?: boolean } = {}): Promise<void> {
  await mergeAndPart(house, grave);
  await repair(house);
  await writeByApi(house);
  await changePolicy(house);
  await house.idle();
  await followed(house);
}

async function mergeAndPart(house: House, grave: boolean): Promise<void> {
  const say = async (source: string, message: string) => {
    await house.hl7(source, message);
    await house.idle();
  };
  const more = [visit('V2', 'W7'), ...(grave ? ['AL1|1|DA|764146007^Penicillin^SCT|SV|Rash|20100101'] : [])];
  await say('pas', adt({ trigger: 'A28', id: 'P1', at: '202603020701', who: TOM }));
  const arrived = { trigger: 'A01', id: 'P2', at: '202603020702', who: TOM_AGAIN, more };
  await say('pas', adt(arrived));
  await say('lab', oru({ id: 'L1', at: '202603020703', who: TOM_AGAIN, report: 'R1', status: 'F', value: '4.1' }));
  await say('pas', adt({ trigger: 'A40', id: 'P3', at: '202603020710', who: TOM, more: [merged('RX2')] }));
  await say('pas', adt({ trigger: 'A40', id: 'P3b', at: '202603020711', who: TOM, more: [merged('RX9')] }));
  for (let minute = 20; minute < 34; minute += 1)
    await say(
      'pas',
      adt({ trigger: 'A31', id: `P${minute}`, at: `2026030207${minute}`, who: { ...TOM, given: `Tom${minute}` } }),
    );
  // Said late: it goes into the middle of what is known.
  await say('pas', adt({ trigger: 'A31', id: 'P4', at: '202603020715', who: { ...TOM, given: 'Thomas' } }));
  await say('lab', oru({ id: 'L2', at: '202603020730', who: TOM, report: 'R2', status: 'P', value: '5.0' }));
  await say('lab', oru({ id: 'L3', at: '202603020725', who: TOM, report: 'R2', status: 'F', value: '5.1' }));
  await ruled(house, {
    kind: 'not-same',
    a: { source: 'pas', key: mrnKey('RX1') },
    b: { source: 'pas', key: mrnKey('RX2') },
    reason: 'Born 37 years apart.',
    by: 'records',
  });
  await say('pas', adt({ trigger: 'A08', id: 'P5', at: '202603020740', who: TOM_AGAIN, more: [visit('V2', 'W9')] }));
}

async function ruled(house: House, ruling: object): Promise<void> {
  const answer = await house.rule(ruling);
  assert.equal(answer.status, 201, answer.text);
}

/** The same control id with other content needs repair; what comes after it waits. One is retried, one is refused for good. */
async function repair(house: House): Promise<void> {
  const minute = '202603020801';
  await house.hl7('pas', adt({ trigger: 'A01', id: 'Q1', at: minute, who: ADA, more: [visit('V5', 'W1')] }));
  await house.hl7('pas', adt({ trigger: 'A01', id: 'Q1', at: minute, who: BEN, more: [visit('V6', 'W9')] }));
  await house.idle();
  const retried = await newestStopped(house);
  await house.hl7('pas', adt({ trigger: 'A08', id: 'Q2', at: '202603020802', who: BEN, more: [visit('V6', 'W2')] }));
  await house.hl7('pas', adt({ trigger: 'A08', id: 'Q2', at: '202603020803', who: ADA, more: [visit('V5', 'W3')] }));
  await house.idle();
  const refused = await newestStopped(house);
  await ruled(house, { kind: 'retry', receipt: retried, reason: 'the control id was used twice', by: 'ops' });
  await ruled(house, { kind: 'reject', receipt: refused, reason: 'sent by mistake', by: 'ops' });
  await house.idle();
}

async function writeByApi(house: House): Promise<void> {
  const write = async (source: string, [method, where, body]: readonly [string, string, object?]) => {
    const answer = await house.fhir(method, where, { source, ...(body === undefined ? {} : { body }) });
    assert.ok(answer.status < 300, `${method} ${where}: ${answer.text}`);
    return answer.json;
  };
  const identifier = [{ system: 'https://example.org/registry', value: 'R-1' }];
  const patient = { resourceType: 'Patient', identifier, birthDate: '1960-06-07' };
  await write('gp', ['PUT', '/Patient/gp-1', { ...patient, id: 'gp-1' }]);
  await write('app', ['PUT', '/Patient/app-1', { ...patient, id: 'app-1', birthDate: '1960-07-06' }]);
  // To the id of another source's patient: a subject of its own, linked with that one.
  await write('app', ['PUT', '/Patient/gp-1', { ...patient, id: 'gp-1', gender: 'female' }]);
  const made = at(await write('gp', ['POST', '/Patient', { resourceType: 'Patient', birthDate: '1999-01-01' }]), 'id');
  const subject = { reference: 'Patient/gp-1' };
  const problem = {
    resourceType: 'Condition',
    id: 'c1',
    subject,
    code: { text: 'Asthma' },
    contained: [{ resourceType: 'Practitioner', id: 'p', name: [{ family: 'Reed' }] }],
    asserter: { reference: '#p' },
  };
  await write('gp', ['PUT', '/Condition/c1', problem]);
  await write('gp', ['PUT', '/Condition/c1', { ...problem, code: { text: 'Asthma, mild' } }]);
  await write('gp', ['PUT', '/Condition/c2', { resourceType: 'Condition', id: 'c2', subject, code: { text: 'Fall' } }]);
  await write('gp', ['DELETE', '/Condition/c2']);
  await write('gp', ['DELETE', `/Patient/${String(made)}`]);
  const weight = { value: 71.5, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' };
  const observation = {
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'Weight' },
    subject,
    valueQuantity: weight,
  };
  await write('gp', [
    'POST',
    '',
    {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        {
          fullUrl: 'urn:uuid:00000000-0000-4000-8000-000000000001',
          resource: { resourceType: 'Patient', gender: 'male' },
          request: { method: 'POST', url: 'Patient' },
        },
        {
          resource: { ...observation, subject: { reference: 'urn:uuid:00000000-0000-4000-8000-000000000001' } },
          request: { method: 'POST', url: 'Observation' },
        },
      ],
    },
  ]);
  await Promise.all(
    Array.from({ length: 12 }, (_, n) =>
      write('app', [
        'PUT',
        `/Observation/o${n % 4}`,
        { ...observation, id: `o${n % 4}`, valueQuantity: { ...weight, value: 70 + n } },
      ]),
    ),
  );
  await write('gp', [
    'PUT',
    '/SearchParameter/onset',
    {
      resourceType: 'SearchParameter',
      id: 'onset',
      url: 'https://example.org/onset',
      name: 'onset',
      status: 'active',
      description: 'onset',
      code: 'onset-text',
      base: ['Condition'],
      type: 'string',
      expression: 'Condition.code.text',
    },
  ]);
}

async function changePolicy(house: House): Promise<void> {
  const post = async (where: string, body: object) => {
    const answer = await house.http('POST', `/api/v1/policies${where}`, { body });
    assert.ok(answer.status < 300, answer.text);
  };
  await post('', { body: STRICT, ...AUTHOR });
  await post('/uk-default@3/approve', OTHER);
  await post('/uk-default@3/activate', OTHER);
  const [conflict] = listAt((await house.http('GET', '/api/v1/cases')).json, 'cases').filter(
    (one) => at(one, 'element') === 'birthDate',
  );
  assert.ok(conflict !== undefined, 'the strict policy leaves the birth date to a person');
  await house.fhir('PUT', '/Patient/app-1', {
    source: 'app',
    body: {
      resourceType: 'Patient',
      id: 'app-1',
      identifier: [{ system: 'https://example.org/registry', value: 'R-1' }],
      birthDate: '1961-07-06',
    },
  });
  await post('/roll-back', { by: 'author', reason: 'too many cases' });
}

/** Every row that is derived, without the numbers that rows happen to have and views that may end anywhere. */
export async function derived(house: House): Promise<{ readonly [table: string]: readonly string[] }> {
  const db = openDb({ url: house.url, connectionsMax: 1 });
  const named = `(select type || '/' || id from resource r where r.key = t.key)`;
  const tables: { [table: string]: string } = {
    subject: `(select to_jsonb(t) - 'view')::text`,
    subject_lookup: 't::text',
    person_truth: 't::text',
    resource: `(to_jsonb(t) - 'view' - 'key')::text`,
    version: 't::text',
    case_file: 't::text',
    case_history: 't::text',
  };
  for (const table of [
    'search_string',
    'search_date',
    'search_number',
    'search_quantity',
    'search_reference',
    'search_part',
  ])
    tables[table] = `${named} || (to_jsonb(t) - 'key')::text`;
  try {
    const found: { [table: string]: readonly string[] } = {};
    for (const [table, row] of Object.entries(tables)) {
      const own = table.startsWith('search_') ? 'where param between -9999 and 9999' : '';
      const { rows } = await db.query<{ row: string }>(`select ${row} as row from ${table} t ${own} order by 1`);
      found[table] = rows.map((one) => one.row);
    }
    return found;
  } finally {
    await db.close();
  }
}

/** The newest receipt that needs repair: others may come behind the commits. */
async function newestStopped(house: House): Promise<number> {
  const { json } = await house.http('GET', '/api/v1/receipts?state=quarantined&_count=1');
  return Number(at(json, 'receipts.0.id'));
}
