// Two records that were one person and are parted by what came later: a verified number, the sender's own word, evidence that went away, a
// score that no longer holds, a survivor of an earlier merge. Afterwards it is as if they had never been one.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { at, configOf, type House, listAt, MRN, NHS, withHouse } from './harness.ts';
import { adt, annabel, merged, mrnKey, oru, patient, type Said, visit } from './messages.ts';

const TYPES = ['AllergyIntolerance', 'Condition', 'Encounter', 'Observation', 'DiagnosticReport'];
const PENICILLIN = 'AL1|1|DA|764146007^Penicillin^SCT|SV|Rash|20100101';
const ADA: Said = { mrn: 'RX1', nhs: '9990000018', family: 'Lark', given: 'Ada', born: '19600607', sex: '2' };
const EVE: Said = { mrn: 'RX2', family: 'Lark', given: 'Eve', born: '19600607', sex: '2' };
const IDA: Said = { mrn: 'RX3', family: 'Lark', given: 'Ida', born: '19610708', sex: '2' };

async function say(house: House, message: string, source = 'pas'): Promise<void> {
  const answer = await house.hl7(source, message);
  assert.match(answer, /MSA\|A[AC]/);
  await house.idle();
}

async function put(house: House, source: string, body: object): Promise<void> {
  const where = `/${String(at(body, 'resourceType'))}/${String(at(body, 'id'))}`;
  const answer = await house.fhir('PUT', where, { source, body });
  assert.ok(answer.status < 300, answer.text);
  await house.idle();
}

/** What a reader finds under an id of one side; versions and times are left out. */
async function record(house: House, id: string): Promise<unknown> {
  const person = (await house.http('GET', `/api/v1/persons/${id}`)).json;
  const searches = await Promise.all(TYPES.map((type) => house.fhir('GET', `/${type}?patient=${id}`)));
  const everything = await house.fhir('GET', `/Patient/${id}/$everything?_count=1000`);
  const found = await house.fhir('GET', `/Patient?_id=${id}`);
  return {
    patient: content((await house.fhir('GET', `/Patient/${id}`)).json),
    found: listAt(found.json, 'entry').map((entry) => content(at(entry, 'resource'))),
    resources: searches.map((answer) => listAt(answer.json, 'entry').map((entry) => content(at(entry, 'resource')))),
    everything: listAt(everything.json, 'entry')
      .map((entry) => at(entry, 'resource'))
      // That messages came is a fact, and stays one.
      .filter((resource) => at(resource, 'resourceType') !== 'Provenance')
      .map((resource) => JSON.stringify(content(resource)))
      .sort(),
    subjects: at(person, 'subjects'),
    cases: (await afterTheWatch(house))
      // Somebody is told that two were parted by their numbers; that is news which the other story does not have.
      .filter(({ kind, persons }) => kind !== 'identity-veto' && persons.includes(`Patient/${id}`))
      .map(({ kind, element, persons, harm }) => [kind, element, persons, harm])
      .sort(),
    verdicts: listAt(person, 'verdicts').map((one) => [at(one, 'element'), at(one, 'state'), at(one, 'values')]),
  };
}

/** What is judged behind the commits follows a moment later: two people's results contradict each other only while they were one. */
async function afterTheWatch(house: House) {
  for (let tries = 0; tries < 200; tries += 1) {
    const cases = await house.cases();
    if (!cases.some(({ element }) => element?.startsWith('Observation:'))) return cases;
    await pause(50);
  }
  return assert.fail('a case about what two people’s results say stays open');
}

function content(resource: unknown): object {
  const { meta: _meta, ...rest } = resource as { meta?: unknown };
  return rest;
}

async function idOf(house: House, mrn: string): Promise<string> {
  const found = await house.fhir('GET', `/Patient?identifier=${encodeURIComponent(mrnKey(mrn))}`);
  return String(at(found.json, 'entry.0.resource.id'));
}

/** What is said of both whatever happens between them: visits, results, problems, and changes of names and addresses. */
async function lifeGoesOn(house: House, when: string): Promise<void> {
  await say(house, adt({ trigger: 'A08', id: `A${when}`, at: when, who: ADA, more: [visit('V1', 'W1', when)] }));
  await say(
    house,
    adt({ trigger: 'A08', id: `B${when}`, at: when, who: EVE, more: [visit('V2', 'W2', when), PENICILLIN] }),
  );
  for (const [who, value] of [
    [ADA, '4.1'],
    [EVE, '5.2'],
  ] as const)
    await say(
      house,
      oru({ id: `C${when}${who.mrn}`, at: when, who, report: `R${when}${who.mrn}`, status: 'F', value }),
      'lab',
    );
}

type Story = (house: House, merge: boolean) => Promise<void>;

/** Both sides after the story with the merge and without it. */
async function sides(
  story: Story,
  ids: (house: House) => Promise<readonly string[]>,
  options: Parameters<typeof withHouse>[1] = {},
) {
  const told = (merge: boolean) =>
    withHouse(async (house) => {
      await story(house, merge);
      const found = await ids(house);
      const records = await Promise.all(found.map((id) => record(house, id)));
      const { total } = await house.books();
      assert.equal(total.states.applied, total.received, 'everything that was said counts');
      return { ids: found, records };
    }, options);
  const [undone, never] = [await told(true), await told(false)];
  assert.deepEqual(undone.ids, never.ids);
  assert.equal(new Set(undone.ids).size, undone.ids.length, 'each is a person of its own');
  assert.deepEqual(undone.records, never.records);
  return undone;
}

const byNumbers =
  (...mrns: readonly string[]) =>
  (house: House) =>
    Promise.all(mrns.map((mrn) => idOf(house, mrn)));

async function areOne(house: House, one: string, other: string): Promise<boolean> {
  return (await idOf(house, one)) === (await idOf(house, other));
}

suite('two records that were one person, parted by what came later, are as if they had never been one', () => {
  test('by another verified NHS number', async () => {
    const practice = (more: object) => patient('gp-1', { family: 'Lark', given: 'Eve', born: '1960-06-07', more });
    const shared = { identifier: [{ system: MRN, value: 'RX1' }] };
    const { records } = await sides(
      async (house, merge) => {
        await say(house, adt({ trigger: 'A28', id: 'P1', at: '202603020701', who: ADA }));
        // A hospital number written into the wrong record, until the number comes that tells whose it is.
        await put(house, 'gp', practice(merge ? shared : {}));
        if (merge) assert.equal(at((await house.fhir('GET', '/Patient/gp-1')).json, 'id'), await idOf(house, 'RX1'));
        await put(house, 'gp', { ...condition('c1'), code: { text: 'Asthma' } });
        await say(house, adt({ trigger: 'A08', id: 'P2', at: '202603020705', who: ADA, more: [PENICILLIN] }));
        const verified = patient('gp-1', { nhs: '9990000026', family: 'Lark', given: 'Eve', born: '1960-06-07' });
        const identifier = [...listAt(verified, 'identifier'), ...shared.identifier];
        await put(house, 'gp', { ...verified, identifier });
        await put(house, 'gp', { ...condition('c1'), code: { text: 'Asthma' }, note: [{ text: 'Inhaler.' }] });
      },
      async (house) => {
        // Both hold the hospital number; the other number tells which of them is meant.
        const found = await house.fhir('GET', `/Patient?identifier=${encodeURIComponent(`${NHS}|9990000018`)}`);
        return [String(at(found.json, 'entry.0.resource.id')), 'gp-1'];
      },
    );
    assert.match(JSON.stringify(records[1]), /Asthma/);
    assert.doesNotMatch(JSON.stringify(records[0]), /Asthma/);
  });

  test('by the sender that had merged them', async () => {
    await sides(
      async (house, merge) => {
        await lifeGoesOn(house, '202603020701');
        if (merge) {
          await say(house, adt({ trigger: 'A40', id: 'M1', at: '202603020702', who: ADA, more: [merged('RX2')] }));
          assert.ok(await areOne(house, 'RX1', 'RX2'));
        }
        await lifeGoesOn(house, '202603020703');
        if (merge) await say(house, unlinked('202603020704', ADA, EVE));
        await lifeGoesOn(house, '202603020705');
      },
      byNumbers('RX1', 'RX2'),
    );
  });

  test('by a source that corrects the NHS number they had in common', async () => {
    const right = { ...EVE, nhs: '9990000026' };
    await sides(
      async (house, merge) => {
        await say(house, adt({ trigger: 'A28', id: 'P1', at: '202603020701', who: ADA }));
        const wrong = patient('gp-1', { nhs: '9990000018', family: 'Lark', given: 'Eve', born: '1960-06-07' });
        const own = patient('gp-1', { nhs: '9990000026', family: 'Lark', given: 'Eve', born: '1960-06-07' });
        await put(house, 'gp', merge ? wrong : own);
        if (merge) assert.equal(at((await house.fhir('GET', '/Patient/gp-1')).json, 'id'), await idOf(house, 'RX1'));
        await put(house, 'gp', { ...condition('c1'), code: { text: 'Asthma' } });
        await lifeGoesOn(house, '202603020703');
        await put(house, 'gp', own);
        await say(house, adt({ trigger: 'A31', id: 'P2', at: '202603020706', who: right }));
      },
      async (house) => [await idOf(house, 'RX1'), String(at((await house.fhir('GET', '/Patient/gp-1')).json, 'id'))],
    );
  });

  test('by a score that no longer holds', async () => {
    const other = {
      name: [{ family: 'Rowe', given: ['Edith'] }],
      birthDate: '1939-01-30',
      address: [{ postalCode: 'ZZ99 9ZZ' }],
    };
    const caughtUp = async (house: House) => {
      await house.fhir('POST', '/Patient/$match', { source: 'gp', body: annabel() });
      await house.idle();
    };
    await sides(
      async (house, merge) => {
        await put(house, 'gp', { ...annabel(), id: 'gp-1' });
        await put(house, 'app', { ...annabel(merge ? {} : other), id: 'app-1' });
        await caughtUp(house);
        const isOne = at((await house.fhir('GET', '/Patient/app-1')).json, 'id') === 'gp-1';
        assert.equal(isOne, merge);
        await put(house, 'app', { ...condition('c1', 'app-1'), code: { text: 'Asthma' } });
        await put(house, 'gp', { ...condition('c2'), code: { text: 'Gout' } });
        await put(house, 'app', { ...annabel(other), id: 'app-1' });
        await caughtUp(house);
      },
      async () => ['gp-1', 'app-1'],
      { config: { ...configOf(), matching: 'automatic' } },
    );
  });

  test('as the survivor of an earlier merge, which stays', async () => {
    const { records } = await sides(
      async (house, merge) => {
        await say(house, adt({ trigger: 'A28', id: 'P1', at: '202603020700', who: IDA }));
        await lifeGoesOn(house, '202603020701');
        await say(house, adt({ trigger: 'A40', id: 'M1', at: '202603020702', who: EVE, more: [merged('RX3')] }));
        await lifeGoesOn(house, '202603020703');
        if (merge) {
          await say(house, adt({ trigger: 'A40', id: 'M2', at: '202603020704', who: ADA, more: [merged('RX2')] }));
          assert.ok((await areOne(house, 'RX1', 'RX3')) && (await areOne(house, 'RX1', 'RX2')));
        }
        await lifeGoesOn(house, '202603020705');
        if (merge) {
          const pair = { a: { source: 'pas', key: mrnKey('RX1') }, b: { source: 'pas', key: mrnKey('RX2') } };
          const ruled = await house.rule({ kind: 'not-same', ...pair, reason: 'Sisters.', by: 'records' });
          assert.equal(ruled.status, 201, ruled.text);
        }
        await lifeGoesOn(house, '202603020706');
        assert.ok(await areOne(house, 'RX2', 'RX3'), 'who was merged before stays merged');
      },
      byNumbers('RX1', 'RX2'),
    );
    assert.match(JSON.stringify(records[1]), /764146007/);
    assert.doesNotMatch(JSON.stringify(records[0]), /764146007/);
  });
});

const condition = (id: string, of = 'gp-1') => ({
  resourceType: 'Condition',
  id,
  subject: { reference: `Patient/${of}` },
});

/** A37 has a PID for each of the two. */
function unlinked(when: string, one: Said, other: Said): string {
  const [header = '', event = '', first = ''] = adt({ trigger: 'A37', id: `U${when}`, at: when, who: one }).split('\r');
  const [, , second = ''] = adt({ trigger: 'A37', id: 'U', at: when, who: other }).split('\r');
  return [header, event, first, second, ''].join('\r');
}
