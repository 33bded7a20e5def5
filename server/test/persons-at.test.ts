// Several persons read at once are to the byte what each is when read alone, whoever was linked with whom.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDb } from '../src/base/db.ts';
import { personAt, personsAt } from '../src/pipeline/person-at.ts';
import { JUDGED_TYPES } from '../src/truth/index.ts';
import { type House, withHouse } from './harness.ts';

async function tell(house: House, source: string, body: { resourceType: string; id: string; [name: string]: unknown }) {
  const answer = await house.fhir('PUT', `/${body.resourceType}/${body.id}`, { source, body });
  assert.ok(answer.status < 300, answer.text);
}

test('several persons read at once are what each is when read alone, then as now', async () => {
  await withHouse(async (house) => {
    const numbered = (value: string) => [{ system: 'https://example.org/registry', value }];
    for (const n of [1, 2, 3])
      for (const source of ['gp', 'app'])
        await tell(house, source, {
          ...{ resourceType: 'Patient', id: `${source}-${n}`, identifier: numbered(n === 3 ? source : `R-${n}`) },
          birthDate: `196${n}-06-07`,
        });
    for (const patient of ['gp-1', 'app-2', 'gp-1'])
      await tell(house, patient.slice(0, patient.indexOf('-')), {
        ...{
          resourceType: 'Condition',
          id: 'problem',
          subject: { reference: `Patient/${patient}` },
          code: { text: 'Asthma' },
        },
        // Said to be about somebody else, and then to be about the first again.
        ...{ note: [{ text: patient }] },
      });
    await tell(house, 'gp', {
      ...{ resourceType: 'Provenance', id: 'p1', target: [{ reference: 'Condition/problem' }] },
      ...{ recorded: '2026-01-01T00:00:00Z', agent: [{ who: { display: 'A clerk' } }] },
      entity: [{ role: 'source', what: { reference: 'Condition/elsewhere' } }],
    });
    await house.idle();
    const { index } = await house.books();
    const db = openDb({ url: house.url });
    try {
      const ids = ['gp-1', 'app-1', 'gp-2', 'app-2', 'gp-3', 'app-3', 'nobody'];
      for (const asOf of Array.from({ length: index + 1 }, (_unused, size) => size)) {
        const together = await personsAt(db, ids, { asOf, types: JUDGED_TYPES });
        for (const id of ids) {
          const alone = await personAt(db, id, { asOf, types: JUDGED_TYPES });
          assert.equal(JSON.stringify(together.get(id)), JSON.stringify(alone), `${id} as of ${asOf}`);
        }
      }
    } finally {
      await db.close();
    }
  });
});
