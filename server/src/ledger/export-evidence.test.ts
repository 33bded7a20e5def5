// Evidence exported from a played morning, checked as an outsider would.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decodeEvidence, generateKeyPem, signerOf, verifyEvidence } from '@vouch/proof';
import { type Clock, settableClock } from '../base/clock.ts';
import type { Db } from '../base/db.ts';
import { mintWith } from '../base/mint.ts';
import { peek } from '../hl7v2/index.ts';
import { createIntake } from '../intake/intake.ts';
import type { Delivery } from '../intake/types.ts';
import { loadRegistry } from '../operate/sources.ts';
import { appendPolicy } from '../operate/writer.ts';
import { personAt } from '../pipeline/person-at.ts';
import { readPlaces } from '../pipeline/person-reader.ts';
import { startPipeline } from '../pipeline/run.ts';
import { withDatabase } from '../testkit/database.ts';
import { generateMorning, type MorningDelivery } from '../testkit/morning/index.ts';
import { citedStatements, examine, loadPolicy, type Policy, tell } from '../truth/index.ts';
import { auditContents } from './audit.ts';
import { exportEvidence } from './export-evidence.ts';
import { openLedger } from './hashes.ts';
import { readCheckpoints, readHeadSize } from './reader.ts';
import { randomSalts } from './salts.ts';
import { seal } from './seal.ts';

const signer = signerOf('vouch.test/ledger', generateKeyPem());
const clock = settableClock('2026-03-02T07:00:00Z');
const salts = randomSalts();
const POLICY = 'uk-default@1';
const policyText = readFileSync(new URL('../../../policies/uk-default.v1.yaml', import.meta.url), 'utf8');
const ELEMENTS = [
  'birthDate',
  'name',
  'name.family',
  'identifier',
  'telecom',
  'address',
  'deceased[x]',
  'gender',
  'AllergyIntolerance',
];

function policy(): Policy {
  const loaded = loadPolicy(policyText, POLICY);
  assert.ok(loaded.ok);
  return loaded.policy;
}

/** Plays deliveries through intake and pipeline, as the doors would hand them over. */
async function play(db: Db, deliveries: readonly Delivery[], sources: ReturnType<typeof generateMorning>['sources']) {
  await appendPolicy(db, { name: POLICY, body: policyText }, { at: clock.now(), salts });
  const registry = await loadRegistry({ db, clock, salts });
  for (const { source } of sources) await registry.register(source);
  await registry.ensure('local', { name: 'People at a keyboard', kind: 'person' });
  const standing = { mint: mintWith(new Uint8Array(32)), policy: policy() };
  const incidents: unknown[] = [];
  const pipeline = startPipeline({
    find: async () => [],
    held: async () => undefined,
    db,
    clock: clock satisfies Clock,
    salts,
    standing: () => ({ ...standing, sources: registry.all() }),
    events: { committed: () => undefined, incident: (what, error) => incidents.push([what, error]) },
    deliveriesWaiting: () => 0,
  });
  const intake = createIntake({
    db,
    salts,
    onDurable: pipeline.offer,
    onUnknown: pipeline.missed,
    settled: pipeline.settled,
  });
  await Promise.all(deliveries.map((delivery) => intake.submit(delivery)));
  await pipeline.idle();
  await pipeline.stop();
  assert.deepEqual(incidents, []);
}

function deliveryOf({ at, source, payload, ...rest }: MorningDelivery): Delivery | undefined {
  const common = { source, bytes: payload, receivedAt: at, defect: undefined, note: undefined };
  if (rest.via === 'mllp') {
    const peeked = peek(payload);
    const orderingKeys = peeked?.patientKeys ?? [];
    return { ...common, door: 'mllp', format: 'hl7v2', deliveryKey: undefined, orderingKeys, interaction: undefined };
  }
  const plain = { ...common, deliveryKey: undefined, orderingKeys: [], interaction: undefined };
  const isCsvFile = rest.via === 'folder' && rest.fileName.endsWith('.csv');
  if (isCsvFile || rest.via === 'csv') return { ...plain, door: isCsvFile ? 'folder' : 'receipts', format: 'csv' };
  if (rest.via === 'ruling') return { ...plain, door: 'ruling', format: 'ruling' };
  if (rest.via !== 'fhir') return undefined;
  const [, type, id] = rest.path.split('/');
  const kind = type === undefined || type === '' ? 'transaction' : rest.method === 'PUT' ? 'update' : 'create';
  return {
    ...common,
    door: 'fhir',
    format: 'fhir-json',
    deliveryKey: undefined,
    orderingKeys: [],
    interaction: { kind, type, id },
  };
}

/** One source says "no known allergy" of this person, another names one. */
function isAboutDisputedAllergy({ payload }: MorningDelivery): boolean {
  return Buffer.from(payload).includes('9990745706');
}

type Question = { readonly id: string; readonly element: string; readonly asOf: number };

/** One element of each person in turn, now and as of a third of the ledger; and every element that was chosen or is disputed. */
async function questions(db: Db, size: number): Promise<readonly Question[]> {
  const persons = await db.query<{ id: string }>('select distinct person as id from subject order by id');
  const decided = await db.query<{ id: string; element: string }>(
    `select person as id, key as element from person_truth, jsonb_each(verdicts) where value->>'state' not in ('known', 'missing')`,
  );
  return [
    ...decided.rows.map((row) => ({ ...row, asOf: size })),
    ...persons.rows.flatMap(({ id }, position) => {
      const element = ELEMENTS[position % ELEMENTS.length] ?? 'name';
      return [size, Math.floor(size / 3)].map((asOf) => ({ id, element, asOf }));
    }),
  ];
}

async function explained(db: Db, { id, element, asOf }: Question) {
  const person = await personAt(db, id, asOf);
  if (person === undefined) return undefined;
  const { subjects, statements, rulings, sourceNames } = person;
  const examined = examine({
    policy: policy(),
    person: person.id,
    subjects,
    statements,
    rulings,
    element,
    asOf,
    at: clock.now(),
    sourceNames,
  });
  assert.ok(!('message' in examined));
  const places = await readPlaces(db, citedStatements(examined));
  return tell(examined, { places: (statement) => places.get(statement) ?? [], sources: undefined });
}

test('what the pipeline stores is what its leaves committed to, and every explanation of it can be proven', {
  timeout: 120_000,
}, async () => {
  const morning = generateMorning({ seed: 7 });
  const deliveries = morning.deliveries
    .filter((one) => one.story !== undefined || one.index < 100 || isAboutDisputedAllergy(one))
    .flatMap((one) => deliveryOf(one) ?? []);
  await withDatabase(async ({ db, owner }) => {
    await play(db, deliveries, morning.sources);
    await seal({ db, signer, clock });
    const size = await readHeadSize(db);
    assert.ok(size > 700, `${size} leaves`);
    assert.deepEqual(await auditContents(db, 0, size), []);
    const since = (await readCheckpoints(db, 0))[0]?.size ?? assert.fail();
    const ledger = openLedger(db);
    const states = new Map<string, number>();
    for (const [position, question] of (await questions(db, size)).entries()) {
      const explanation = await explained(db, question);
      if (explanation === undefined) continue;
      const file = await exportEvidence(
        { ...ledger, signer, clock },
        { explanation, since, payloads: position % 2 === 0 },
      );
      const { findings } = verifyEvidence(Buffer.from(file), { key: signer.verifierKey });
      assert.deepEqual(findings, [], JSON.stringify(question));
      states.set(explanation.state, (states.get(explanation.state) ?? 0) + 1);
    }
    assert.ok(
      (states.get('known') ?? 0) > 30 && states.has('conflicting') && states.has('assumed'),
      JSON.stringify([...states]),
    );
    await checkTampering(db, owner, size);
  });
});

async function checkTampering(db: Db, owner: Db, size: number): Promise<void> {
  const receipt =
    (await db.query<{ id: number }>('select id from receipt order by id limit 1')).rows[0]?.id ?? assert.fail();
  const file = await exportEvidence({ db, signer, clock }, { receipts: [receipt], payloads: true });
  const { evidence } = decodeEvidence(Buffer.from(file));
  assert.deepEqual(
    evidence.leaves.map((leaf) => [leaf.index, leaf.kind, leaf.payload !== undefined]),
    [[receipt, 'receipt', true]],
  );
  assert.ok(verifyEvidence(Buffer.from(file)).ok);
  await assert.rejects(exportEvidence({ db, signer, clock }, { leaves: [size] }), { code: 'no-such-input' });
  await assert.rejects(exportEvidence({ db, signer, clock }, { statements: [1] }), { code: 'no-such-input' });
  await assert.rejects(exportEvidence({ db, signer, clock }, { since: 1 }), { code: 'no-such-checkpoint' });
  await owner.query('alter table receipt disable trigger append_only');
  await owner.query('update receipt set door = $1 where id = $2', ['folder', receipt]);
  await assert.rejects(
    exportEvidence({ db, signer, clock }, { receipts: [receipt] }),
    /no longer agree \(row-changed\)/,
  );
  assert.deepEqual(await auditContents(db, 0, size), [{ index: receipt, kind: 'receipt', what: 'row-changed' }]);
}
