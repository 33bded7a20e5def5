// A merge, writing to both, and the ruling that parts them: afterwards it is as if they had never been merged.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { at, type House, listAt, withHouse } from './harness.ts';
import { adt, merged, mrnKey, oru, type Said, visit } from './messages.ts';

const KEPT: Said = {
  mrn: 'RX1',
  nhs: '9990000018',
  family: 'Brook',
  given: 'Tom',
  born: '19510203',
  sex: '1',
  address: '1 High St^^Borchester^^ZZ99 1AA^GBR^H',
};
const OTHER: Said = {
  mrn: 'RX2',
  family: 'Brook',
  given: 'Tom',
  born: '19880102',
  sex: '1',
  address: '9 Mill Ln^^Borchester^^ZZ99 9AA^GBR^H',
};
const PENICILLIN = 'AL1|1|DA|764146007^Penicillin^SCT|SV|Rash|20100101';

/** What is said to the two before and after the merge; `merge` says whether it happens. */
async function play(house: House, { merge }: { merge: boolean }): Promise<void> {
  const say = async (source: string, message: string) => {
    await house.hl7(source, message);
    await house.idle();
  };
  await say('pas', adt({ trigger: 'A28', id: 'P1', at: '202603020701', who: KEPT }));
  await say(
    'pas',
    adt({ trigger: 'A01', id: 'P2', at: '202603020702', who: OTHER, more: [visit('V2', 'W7'), PENICILLIN] }),
  );
  await say(
    'lab',
    oru({
      id: 'L1',
      at: '202603020703',
      who: { mrn: 'RX2', family: 'BROOK', given: 'TOM', born: '19880102', sex: 'M' },
      report: 'R1',
      status: 'F',
      value: '4.1',
    }),
  );
  if (merge) await say('pas', adt({ trigger: 'A40', id: 'P3', at: '202603020710', who: KEPT, more: [merged('RX2')] }));
  await say(
    'pas',
    adt({
      trigger: 'A31',
      id: 'P4',
      at: '202603020720',
      who: { ...KEPT, address: '2 New Rd^^Borchester^^ZZ99 2BB^GBR^H' },
    }),
  );
  await say(
    'pas',
    adt({
      trigger: 'A08',
      id: 'P5',
      at: '202603020725',
      who: { ...OTHER, family: 'Brooke' },
      more: [visit('V2', 'W9')],
    }),
  );
  await say('lab', oru({ id: 'L2', at: '202603020730', who: KEPT, report: 'R2', status: 'F', value: '5.0' }));
  if (merge) {
    const ruling = {
      kind: 'not-same',
      a: { source: 'pas', key: mrnKey('RX1') },
      b: { source: 'pas', key: mrnKey('RX2') },
      reason: 'Born 37 years apart.',
      by: 'records',
    };
    const ruled = await house.rule(ruling);
    assert.equal(ruled.status, 201, ruled.text);
  }
  await say(
    'pas',
    adt({
      trigger: 'A08',
      id: 'P6',
      at: '202603020740',
      who: { ...OTHER, family: 'Brooke' },
      more: [visit('V2', 'W10')],
    }),
  );
}

/** Everything a reader of the record can see of one hospital number; ids are the same on both servers, versions and times are not. */
async function record(house: House, mrn: string): Promise<unknown> {
  const found = await house.fhir('GET', `/Patient?identifier=${encodeURIComponent(mrnKey(mrn))}`);
  assert.equal(listAt(found.json, 'entry').length, 1, `${mrn} is found once`);
  const id = String(at(found.json, 'entry.0.resource.id'));
  const types = ['AllergyIntolerance', 'Encounter', 'Observation', 'DiagnosticReport', 'ServiceRequest'];
  const searches = await Promise.all(types.map((type) => house.fhir('GET', `/${type}?patient=${id}`)));
  const person = await house.http('GET', `/api/v1/persons/${id}`);
  return {
    patient: content(at(found.json, 'entry.0.resource')),
    resources: searches.map((answer) => listAt(answer.json, 'entry').map((entry) => content(at(entry, 'resource')))),
    subjects: at(person.json, 'subjects'),
    verdicts: listAt(person.json, 'verdicts').map((one) => ({
      element: at(one, 'element'),
      state: at(one, 'state'),
      values: at(one, 'values'),
    })),
    names: await foundBy(house, ['name=brook', 'name=brooke', 'birthdate=1951-02-03', 'birthdate=1988-01-02'], id),
  };
}

function content(resource: unknown): unknown {
  const { meta: _meta, ...rest } = resource as { meta?: unknown };
  return rest;
}

async function foundBy(house: House, searches: readonly string[], id: string): Promise<readonly boolean[]> {
  const answers = await Promise.all(searches.map((search) => house.fhir('GET', `/Patient?${search}`)));
  return answers.map((answer) => listAt(answer.json, 'entry').some((entry) => at(entry, 'resource.id') === id));
}

async function whole(merge: boolean) {
  return withHouse(async (house) => {
    await play(house, { merge });
    return { kept: await record(house, 'RX1'), other: await record(house, 'RX2') };
  });
}

suite('a merge that is undone', () => {
  test('leaves both persons, their allergies, visits and results, and what finds them, as if it had never been', async () => {
    const [undone, never] = [await whole(true), await whole(false)];
    assert.deepEqual(undone.kept, never.kept);
    assert.deepEqual(undone.other, never.other);
    assert.match(JSON.stringify(undone.other), /764146007/);
    assert.doesNotMatch(JSON.stringify(undone.kept), /764146007/);
  });
});

async function idOf(house: House, mrn: string): Promise<string> {
  const found = await house.fhir('GET', `/Patient?identifier=${encodeURIComponent(mrnKey(mrn))}`);
  return String(at(found.json, 'entry.0.resource.id'));
}

suite('a merge that stands', () => {
  test('makes one person whose old id leads on, and whose results are found from either', async () => {
    await withHouse(async (house) => {
      await house.hl7('pas', adt({ trigger: 'A28', id: 'P1', at: '202603020701', who: KEPT }));
      await house.hl7('pas', adt({ trigger: 'A28', id: 'P2', at: '202603020702', who: OTHER }));
      await house.hl7(
        'lab',
        oru({ id: 'L1', at: '202603020703', who: { ...OTHER }, report: 'R1', status: 'F', value: '4.1' }),
      );
      await house.idle();
      const [kept, other] = [await idOf(house, 'RX1'), await idOf(house, 'RX2')];
      assert.notEqual(kept, other);
      const size = (await house.books()).index;
      await house.hl7('pas', adt({ trigger: 'A40', id: 'P3', at: '202603020710', who: KEPT, more: [merged('RX2')] }));
      await house.idle();
      assert.equal(at((await house.fhir('GET', `/Patient/${other}`)).json, 'id'), kept);
      assert.equal(await idOf(house, 'RX2'), kept, 'the old number finds the person');
      for (const id of [kept, other])
        assert.equal(listAt((await house.fhir('GET', `/Observation?patient=${id}`)).json, 'entry').length, 1);
      // The signpost is a version of its own, and what stood before it can still be read.
      const history = await house.fhir('GET', `/Patient/${other}/_history`);
      assert.equal(at(history.json, 'entry.0.resource.link.0.other.reference'), `Patient/${kept}`);
      assert.equal(at((await house.fhir('GET', `/Patient/${other}?_asOf=${size}`)).json, 'birthDate'), '1988-01-02');
    });
  });

  test('is refused where both hold a verified NHS number, and a person is told', async () => {
    await withHouse(async (house) => {
      const twin = { ...OTHER, nhs: '9990000026' };
      await house.hl7('pas', adt({ trigger: 'A28', id: 'P1', at: '202603020701', who: KEPT }));
      await house.hl7('pas', adt({ trigger: 'A28', id: 'P2', at: '202603020702', who: twin }));
      await house.hl7('pas', adt({ trigger: 'A40', id: 'P3', at: '202603020710', who: KEPT, more: [merged('RX2')] }));
      await house.idle();
      const people = await house.fhir('GET', '/Patient?name=brook');
      assert.equal(listAt(people.json, 'entry').length, 2);
      assert.deepEqual(
        (await house.cases()).map((one) => one.kind),
        ['identity-veto'],
      );
    });
  });
});

const ADA: Said = { mrn: 'RX1', nhs: '9990000018', family: 'Lark', given: 'Ada', born: '19600607', sex: '2' };
const EVE: Said = { mrn: 'RX2', family: 'Lark', given: 'Eve', born: '19600607', sex: '2' };
const IDA: Said = { mrn: 'RX3', family: 'Lark', given: 'Ida', born: '19610708', sex: '2' };

suite('ids of the survivor of two merges', () => {
  test('lead where their records are, before, during and after, by read, link and search', async () => {
    await withHouse(async (house) => {
      const say = async (message: string, source = 'pas') => {
        await house.hl7(source, message);
        await house.idle();
      };
      for (const [index, who] of [ADA, EVE, IDA].entries())
        await say(adt({ trigger: 'A28', id: `P${index}`, at: `20260302070${index}`, who }));
      const ids = await Promise.all(['RX1', 'RX2', 'RX3'].map((mrn) => idOf(house, mrn)));
      const [ada = '', eve = '', ida = ''] = ids;
      assert.equal(new Set(ids).size, 3);
      const leadsTo = async (id: string) => at((await house.fhir('GET', `/Patient/${id}`)).json, 'id');
      await say(adt({ trigger: 'A40', id: 'M1', at: '202603020710', who: EVE, more: [merged('RX3')] }));
      await say(adt({ trigger: 'A40', id: 'M2', at: '202603020711', who: ADA, more: [merged('RX2')] }));
      assert.deepEqual(await Promise.all(ids.map(leadsTo)), [ada, ada, ada]);
      const during = await house.fhir('GET', `/Patient/${ida}/_history`);
      assert.equal(at(during.json, 'entry.0.resource.link.0.other.reference'), `Patient/${ada}`);
      const size = (await house.books()).index;
      const result = { id: 'L1', at: '202603020712', report: 'R1', status: 'F', value: '4.1' };
      await say(oru({ ...result, who: IDA }), 'lab');

      const pair = { a: { source: 'pas', key: mrnKey('RX1') }, b: { source: 'pas', key: mrnKey('RX2') } };
      assert.equal((await house.rule({ kind: 'not-same', ...pair, reason: 'Sisters.', by: 'records' })).status, 201);
      assert.deepEqual(await Promise.all(ids.map(leadsTo)), [ada, eve, eve]);
      const after = await house.fhir('GET', `/Patient/${ida}/_history`);
      assert.equal(at(after.json, 'entry.0.resource.link.0.other.reference'), `Patient/${eve}`);
      const own = await house.fhir('GET', `/Patient/${eve}`);
      assert.equal(listAt((await house.fhir('GET', `/Patient/${ada}`)).json, 'link').length, 0);
      assert.deepEqual(replaces(own.json), [`Patient/${ida}`]);
      for (const [id, results] of [
        [ada, 0],
        [eve, 1],
        [ida, 1],
      ] as const) {
        const found = await house.fhir('GET', `/Observation?patient=${id}`);
        assert.equal(listAt(found.json, 'entry').length, results, `results of ${id}`);
        const byReference = await house.fhir('GET', `/Observation?subject=Patient/${id}`);
        assert.equal(listAt(byReference.json, 'entry').length, results);
        const person = await house.fhir('GET', `/Patient?_id=${id}`);
        assert.equal(at(person.json, 'entry.0.resource.id'), await leadsTo(id));
      }
      const then = await house.fhir('GET', `/Patient/${ida}?_asOf=${size}`);
      assert.equal(at(then.json, 'id'), ada, 'as of then they were one');
      for (const id of [ada, eve]) {
        const changes = await house.fhir(
          'GET',
          `/Patient/${id}/$changes?from=${size}&to=${(await house.books()).index}`,
        );
        assert.ok(listAt(changes.json, 'changes').length > 0, 'whoever follows a side is told');
      }
    });
  });
});

function replaces(resource: unknown): readonly unknown[] {
  return listAt(resource, 'link')
    .filter((one) => at(one, 'type') === 'replaces')
    .map((one) => at(one, 'other.reference'));
}
