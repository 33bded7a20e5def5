// Promises about order and repetition, on the real pipeline: small random hospitals, delivered in every way that may be.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { parseFaithful } from '../../src/base/json.ts';
import { personAt } from '../../src/pipeline/person-at.ts';
import { readVersionAt } from '../../src/record/reader.ts';
import { loadPolicy } from '../../src/truth/index.ts';
import type { Policy } from '../../src/truth/types.ts';
import { at, type House, withHouse } from '../harness.ts';
import { type Delivered, deliveries, reordered, scripts } from '../hospital-script.ts';
import { type Resolver, real } from './resolver.ts';

const RUNS = Number(process.env['VOUCH_GATE_STORE_RUNS'] ?? 40);
const seed = Number(process.env['VOUCH_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

async function deliver(house: House, one: Delivered): Promise<void> {
  const { source, type, key, body } = one;
  const answer = await house.http('POST', '/api/v1/receipts', {
    source,
    type,
    headers: { 'idempotency-key': key },
    body,
  });
  assert.equal(answer.status, 202, answer.text);
}

type Truth = {
  readonly [person: string]: { readonly patient: unknown; readonly verdicts: unknown; readonly allergies: unknown };
};

/** What is held of the people of one run: persons as sets of source subjects, and what is served of each but its ids. */
async function truthOf(house: House, run: number): Promise<Truth> {
  const { db } = house.running;
  const { rows } = await db.query<{ id: string; person: string; source: string; key: string; retired: boolean }>(
    `select id, person, source, key, retired from subject where key ~ $1 order by source, key`,
    [`(\\|[AB]|/(gp|app)-)${run}-\\d$`],
  );
  const persons = Map.groupBy(rows, (row) => row.person);
  const truth: { [person: string]: Truth[string] } = {};
  for (const [person, subjects] of persons) {
    const name = subjects.map(({ source, key, retired }) => `${source} ${key}${retired ? ' retired' : ''}`).join(' + ');
    const served = await house.fhir('GET', `/Patient/${person}`);
    const verdicts = await db.query<{ verdicts: unknown }>('select verdicts from person_truth where person = $1', [
      person,
    ]);
    const known = await house.http('GET', `/api/v1/persons/${person}`);
    const allergies = (at(known.json, 'verdicts') as readonly unknown[] | undefined)?.filter(
      (one) => at(one, 'element') === 'AllergyIntolerance',
    );
    truth[name] = {
      patient: body(served.text),
      verdicts: verdicts.rows[0]?.verdicts,
      allergies: allergies?.map((one) => at(one, 'values')),
    };
  }
  return truth;
}

/** Without what names this person among others: ids, versions, times, and the links to the ids of its other subjects. */
function body(text: string): unknown {
  const { id: _id, meta: _meta, link: _link, ...rest } = parseFaithful(text) as { readonly [member: string]: unknown };
  return rest;
}

suite('small random hospitals', () => {
  test('any order of arrival that keeps each subject’s own gives the same truth', async (t) => {
    t.diagnostic(`VOUCH_SEED=${seed}`);
    await withHouse((first) =>
      withHouse(async (second) => {
        let run = 0;
        const property = fc.asyncProperty(scripts, fc.infiniteStream(fc.nat(1_000)), async (drawn, choices) => {
          run += 1;
          const said = deliveries(drawn, run);
          const other = reordered(said, [...choices.take(said.length)]);
          for (const one of said) {
            await deliver(first, one);
            await first.idle();
          }
          // All at once, so that they share batches too.
          for (const one of other) await deliver(second, one);
          await second.idle();
          assert.deepEqual(await truthOf(second, run), await truthOf(first, run));
        });
        await fc.assert(property, { seed, numRuns: RUNS });
      }),
    );
  });

  test('everything delivered twice changes nothing but the count of duplicates', async (t) => {
    t.diagnostic(`VOUCH_SEED=${seed}`);
    await withHouse(async (house) => {
      let run = 0;
      const property = fc.asyncProperty(scripts, async (drawn) => {
        run += 1;
        const said = deliveries(drawn, run);
        for (const one of said) await deliver(house, one);
        await house.idle();
        const [before, books] = [await everything(house), await house.books()];
        for (const one of said.toReversed()) await deliver(house, one);
        await house.idle();
        assert.deepEqual(await everything(house), before);
        const { total } = await house.books();
        assert.deepEqual(total.states, {
          ...books.total.states,
          duplicate: books.total.states.duplicate + said.length,
        });
        assert.deepEqual([total.received, total.residual], [books.total.received + said.length, 0]);
      });
      await fc.assert(property, { seed, numRuns: RUNS });
    });
  });

  test('what is stored is what the inputs alone come to, now and as of any time before', async (t) => {
    t.diagnostic(`VOUCH_SEED=${seed}`);
    await withHouse(async (house) => {
      const policy = await policyOf();
      const broken: Resolver = {
        ...real,
        decide: (input) => real.decide({ ...input, subjects: input.subjects.slice(-1) }),
      };
      let noticed = false;
      let run = 0;
      const property = fc.asyncProperty(
        scripts,
        fc.array(fc.nat(), { minLength: 3, maxLength: 3 }),
        async (drawn, picks) => {
          run += 1;
          const from = (await house.books()).index;
          for (const one of deliveries(drawn, run)) await deliver(house, one);
          await house.idle();
          const { index } = await house.books();
          const sizes = await commitSizes(house, from);
          const { rows } = await house.running.db.query<{ id: string; person: string }>(
            'select id, person from subject where key ~ $1',
            [`(\\|[AB]|/(gp|app)-)${run}-\\d$`],
          );
          for (const size of [index, ...picks.map((pick) => sizes[pick % sizes.length] ?? index)]) {
            for (const { id } of rows) await storedIsRecomputed(house, { policy, id, size, resolver: real });
          }
          for (const { id } of rows)
            noticed ||= await differs(() => storedIsRecomputed(house, { policy, id, size: index, resolver: broken }));
        },
      );
      await fc.assert(property, { seed, numRuns: RUNS });
      assert.ok(noticed, 'a fold that believes the last subject alone is noticed');
    });
  });
});

/** All that is derived, to the byte. */
async function everything(house: House): Promise<unknown> {
  const tables = [
    'select * from version order by type, id, version',
    'select * from subject order by id',
    'select * from person_truth order by person',
    'select * from case_file order by id',
    'select id, a, b, kind, rule from link order by id',
  ];
  return Promise.all(tables.map(async (table) => (await house.running.db.query(table)).rows));
}

/** Ledger sizes at which no receipt is half applied. */
async function commitSizes(house: House, from: number): Promise<readonly number[]> {
  const { rows } = await house.running.db.query<{ size: number }>(
    'select distinct index as size from version where index >= $1 order by 1',
    [from],
  );
  return rows.map(({ size }) => size);
}

async function policyOf(): Promise<Policy> {
  const body = await readFile(new URL('../../../policies/uk-default.v1.yaml', import.meta.url), 'utf8');
  const loaded = loadPolicy(body, 'uk-default@1');
  assert.ok(loaded.ok);
  return loaded.policy;
}

/** The patient as composed from statements, links and rulings before `size`, against the version stored then. */
type Recomputed = {
  readonly policy: Policy;
  readonly id: string;
  readonly size: number;
  readonly resolver: Resolver;
};
async function storedIsRecomputed(house: House, { policy, id, size, resolver }: Recomputed): Promise<void> {
  const { db } = house.running;
  const person = await personAt(db, id, size);
  if (person === undefined) return assert.equal(await readVersionAt(db, { type: 'Patient', id }, size), undefined);
  const { subjects, rulings, allergies } = person;
  const at = house.clock.now();
  const { verdicts } = resolver.decide({ policy, subjects, rulings, at });
  const stored = await readVersionAt(db, { type: 'Patient', id: person.id }, size);
  assert.ok(stored !== undefined, `Patient/${person.id} as of ${size}`);
  assert.deepEqual(withoutFrame(stored.text), withoutFrame(resolver.composePatient(verdicts, subjects, person.id)));
  if (size !== (await house.books()).index) return;
  const all = [...verdicts, resolver.decideAllergies({ policy, allergies, rulings, at })];
  const summary = Object.fromEntries(
    all.map(({ element, state, harm, because }) => [element, { state, harm, rule: because.rule }]),
  );
  const { rows } = await db.query<{ verdicts: unknown }>('select verdicts from person_truth where person = $1', [
    person.id,
  ]);
  assert.deepEqual(rows[0]?.verdicts, summary);
}

async function differs(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return false;
  } catch (error) {
    if (error instanceof assert.AssertionError) return true;
    throw error;
  }
}

function withoutFrame(text: string): unknown {
  const { id: _id, meta: _meta, ...rest } = JSON.parse(text) as { readonly [member: string]: unknown };
  return rest;
}
