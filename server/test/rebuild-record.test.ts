// What the record of a plan keeps that no other input tells: without it a rebuild would compute something else.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openDb } from '../src/base/db.ts';
import { type House, withHouse } from './harness.ts';
import { adt, merged, mrnKey, type Said } from './messages.ts';
import { rebuilt } from './rebuild-day.ts';

const ANNA = {
  resourceType: 'Patient',
  name: [{ family: 'Lark', given: ['Anna'] }],
  birthDate: '1961-07-19',
  gender: 'female',
};
const TOM: Said = { mrn: 'RX1', nhs: '9990000018', family: 'Brook', given: 'Tom', born: '19510203', sex: '1' };
const TIM: Said = { mrn: 'RX2', nhs: '9990000026', family: 'Brook', given: 'Tim', born: '19880102', sex: '1' };

const UNNUMBERED: Said = { mrn: 'RX2', family: 'Brook', given: 'Tim', born: '19880102', sex: '1' };

/** The same to the byte with what the record keeps; without it only `case_file` differs, by so many cases. */
async function needs(house: House, column: 'founded' | 'merges', without: string): Promise<void> {
  await house.idle();
  const whole = await rebuilt(house, { check: true });
  assert.equal(whole.outcome, 'same', JSON.stringify(whole.compared));
  const owner = openDb({ url: house.url, connectionsMax: 1 });
  await owner.query('alter table plan_record disable trigger append_only');
  const { rowCount } = await owner.query(`update plan_record set ${column} = ${without} where ${column} is not null`);
  await owner.close();
  assert.ok(rowCount > 0, 'the record kept something');
  const broken = await rebuilt(house, { check: true, restart: true });
  assert.deepEqual([broken.outcome, broken.compared?.differing], ['different', { case_file: 1 }]);
}

suite('the record of a plan', () => {
  test('keeps to whose id a caller wrote: without it, two alike would wait for a person who had been told that they are one', async () => {
    await withHouse(async (house) => {
      for (const source of ['gp', 'app']) {
        const written = await house.fhir('PUT', '/Patient/gp-1', { source, body: { ...ANNA, id: 'gp-1' } });
        assert.ok(written.status < 300, written.text);
      }
      assert.deepEqual(await house.cases(), []);
      await needs(house, 'founded', `(select jsonb_agg(one - 'addressed') from jsonb_array_elements(founded) one)`);
    });
  });

  test('keeps whom a sender merged: without it, nobody would be told of a merge that a veto refused', async () => {
    await withHouse(async (house) => {
      await house.hl7('pas', adt({ trigger: 'A28', id: 'P1', at: '202603020701', who: TOM }));
      await house.hl7('pas', adt({ trigger: 'A28', id: 'P2', at: '202603020702', who: TIM }));
      await house.hl7('pas', adt({ trigger: 'A40', id: 'P3', at: '202603020703', who: TOM, more: [merged('RX2')] }));
      await house.idle();
      assert.deepEqual(
        (await house.cases()).map((one) => one.kind),
        ['identity-veto'],
      );
      await needs(house, 'merges', 'null');
    });
  });

  test('keeps whom a sender merged against a ruling, which somebody is told of', async () => {
    await withHouse(async (house) => {
      await house.hl7('pas', adt({ trigger: 'A28', id: 'P1', at: '202603020701', who: TOM }));
      await house.hl7('pas', adt({ trigger: 'A28', id: 'P2', at: '202603020702', who: UNNUMBERED }));
      const pair = { a: { source: 'pas', key: mrnKey('RX1') }, b: { source: 'pas', key: mrnKey('RX2') } };
      const ruled = await house.rule({ kind: 'not-same', ...pair, reason: 'Brothers.', by: 'records' });
      assert.equal(ruled.status, 201, ruled.text);
      await house.hl7('pas', adt({ trigger: 'A40', id: 'P3', at: '202603020703', who: TOM, more: [merged('RX2')] }));
      await house.idle();
      assert.equal((await house.cases()).length, 1);
      await needs(house, 'merges', 'null');
    });
  });
});
