// Cases over the API: in the order of their gravity, page by page without a gap or a repeat, and one by its id.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CasePage, CaseSummary } from '../src/operate/types.ts';
import { vouch } from './cli-server.ts';
import { type House, withHouse } from './harness.ts';
import { adt, patient } from './messages.ts';

/** Open cases of two kinds, some at the same moment: receipts that need repair, and allergies that sources disagree about. */
async function someCases(house: House): Promise<void> {
  for (let n = 0; n < 7; n += 1) {
    house.clock.set(`2026-03-02T08:0${Math.floor(n / 2)}:00Z`);
    await house.hl7('pas', adt({ trigger: 'A28', id: `Q${n}`, at: '202603020701', who: { mrn: '' } }));
  }
  for (const [n, nhs] of NUMBERS.entries()) {
    house.clock.set(`2026-03-02T09:0${3 - n}:00Z`);
    const who = { mrn: `RX${n}`, nhs, family: 'Lark', given: 'Ada', born: '19600607' };
    await house.hl7(
      'pas',
      adt({ trigger: 'A28', id: `A${n}`, at: '202603020701', who, more: ['AL1|1|DA|716186003^No known allergy^SCT'] }),
    );
    await house.fhir('PUT', `/Patient/g${n}`, {
      source: 'gp',
      body: patient(`g${n}`, { nhs, family: 'Lark', given: 'Ada', born: '1960-06-07' }),
    });
    await house.fhir('PUT', `/AllergyIntolerance/g${n}`, { source: 'gp', body: allergy(n) });
  }
  await house.idle();
}
const NUMBERS = ['9990000018', '9990000026', '9990000034'];

function allergy(n: number): object {
  return {
    resourceType: 'AllergyIntolerance',
    id: `g${n}`,
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
    },
    code: { coding: [{ system: 'http://snomed.info/sct', code: '91936005', display: 'Allergy to penicillin' }] },
    patient: { reference: `Patient/g${n}` },
  };
}

async function pages(house: House, first: string): Promise<readonly CasePage[]> {
  const found: CasePage[] = [];
  for (let next: string | undefined = first; next !== undefined; next = found.at(-1)?.next)
    found.push((await house.http('GET', next)).json as CasePage);
  return found;
}

const rankOf = ({ harm = 'H0', openedAt, id }: CaseSummary) => `${9 - Number(harm.slice(1))} ${openedAt} ${id}`;

test('open cases come the gravest and oldest first, page by page, with none left out and none twice', async () => {
  await withHouse(async (house) => {
    await someCases(house);
    const [whole] = await pages(house, '/api/v1/cases?limit=500');
    assert.ok(whole !== undefined && whole.next === undefined);
    assert.deepEqual(whole.kinds, { conflict: 3, quarantined: 7 });
    assert.equal(whole.total, 10);
    assert.deepEqual(whole.cases.map(rankOf), whole.cases.map(rankOf).toSorted());
    assert.deepEqual(
      whole.cases.map(({ kind }) => kind),
      [...Array<string>(3).fill('conflict'), ...Array<string>(7).fill('quarantined')],
    );
    for (const limit of [1, 3, 10]) {
      const found = await pages(house, `/api/v1/cases?limit=${limit}`);
      assert.deepEqual(
        found.flatMap(({ cases }) => cases.map(({ id }) => id)),
        whole.cases.map(({ id }) => id),
        `${limit} a page`,
      );
      assert.ok(found.every(({ total }) => total === 10));
    }
    const ofKind = await pages(house, '/api/v1/cases?limit=2&kind=quarantined');
    assert.deepEqual(
      ofKind.map(({ cases }) => cases.length),
      [2, 2, 2, 1],
    );
  });
});

test('a case that closes between two pages moves no other out of sight', async () => {
  await withHouse(async (house) => {
    await someCases(house);
    const all = (await house.cases()).map(({ id }) => id);
    const first = (await house.http('GET', '/api/v1/cases?limit=5')).json as CasePage;
    const last = first.cases.at(-1) ?? assert.fail();
    await house.rule({ kind: 'reject', receipt: last.receipt, reason: 'sent by mistake', by: 'B. Clerk' });
    await house.idle();
    const rest = await pages(house, first.next ?? assert.fail());
    assert.deepEqual(
      [...first.cases, ...rest.flatMap(({ cases }) => cases)].map(({ id }) => id),
      all,
    );
    const closed = await pages(house, '/api/v1/cases?state=closed');
    assert.deepEqual(
      closed.flatMap(({ cases }) => cases.map(({ id, state }) => [id, state])),
      [[last.id, 'closed']],
    );
  });
});

test('closed cases come the newest first, page by page', async () => {
  await withHouse(async (house) => {
    await someCases(house);
    const repairs = (await house.cases()).filter(({ kind }) => kind === 'quarantined');
    for (const { receipt } of repairs)
      await house.rule({ kind: 'reject', receipt, reason: 'sent by mistake', by: 'B. Clerk' });
    await house.idle();
    const found = (await pages(house, '/api/v1/cases?state=closed&limit=2')).flatMap(({ cases }) => cases);
    assert.deepEqual(found.map(({ id }) => id).toSorted(), repairs.map(({ id }) => id).toSorted());
    const times = found.map(({ openedAt }) => openedAt);
    assert.deepEqual(times, times.toSorted().toReversed());
  });
});

test('one case is read by its id, open or closed, and the command line pages as the API does', async () => {
  await withHouse(async (house) => {
    await someCases(house);
    const [grave] = await house.cases();
    const { conflict, ...alone } = (await house.http('GET', `/api/v1/cases/${grave?.id}`)).json as CaseSummary;
    assert.deepEqual(alone, grave);
    assert.equal(conflict?.competingSet, grave?.competingSet);
    const env = { VOUCH_SERVER: house.running.addresses.http };
    const first = await vouch(['cases', '--kind', 'quarantined', '--limit', '4'], env);
    assert.match(first.out, /^4 of 7 open quarantined cases$/m);
    const more =
      /^More: vouch (cases --kind quarantined --limit 4 --after \S+)$/m.exec(first.out)?.[1] ?? assert.fail();
    const second = await vouch(more.split(' '), env);
    assert.match(second.out, /^3 of 7 open quarantined cases$/m);
    assert.doesNotMatch(second.out, /More:/);
    const shown = [first.out, second.out].flatMap((out) =>
      [...out.matchAll(/^(\S+) {2}quarantined/gm)].map(([, id]) => id),
    );
    assert.equal(new Set(shown).size, 7);
  });
});
