// Most messages say of a patient what was said before, word for word. They are kept and counted, and nothing that judging them anew would
// come to is missed: what grew old meanwhile, what is fresh again, who is not dead.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { at, type House, withHouse } from './harness.ts';
import { adt, mrnKey, patient, type Said, visit } from './messages.ts';

const NHS_NUMBER = '9990000018';
const WHO: Said = { mrn: 'RX1', nhs: NHS_NUMBER, family: 'Brook', given: 'Tom', born: '19510203', sex: '1' };
const PRACTICE = { nhs: NHS_NUMBER, family: 'Brook', given: 'Tom', born: '1951-02-03' };
const PHONE = { telecom: [{ system: 'phone', value: '01632 960001', use: 'home' }] };

let sent = 0;
async function says(house: House, when: string, { trigger = 'A31', who = WHO, more = [] as readonly string[] } = {}) {
  house.clock.set(when);
  sent += 1;
  const minute = when.slice(0, 16).replaceAll(/\D/g, '');
  await house.hl7('pas', adt({ trigger, id: `M${sent}`, at: minute, who, more }));
  await house.idle();
}

async function writes(house: House, when: string, more: object = {}) {
  house.clock.set(when);
  const body = patient('gp-1', { ...PRACTICE, more: { ...PHONE, ...more } });
  const answer = await house.fhir('PUT', '/Patient/gp-1', { source: 'gp', body });
  assert.ok(answer.status < 300, answer.text);
  await house.idle();
}

async function personOf(house: House): Promise<string> {
  const { rows } = await house.running.db.query<{ person: string }>('select person from subject where key = $1', [
    mrnKey(WHO.mrn),
  ]);
  return rows[0]?.person ?? '';
}

async function stateOf(house: House, element: string): Promise<unknown> {
  const { rows } = await house.running.db.query<{ verdicts: object }>(
    'select verdicts from person_truth where person = $1',
    [await personOf(house)],
  );
  const verdict: unknown = Reflect.get(rows[0]?.verdicts ?? {}, element);
  return at(verdict, 'state');
}

async function versionOf(house: House): Promise<unknown> {
  return at((await house.fhir('GET', `/Patient/${await personOf(house)}`)).json, 'meta.versionId');
}

suite('what is said again word for word', () => {
  test('is a statement of its own, changes nothing served, and leaves what waits for a person as it is', () =>
    withHouse(async (house) => {
      const who: Said = { ...WHO, died: ['201906010800', 'Y'] };
      await writes(house, '2020-01-01T09:00:00.000Z', { deceasedDateTime: '2019-05-01' });
      await says(house, '2020-01-02T09:00:00.000Z', { who });
      const open = async () =>
        (await house.cases()).map(({ id, competingSet, openedAt }) => ({ id, competingSet, openedAt }));
      const [version, cases] = [await versionOf(house), await open()];
      assert.equal(cases.length, 1);
      const before = (await house.books()).index;
      for (const day of ['03', '04', '05']) await says(house, `2020-01-${day}T09:00:00.000Z`, { who });
      assert.deepEqual(await open(), cases);
      assert.equal(await versionOf(house), version);
      assert.ok(
        (await house.books()).index >= before + 6,
        'each receipt and each statement has its place in the ledger',
      );
      const { rows } = await house.running.db.query<{ said: string }>(
        `select max(said_at)::text as said from statement where source = 'pas' and type = 'Patient'`,
      );
      assert.match(rows[0]?.said ?? '', /^2020-01-05/);
    }));

  test('makes what others said long ago show as old, and what its own source says again fresh', () =>
    withHouse(async (house) => {
      await writes(house, '2020-01-01T09:00:00.000Z');
      await says(house, '2020-01-02T09:00:00.000Z');
      const who = { ...WHO, address: '1 High St^^Borchester^^ZZ99 1AA^GBR^H' };
      await says(house, '2022-06-01T09:00:00.000Z', { who });
      assert.equal(await stateOf(house, 'telecom'), 'known');
      await says(house, '2023-01-02T09:00:00.000Z', { who });
      assert.equal(await stateOf(house, 'telecom'), 'stale');
      await says(house, '2023-01-03T09:00:00.000Z', { who });
      assert.equal(await stateOf(house, 'telecom'), 'stale');
      await writes(house, '2023-01-04T09:00:00.000Z');
      assert.equal(await stateOf(house, 'telecom'), 'known');
    }));

  test('still opens a case when somebody recorded as dead attends', () =>
    withHouse(async (house) => {
      const who: Said = { ...WHO, died: ['202401100800', 'Y'] };
      await says(house, '2024-01-11T09:00:00.000Z', { who });
      await says(house, '2024-01-12T09:00:00.000Z', { who });
      const open = async () => (await house.cases()).filter((one) => one.element === 'deceased[x]');
      assert.deepEqual(await open(), []);
      const more = [visit('V9', 'W1', '202402010900')];
      await says(house, '2024-02-01T10:00:00.000Z', { who, trigger: 'A01', more });
      assert.equal((await open()).length, 1);
    }));
});
