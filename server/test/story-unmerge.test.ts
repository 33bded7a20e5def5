// Two people merged by mistake, five hundred writes to both by three sources, and the ruling that parts them.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { at, followed, type House, listAt, withHouse } from './harness.ts';
import { adt, merged, mrnKey, oru, patient, type Said, visit } from './messages.ts';

const KEPT: Said = { mrn: 'RX1', nhs: '9990000018', family: 'Brook', given: 'Tom', born: '19510203', sex: '1' };
const OTHER: Said = { mrn: 'RX2', family: 'Brook', given: 'Tom', born: '19880102', sex: '1' };
const PENICILLIN = 'AL1|1|DA|764146007^Penicillin^SCT|SV|Rash|20100101';
const WRITES = 500;
const START = Date.UTC(2026, 2, 1, 12);
const MINUTE_MS = 60_000;
const TYPES = ['AllergyIntolerance', 'Condition', 'Encounter', 'Observation', 'DiagnosticReport', 'ServiceRequest'];

const stampOf = (minute: number) =>
  new Date(START + minute * MINUTE_MS).toISOString().slice(0, 16).replaceAll(/\D/g, '');

async function write(house: House, minute: number): Promise<void> {
  const [id, when] = [`W${minute}`, stampOf(minute)];
  const address = `${minute % 7} High St^^Borchester^^ZZ99 1AA^GBR^H`;
  switch (minute % 7) {
    case 0:
      await house.hl7('pas', adt({ trigger: 'A31', id, at: when, who: { ...KEPT, address } }));
      return;
    case 1:
      await house.hl7('pas', adt({ trigger: 'A08', id, at: when, who: OTHER, more: [visit('V2', `W${minute % 9}`)] }));
      return;
    case 2:
      await house.hl7('lab', result(id, when, { who: KEPT, report: `R${minute % 5}`, value: `4.${minute % 10}` }));
      return;
    case 3:
      await house.hl7('lab', result(id, when, { who: OTHER, report: `S${minute % 5}`, value: `5.${minute % 10}` }));
      return;
    case 4: {
      const family = minute % 2 === 0 ? 'Brook' : 'Brooke';
      await house.hl7('pas', adt({ trigger: 'A31', id, at: when, who: { ...OTHER, family, address } }));
      return;
    }
    case 5:
      await put(house, {
        ...patient('gp-1', {
          nhs: '9990000018',
          family: 'Brook',
          given: minute % 2 === 0 ? 'Tom' : 'Thomas',
          born: '1951-02-03',
        }),
      });
      return;
    default:
      await put(house, {
        ...{ resourceType: 'Condition', id: `c${minute % 4}`, subject: { reference: 'Patient/gp-1' } },
        code: { text: `Problem ${minute % 3}` },
      });
  }
}

function result(id: string, when: string, of: { who: Said; report: string; value: string }): string {
  return oru({ id, at: when, status: 'P', ...of });
}

async function put(house: House, body: object): Promise<void> {
  const answer = await house.fhir('PUT', `/${String(at(body, 'resourceType'))}/${String(at(body, 'id'))}`, {
    source: 'gp',
    body,
  });
  assert.ok(answer.status < 300, answer.text);
}

/** Ledger sizes before and after the ruling, where there is one. */
type Played = { readonly before: number; readonly after: number };

async function play(house: House, { merge }: { merge: boolean }): Promise<Played> {
  await house.hl7('pas', adt({ trigger: 'A28', id: 'P1', at: stampOf(-9), who: KEPT }));
  await house.hl7(
    'pas',
    adt({ trigger: 'A01', id: 'P2', at: stampOf(-8), who: OTHER, more: [visit('V2', 'W7'), PENICILLIN] }),
  );
  if (merge)
    await house.hl7('pas', adt({ trigger: 'A40', id: 'P3', at: stampOf(-7), who: KEPT, more: [merged('RX2')] }));
  for (let minute = 0; minute < WRITES; minute += 1) await write(house, minute);
  await house.idle();
  const before = (await house.books()).index;
  if (merge) {
    assert.equal(await personOf(house, 'RX2'), await personOf(house, 'RX1'), 'until now they are one');
    await part(house);
  }
  await house.idle();
  const after = (await house.books()).index;
  // And life goes on.
  for (let minute = WRITES; minute < WRITES + 14; minute += 1) await write(house, minute);
  await house.idle();
  return { before, after };
}

async function part(house: House): Promise<void> {
  const pair = { a: { source: 'pas', key: mrnKey('RX1') }, b: { source: 'pas', key: mrnKey('RX2') } };
  const said = await house.rule({ kind: 'not-same', ...pair, reason: 'Born 37 years apart.', by: 'records' });
  assert.equal(said.status, 201, said.text);
}

async function personOf(house: House, mrn: string): Promise<string> {
  const found = await house.fhir('GET', `/Patient?identifier=${encodeURIComponent(mrnKey(mrn))}`);
  return String(at(found.json, 'entry.0.resource.id'));
}

/** All that can be read of one hospital number. Versions and times differ between the two stories, ids do not. */
async function record(house: House, mrn: string): Promise<unknown> {
  const id = await personOf(house, mrn);
  const person = await house.http('GET', `/api/v1/persons/${id}`);
  const everything = await house.fhir('GET', `/Patient/${id}/$everything?_count=1000`);
  const searches = await Promise.all(TYPES.map((type) => house.fhir('GET', `/${type}?patient=${id}&_count=1000`)));
  const cases = (await house.cases()).filter(({ persons }) => persons.some((one) => one.includes(id)));
  return {
    patient: content((await house.fhir('GET', `/Patient/${id}`)).json),
    everything: listAt(everything.json, 'entry')
      .map((entry) => JSON.stringify(content(at(entry, 'resource'))))
      // That the message which merged them came is a fact, and stays one.
      .filter((text) => !text.includes('"code":"A40"'))
      .sort(),
    found: searches.map((answer) => listAt(answer.json, 'entry').map((entry) => content(at(entry, 'resource')))),
    verdicts: listAt(person.json, 'verdicts').map((one) => [at(one, 'element'), at(one, 'state'), at(one, 'values')]),
    cases: cases.map(({ kind, element }) => [kind, element]).sort(),
  };
}

function content(resource: unknown): object {
  const { meta: _meta, ...rest } = resource as { meta?: unknown };
  return rest;
}

async function changesOf(house: House, mrn: string, { before, after }: Played): Promise<readonly unknown[]> {
  const id = await personOf(house, mrn);
  const answer = await house.fhir('GET', `/Patient/${id}/$changes?from=${before}&to=${after}`);
  assert.equal(answer.status, 200, answer.text);
  return listAt(answer.json, 'changes');
}

async function story(merge: boolean) {
  return withHouse(async (house) => {
    const played = await play(house, { merge });
    await followed(house);
    await house.idle();
    const { total } = await house.books();
    assert.equal(total.states.applied, total.received, 'everything that was said counts');
    const changes = merge ? [await changesOf(house, 'RX1', played), await changesOf(house, 'RX2', played)] : [];
    return { kept: await record(house, 'RX1'), other: await record(house, 'RX2'), changes };
  });
}

suite('merged, written to five hundred times, parted', () => {
  test('both records, what finds them, and what waits for a person are as if they had never been one', async () => {
    const [undone, never] = [await story(true), await story(false)];
    assert.deepEqual(undone.kept, never.kept);
    assert.deepEqual(undone.other, never.other);
    assert.match(JSON.stringify(undone.other), /764146007/);
    assert.doesNotMatch(JSON.stringify(undone.kept), /764146007/);
    for (const changes of undone.changes) assert.ok(changes.length > 0, 'whoever follows a side is told what changed');
  });
});
