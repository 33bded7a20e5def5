// What is taken back as somebody else's, by a message or by a ruling, is taken back wherever it led to.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { recompute } from '../src/cli/rebuild-recompute.ts';
import type { CaseSummary, Withdrawal } from '../src/operate/types.ts';
import { vouch } from './cli-server.ts';
import { at, type House, listAt, withHouse } from './harness.ts';
import { rebuilt } from './rebuild-day.ts';

type Resource = { readonly resourceType: string; readonly id: string; readonly [element: string]: unknown };

const WRONG = [{ url: 'urn:vouch:extension:withdrawal', valueCode: 'wrong-patient' }];

async function put(house: House, source: string, body: Resource): Promise<void> {
  const answer = await house.fhir('PUT', `/${body.resourceType}/${body.id}`, { source, body });
  assert.ok(answer.status < 300, answer.text);
  await house.idle();
}

async function get(house: House, name: string): Promise<unknown> {
  return (await house.fhir('GET', `/${name}`)).json;
}

const patient = (id: string): Resource => ({
  ...{ resourceType: 'Patient', id, identifier: [{ system: 'https://example.org/mrn', value: 'M1' }] },
});
const snomed = (code: string) => ({ coding: [{ system: 'http://snomed.info/sct', code }] });
const subject = (id: string) => ({ subject: { reference: `Patient/${id}` } });
const potassium: Resource = {
  ...{ resourceType: 'Observation', id: 'k1', status: 'final', ...subject('p1') },
  code: { coding: [{ system: 'http://loinc.org', code: '2823-3' }] },
  valueQuantity: { value: 6.9, unit: 'mmol/L' },
};
const score: Resource = {
  ...{ resourceType: 'Observation', id: 'score', status: 'final', ...subject('p2') },
  code: { text: 'Early warning score' },
  valueInteger: 7,
  derivedFrom: [{ reference: 'Observation/k1' }],
};
const problem: Resource = {
  ...{ resourceType: 'Condition', id: 'c1', ...subject('p2'), code: snomed('14140009') },
  clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] },
  evidence: [{ detail: [{ reference: 'Observation/score' }] }],
};
const asthma = (id: string, of: string, code: string): Resource => ({
  ...{ resourceType: 'Condition', id, ...subject(of), code: snomed('195967001') },
  clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code }] },
});

async function twoSources(house: House): Promise<void> {
  await put(house, 'gp', patient('p1'));
  await put(house, 'app', patient('p2'));
}

async function casesWhen(house: House, isSo: (cases: readonly CaseSummary[]) => boolean) {
  for (let tries = 0; tries < 200; tries += 1) {
    const cases = await house.cases();
    if (isSo(cases)) return cases;
    await pause(50);
  }
  throw new Error(`open are ${(await house.cases()).map((one) => one.element).join(', ')}`);
}

const about = (cases: readonly CaseSummary[], element: string) => cases.find((one) => one.element === element);

async function caseOn(house: House, element: string): Promise<CaseSummary> {
  const cases = await casesWhen(house, (all) => about(all, element) !== undefined);
  return about(cases, element) ?? assert.fail();
}

function rests(resource: unknown): readonly unknown[] {
  return listAt(resource, 'extension')
    .filter((one) => at(one, 'url') === 'urn:vouch:extension:rests-on-withdrawn')
    .map((one) => at(one, 'valueReference.reference'));
}

async function found(house: House, search: string): Promise<readonly unknown[]> {
  return listAt((await house.fhir('GET', `/${search}`)).json, 'entry').map((one) => at(one, 'resource.id'));
}

/** Lines of an export of one type. */
async function exported(house: House, type: string): Promise<readonly string[]> {
  const headers = { accept: 'application/fhir+json', prefer: 'respond-async' };
  const begun = await house.fhir('GET', `/$export?_type=${type}`, { headers });
  for (let tries = 0; tries < 200; tries += 1) {
    const status = await house.http('GET', String(begun.headers.get('content-location')));
    const url = at(status.json, 'output.0.url');
    if (status.status === 200) return (await house.http('GET', String(url))).text.trimEnd().split('\n');
    await pause(20);
  }
  return assert.fail('the export does not end');
}

/** What is served is what the inputs give, computed again whole and by sample. */
async function sameAgain(house: House): Promise<void> {
  const whole = await rebuilt(house, { check: true });
  assert.equal(whole.outcome, 'same', JSON.stringify(whole.compared));
  assert.deepEqual((await recompute(house.running.db, { sample: 100, seed: '1' })).differences, []);
}

suite('what a source takes back', () => {
  test('reaches the score and the problem that rest on it: marked, explained, a case, ruled, and the same when computed again', async () => {
    await withHouse(async (house) => {
      await twoSources(house);
      await put(house, 'gp', potassium);
      await put(house, 'app', score);
      await put(house, 'app', problem);
      assert.deepEqual(rests(await get(house, 'Observation/score')), []);
      await put(house, 'gp', { ...potassium, status: 'entered-in-error', extension: WRONG });
      const withdrawal = await house.newest();

      const open = await caseOn(house, 'Withdrawn:Observation/k1');
      assert.match(open.summary, /^Observation\/k1 was withdrawn, and what rests on it still stands/);
      assert.deepEqual([open.harm, open.competitors.length], ['H2', 2]);
      assert.deepEqual(rests(await get(house, 'Observation/score')), ['Observation/k1']);
      assert.deepEqual(rests(await get(house, 'Condition/c1')), ['Observation/k1']);
      const everything = JSON.stringify(await get(house, 'Patient/p1/$everything'));
      assert.equal(everything.split('rests-on-withdrawn').length - 1, 2, 'whoever fetches the record sees it');
      const why = await get(house, 'Patient/p1/$explain?path=Observation/score');
      assert.match(
        String(at(why, 'text')),
        new RegExp(`Observation/score rests on Observation/k1, which was withdrawn\\. Whether .*case ${open.id}`),
      );
      const whyGone = await get(house, 'Patient/p1/$explain?path=Observation/k1');
      assert.match(
        String(at(whyGone, 'text')),
        /Observation\/k1 was withdrawn, and Condition\/c1 and Observation\/score rest on it/,
      );
      const journey = (await house.receipt(withdrawal)).withdrew ?? [];
      assert.deepEqual(reachedBy(journey), [['Observation/k1', 'Observation/score true', 'Condition/c1 true']]);
      const told = await vouch(['receipt', String(withdrawal)], { VOUCH_SERVER: house.running.addresses.http });
      assert.match(told.out, /reaches Observation\/score, by its derivedFrom Observation\/k1: it stands until/);
      await sameAgain(house);

      const whole = (await house.http('GET', `/api/v1/cases/${open.id}`)).json as CaseSummary;
      const possible = new Set(whole.conflict?.actions.map((one) => one.decision));
      assert.deepEqual([...possible].sort(), ['ask-source', 'both-valid', 'wrong-patient']);
      const ruling = { person: 'p1', element: open.element, competingSet: open.competingSet, by: 'Dr May' };
      const none = await house.rule({ ...ruling, kind: 'choose-none', reason: 'gone' });
      assert.deepEqual([none.status, at(none.json, 'title')], [422, 'ruling-not-possible']);
      const statement = open.competitors.find(
        (one) => at(one.value, 'id') === 'score' || at(one.value, 'valueInteger') === 7,
      );
      const ruled = await house.rule({
        ...ruling,
        kind: 'wrong-patient',
        statement: statement?.statement,
        reason: 'made of it',
      });
      assert.equal(ruled.status, 201, ruled.text);
      assert.deepEqual(reachedBy(at(ruled.json, 'withdrew') as readonly Withdrawal[]), [
        ['Observation/score', 'Condition/c1 true'],
      ]);
      const gone = await get(house, 'Observation/score');
      assert.deepEqual(
        [at(gone, 'status'), JSON.stringify(at(gone, 'extension'))],
        ['entered-in-error', JSON.stringify(WRONG)],
      );
      assert.deepEqual(await found(house, 'Observation?patient=p1&status=final'), []);

      const next = await caseOn(house, 'Withdrawn:Observation/score');
      assert.equal(about(await house.cases(), 'Withdrawn:Observation/k1'), undefined);
      assert.deepEqual(rests(await get(house, 'Condition/c1')), ['Observation/score']);
      const stands = { person: 'p1', element: next.element, competingSet: next.competingSet, by: 'Dr May' };
      const kept = await house.rule({ ...stands, kind: 'both-valid', reason: 'seen on the ECG as well' });
      assert.equal(kept.status, 201, kept.text);
      assert.deepEqual(rests(await get(house, 'Condition/c1')), []);
      await put(house, 'gp', { ...potassium, id: 'k2' });
      await pause(700);
      assert.deepEqual(await house.cases(), [], 'what was settled is not asked again');
      await sameAgain(house);
    });
  });

  test('reaches nothing that its own source said again, knowing of it', async () => {
    await withHouse(async (house) => {
      await put(house, 'gp', patient('p1'));
      await put(house, 'gp', potassium);
      await put(house, 'gp', { ...score, subject: { reference: 'Patient/p1' } });
      await put(house, 'gp', { ...potassium, status: 'entered-in-error' });
      await caseOn(house, 'Withdrawn:Observation/k1');
      house.clock.set('2026-03-02T09:00:00Z');
      await put(house, 'gp', { ...score, subject: { reference: 'Patient/p1' }, valueInteger: 2 });
      await casesWhen(house, (all) => all.length === 0);
      assert.deepEqual(rests(await get(house, 'Observation/score')), []);
    });
  });
});

function reachedBy(withdrew: readonly Withdrawal[]): readonly (readonly string[])[] {
  return withdrew.map(({ name, reached }) => [name, ...reached.map((one) => `${one.name} ${one.standing}`)]);
}

suite('an entry of a list that is ruled to be somebody else’s', () => {
  async function ruledOut(house: House): Promise<void> {
    await twoSources(house);
    await put(house, 'gp', asthma('a1', 'p1', 'active'));
    await put(house, 'app', asthma('a2', 'p2', 'resolved'));
    const [open] = (await house.cases()).filter((one) => one.kind === 'conflict');
    const statement = open?.competitors.find((one) => one.source === 'app')?.statement;
    const ruling = { kind: 'wrong-patient', person: 'p1', element: open?.element, competingSet: open?.competingSet };
    const ruled = await house.rule({ ...ruling, statement, reason: 'of his brother', by: 'Dr May' });
    assert.equal(ruled.status, 201, ruled.text);
    assert.deepEqual(await house.cases(), []);
  }

  const verified = (code: string) => `Condition?patient=p1&verification-status=${code}`;

  test('is served as entered in error by read, search, export and lists, and as it was said when the ruling counts no more', async () => {
    await withHouse(async (house) => {
      await ruledOut(house);
      const served = await get(house, 'Condition/a2');
      assert.deepEqual(
        [
          at(served, 'verificationStatus.coding.0.code'),
          at(served, 'clinicalStatus'),
          at(served, 'extension.0.valueCode'),
        ],
        ['entered-in-error', undefined, 'wrong-patient'],
      );
      assert.deepEqual(await found(house, verified('entered-in-error')), ['a2']);
      assert.deepEqual(await found(house, 'Condition?patient=p1&clinical-status=resolved'), []);
      assert.match(
        (await exported(house, 'Condition')).find((line) => line.includes('"a2"')) ?? '',
        /entered-in-error/,
      );
      const why = await get(house, 'Patient/p1/$explain?path=Condition/a2');
      assert.match(String(at(why, 'text')), /about somebody else/);
      await put(house, 'app', asthma('a2', 'p2', 'resolved'));
      assert.equal(
        at(await get(house, 'Condition/a2'), 'extension.0.valueCode'),
        'wrong-patient',
        'said again it is the same',
      );
      await sameAgain(house);

      await put(house, 'gp', asthma('a1', 'p1', 'recurrence'));
      assert.equal((await house.cases()).length, 1, 'it competes again');
      const again = await get(house, 'Condition/a2');
      assert.deepEqual([at(again, 'verificationStatus'), at(again, 'extension')], [undefined, undefined]);
      assert.equal(at(again, 'clinicalStatus.coding.0.code'), 'resolved');
      await sameAgain(house);
    });
  });

  test('stands as it was said in its own person when the two are parted', async () => {
    await withHouse(async (house) => {
      await ruledOut(house);
      const parted = await house.rule({ kind: 'not-same', a: 'p1', b: 'p2', reason: 'brothers', by: 'Dr May' });
      assert.equal(parted.status, 201, parted.text);
      assert.equal(at(await get(house, 'Condition/a2'), 'extension'), undefined);
      assert.deepEqual(await found(house, 'Condition?patient=p2&clinical-status=resolved'), ['a2']);
      await sameAgain(house);
    });
  });

  test('leaves the others to be decided where they still disagree', async () => {
    await withHouse(async (house) => {
      await ruledOut(house);
      await put(house, 'clinic', { ...patient('p3') });
      await put(house, 'clinic', asthma('a3', 'p3', 'inactive'));
      const [open] = await house.cases();
      assert.equal(open?.competitors.length, 3, 'the ruling was bound to two');
      const statement = open?.competitors.find((one) => one.source === 'app')?.statement;
      const ruling = { kind: 'wrong-patient', person: 'p1', element: open?.element, competingSet: open?.competingSet };
      const ruled = await house.rule({ ...ruling, statement, reason: 'of his brother', by: 'Dr May' });
      assert.equal(ruled.status, 201, ruled.text);
      const [left] = await house.cases();
      assert.deepEqual(left?.competitors.map((one) => one.source).sort(), ['clinic', 'gp']);
      assert.equal(at(await get(house, 'Condition/a2'), 'extension.0.valueCode'), 'wrong-patient');
      await sameAgain(house);
    });
  });
});
