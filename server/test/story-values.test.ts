// Sources disagree about one person: what is served, who is asked, what their answer holds for, and when it holds no more.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { at, type House, listAt, withHouse } from './harness.ts';
import { adt, mrnKey, oru, patient, type Said, visit } from './messages.ts';

const NUMBER = '9990000018';
const JOAN: Said = { mrn: 'RX1', nhs: NUMBER, family: 'Archer', given: 'Joan', born: '19460409', sex: '2' };

/** The PAS and the practice know one person, and each says what it is told to. */
async function twoSources(house: House, pas: Partial<Said>, gp: { born?: string; more?: object }): Promise<string> {
  await house.hl7('pas', adt({ trigger: 'A31', id: 'P1', at: '202603020701', who: { ...JOAN, ...pas } }));
  await house.idle();
  const body = patient('gp-1', {
    nhs: NUMBER,
    family: 'Archer',
    given: 'Joan',
    born: gp.born ?? '1946-04-09',
    more: gp.more ?? {},
  });
  const written = await house.fhir('PUT', '/Patient/gp-1', { source: 'gp', body });
  assert.ok(written.status === 200 || written.status === 201, written.text);
  return String(at(written.json, 'id'));
}

async function explain(house: House, id: string, path: string): Promise<unknown> {
  const answer = await house.fhir('GET', `/Patient/${id}/$explain?path=${encodeURIComponent(path)}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

async function verdict(house: House, id: string, element: string): Promise<unknown> {
  const { json } = await house.http('GET', `/api/v1/persons/${id}`);
  const found = listAt(json, 'verdicts').find((one) => at(one, 'element') === element);
  assert.ok(found !== undefined, `no verdict on ${element}`);
  return found;
}

suite('a birth date that two sources tell differently', () => {
  test('is assumed by the rule of trust, with the other set aside and its reason told', async () => {
    await withHouse(async (house) => {
      // Number and date must agree for the records to meet; the practice changes its mind afterwards.
      const id = await twoSources(house, {}, {});
      assert.equal(at(await verdict(house, id, 'birthDate'), 'state'), 'known');
      house.clock.set('2026-03-02T08:10:00Z');
      const other = patient('gp-1', { family: 'Archer', given: 'Joan', born: '1946-09-04' });
      await house.fhir('PUT', '/Patient/gp-1', { source: 'gp', body: other });
      // Without its number nothing supports the link any more; addressed by id, the practice's record stays with the person.
      await house.rule({
        kind: 'same',
        a: { source: 'pas', key: mrnKey('RX1') },
        b: 'gp-1',
        reason: 'Checked with the patient.',
        by: 'dr-may',
      });
      const assumed = await explain(house, id, 'birthDate');
      assert.equal(at(assumed, 'state'), 'assumed');
      assert.deepEqual(at(assumed, 'values'), ['1946-04-09']);
      assert.equal(at(assumed, 'setAside.0.reason'), 'lower-trust');
      assert.equal(at(assumed, 'setAside.0.value'), '1946-09-04');
      assert.match(String(at(assumed, 'text')), /Patient administration/);

      // A rule has decided, so no case is open and nobody is asked.
      assert.deepEqual(
        (await house.cases()).filter((one) => one.kind === 'conflict'),
        [],
      );
      const ruling = {
        kind: 'choose-none',
        person: id,
        element: 'birthDate',
        competingSet: 'none',
        reason: 'Not sure at all.',
        by: 'dr-may',
      };
      assert.equal(at((await house.rule(ruling)).json, 'title'), 'ruling-no-conflict');
    });
  });
});

suite('a death that two sources contradict', () => {
  const alive = { more: { deceasedBoolean: false } };
  test('is nobody’s to choose by rule: a case is opened, a person rules on what they saw, and a new competitor opens it again', async () => {
    await withHouse(async (house) => {
      const id = await twoSources(house, { died: ['202603010400', 'Y'] }, alive);
      assert.equal(at(await verdict(house, id, 'deceased[x]'), 'state'), 'conflicting');
      const [found] = (await house.cases()).filter((one) => one.kind === 'conflict');
      assert.ok(found?.competingSet !== undefined);
      assert.equal(found.element, 'deceased[x]');
      assert.deepEqual(found.persons, [`Patient/${id}`]);
      assert.equal(found.competitors.length, 2);

      const pas = found.competitors.find((one) => one.source === 'pas');
      const ruling = {
        kind: 'choose',
        person: id,
        element: 'deceased[x]',
        statement: pas?.statement,
        competingSet: found.competingSet,
        reason: 'Death certificate seen.',
        by: 'dr-may',
      };
      assert.equal((await house.rule(ruling)).status, 201);
      assert.equal(at(await verdict(house, id, 'deceased[x]'), 'state'), 'known');
      assert.deepEqual(
        (await house.cases()).filter((one) => one.kind === 'conflict'),
        [],
      );

      // Another source says another day: what was ruled on is not what is on the table any more.
      const app = patient('app-1', {
        nhs: NUMBER,
        family: 'Archer',
        given: 'Joan',
        born: '1946-04-09',
        more: { deceasedDateTime: '2025-12-24' },
      });
      await house.fhir('PUT', '/Patient/app-1', { source: 'app', body: app });
      assert.equal(at(await verdict(house, id, 'deceased[x]'), 'state'), 'conflicting');
      const [again] = (await house.cases()).filter((one) => one.kind === 'conflict');
      assert.ok(again !== undefined && again.competingSet !== found.competingSet);
      const stale = await house.rule(ruling);
      assert.equal(stale.status, 409, stale.text);
      assert.equal(at(stale.json, 'title'), 'ruling-stale');
    });
  });
});

suite('a visit after a death', () => {
  const died: Said = { ...JOAN, died: ['202603020400', 'Y'] };
  const arrives = (id: string, at: string, ward: string) =>
    adt({ trigger: 'A04', id, at, who: JOAN, more: [visit('V9', ward, '202603020900')] });

  test('asks a person, who is not asked again about the same', async () => {
    await withHouse(async (house) => {
      const say = async (message: string) => {
        await house.hl7('pas', message);
        await house.idle();
      };
      await say(
        adt({ trigger: 'A03', id: 'P1', at: '202603020700', who: died, more: [visit('V1', 'ICU', '202603010100')] }),
      );
      assert.deepEqual(await house.cases(), [], 'a stay that death ends is no visit after it');
      await say(arrives('P2', '202603020905', 'OPD'));
      const [asked, ...others] = await house.cases();
      assert.deepEqual(others, []);
      assert.match(asked?.summary ?? '', /recorded as dead attended afterwards/);
      assert.equal(asked?.element, 'deceased[x]');
      const person = (asked?.persons[0] ?? '').replace('Patient/', '');
      const statement = asked?.competitors[0]?.statement;
      const ruling = { kind: 'choose', person, element: 'deceased[x]', statement, competingSet: asked?.competingSet };
      const ruled = await house.rule({ ...ruling, reason: 'The visit was booked for a relative.', by: 'ops' });
      assert.equal(ruled.status, 201, ruled.text);
      assert.deepEqual(await house.cases(), []);
      await say(arrives('P3', '202603020910', 'OPD2'));
      assert.deepEqual(await house.cases(), []);
      assert.equal(at(await verdict(house, person, 'deceased[x]'), 'state'), 'known');
    });
  });
});

suite('an allergy that another source denies', () => {
  test('is shown, and the denial never hides it', async () => {
    await withHouse(async (house) => {
      const nka = 'AL1|1|DA|716186003^No known allergy^SCT';
      await house.hl7(
        'pas',
        adt({ trigger: 'A01', id: 'P1', at: '202603020701', who: JOAN, more: ['PV1|1|I|W1^^^RXX', nka] }),
      );
      await house.idle();
      const gp = patient('gp-1', { nhs: NUMBER, family: 'Archer', given: 'Joan', born: '1946-04-09' });
      const id = String(at((await house.fhir('PUT', '/Patient/gp-1', { source: 'gp', body: gp })).json, 'id'));
      const before = await verdict(house, id, 'AllergyIntolerance');
      assert.equal(at(before, 'state'), 'known');
      const allergy = {
        resourceType: 'AllergyIntolerance',
        id: 'gp-a1',
        clinicalStatus: {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
        },
        code: { coding: [{ system: 'http://snomed.info/sct', code: '764146007', display: 'Penicillin' }] },
        patient: { reference: 'Patient/gp-1' },
      };
      assert.equal((await house.fhir('PUT', '/AllergyIntolerance/gp-a1', { source: 'gp', body: allergy })).status, 201);
      const after = await verdict(house, id, 'AllergyIntolerance');
      assert.equal(at(after, 'harm'), 'H3');
      assert.equal(at(after, 'state'), 'conflicting');
      assert.match(JSON.stringify(at(after, 'values')), /764146007/);
      const cases = (await house.cases()).filter((one) => one.element === 'AllergyIntolerance');
      assert.equal(cases.length, 1);
      const found = await house.fhir('GET', `/AllergyIntolerance?patient=${id}&code=764146007`);
      assert.equal(listAt(found.json, 'entry').length, 1);
    });
  });
});

suite('a result', () => {
  const first = { at: '202603020800', who: JOAN, report: 'R1', status: 'F', value: '6.9' };
  const potassium = async (house: House, mrn: string): Promise<readonly unknown[]> => {
    const subjects = await house.fhir('GET', `/Patient?identifier=${encodeURIComponent(mrnKey(mrn))}`);
    const id = String(at(subjects.json, 'entry.0.resource.id'));
    const found = await house.fhir('GET', `/Observation?patient=${id}&code=2823-3`);
    return listAt(found.json, 'entry').map((entry) => at(entry, 'resource'));
  };

  test('that is corrected is served corrected, and its history keeps what was telephoned', async () => {
    await withHouse(async (house) => {
      await house.hl7('lab', oru({ ...first, id: 'L1' }));
      await house.hl7(
        'lab',
        oru({ ...first, id: 'L2', at: '202603020830', status: 'C', value: '4.4', comment: 'Haemolysed.' }),
      );
      await house.idle();
      const [now, ...others] = await potassium(house, 'RX1');
      assert.deepEqual(others, []);
      assert.equal(at(now, 'status'), 'corrected');
      assert.equal(at(now, 'valueQuantity.value'), 4.4);
      const history = await house.fhir('GET', `/Observation/${String(at(now, 'id'))}/_history`);
      const values = listAt(history.json, 'entry').map((entry) => at(entry, 'resource.valueQuantity.value'));
      assert.deepEqual(values, [4.4, 6.9]);
    });
  });

  test('that was somebody else’s is entered in error for the one and stands for the other', async () => {
    await withHouse(async (house) => {
      const other: Said = { mrn: 'RX2', nhs: '9990000026', family: 'Brook', given: 'Ada', born: '19510203', sex: '2' };
      await house.hl7('lab', oru({ ...first, id: 'L1' }));
      await house.hl7(
        'lab',
        oru({ ...first, id: 'L2', at: '202603020830', status: 'W', value: '', comment: 'Wrong patient.' }),
      );
      await house.hl7('lab', oru({ ...first, id: 'L3', at: '202603020831', who: other, report: 'R2' }));
      await house.idle();
      const [wrong] = await potassium(house, 'RX1');
      assert.equal(at(wrong, 'status'), 'entered-in-error');
      assert.match(JSON.stringify(at(wrong, 'extension')), /wrong-patient/);
      const [right] = await potassium(house, 'RX2');
      assert.deepEqual([at(right, 'status'), at(right, 'valueQuantity.value')], ['final', 6.9]);
    });
  });
});
