// Many records in one delivery: lines of NDJSON, rows of CSV, by the receipts door and by the watched folder.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReceiptJourney } from '../src/operate/types.ts';
import { at, configOf, type House, listAt, withHouse } from './harness.ts';
import { adt, patient } from './messages.ts';

const HEADER = 'no,mrn,surname,forename,dob';
const NDJSON = 'application/fhir+ndjson';

async function post(house: House, type: string, body: string): Promise<ReceiptJourney> {
  const source = type === 'text/csv' ? 'clinic' : 'gp';
  const headers = { 'idempotency-key': `k${body.length}` };
  const answer = await house.http('POST', '/api/v1/receipts', { source, type, headers, body });
  assert.equal(answer.status, 202, answer.text);
  await house.idle();
  return house.receipt(Number(at(answer.json, 'receipt')));
}

const found = async (house: House, query: string) =>
  listAt((await house.fhir('GET', `/Patient?${query}`)).json, 'entry').map((entry) => at(entry, 'resource.id'));

suite('NDJSON', () => {
  const [ada, tom] = [patient('n1', { family: 'Lark', given: 'Ada' }), patient('n2', { family: 'Lark', given: 'Tom' })];
  const allergy = {
    resourceType: 'AllergyIntolerance',
    id: 'n3',
    patient: { reference: 'Patient/n1' },
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
    },
    code: { text: 'Nuts' },
  };
  const lines = (...all: readonly unknown[]) =>
    `${all.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n')}\n`;

  test('is one receipt whose lines each become a resource, in whatever order they stand', async () => {
    await withHouse(async (house) => {
      const receipt = await post(house, NDJSON, lines(allergy, ada, tom));
      assert.equal(receipt.state, 'applied', receipt.reasons[0]?.message);
      assert.deepEqual((await found(house, 'name=lark')).toSorted(), ['n1', 'n2']);
      assert.equal(listAt((await house.fhir('GET', '/AllergyIntolerance?patient=n1')).json, 'entry').length, 1);
      assert.deepEqual(
        receipt.effects
          .filter(({ kind }) => kind === 'statement')
          .map(({ target }) => target)
          .toSorted(),
        ['AllergyIntolerance/n3', 'Patient/n1', 'Patient/n2'],
      );
    });
  });

  test('with a line that is not JSON keeps the others, and says which line and that it is not mapped', async () => {
    await withHouse(async (house) => {
      const receipt = await post(house, NDJSON, lines(ada, '{"resourceType":"Patient",', tom));
      assert.equal(receipt.state, 'applied');
      assert.deepEqual((await found(house, 'name=lark')).toSorted(), ['n1', 'n2']);
      assert.deepEqual(
        receipt.issues.map(({ expression }) => expression),
        ['line 2 column 27'],
      );
      assert.deepEqual(
        receipt.loss?.entries.filter(({ disposition }) => disposition === 'unmapped').map(({ position }) => position),
        ['line 2'],
      );
    });
  });

  test('with a resource that cannot be true is set aside whole, naming its line', async () => {
    await withHouse(async (house) => {
      const receipt = await post(house, NDJSON, lines(ada, { ...tom, birthDate: '1961-02-30' }));
      assert.deepEqual([receipt.state, receipt.reasons[0]?.position], ['quarantined', 'line 2 Patient.birthDate']);
      assert.deepEqual(await found(house, 'name=lark'), []);
    });
  });
});

suite('CSV', () => {
  test('with a row too long keeps the others; with nothing else in it, it needs a person', async () => {
    await withHouse(async (house) => {
      const some = await post(
        house,
        'text/csv',
        `${HEADER}\r\n1,RX1,Lark,Ada,07/06/1960\r\n2,,,RX2,Lark,Tom,01/11/1951\r\n`,
      );
      assert.equal(some.state, 'applied');
      assert.match(some.issues[0]?.message ?? '', /Row 3 has 7 cells and the header has 5/);
      assert.equal((await found(house, 'name=lark')).length, 1);
      const none = await post(house, 'text/csv', `${HEADER}\r\n2,,,RX2,Lark,Tom,01/11/1951\r\n`);
      assert.deepEqual([none.state, none.reasons[0]?.code], ['quarantined', 'row-length']);
      assert.deepEqual(
        (await house.cases()).map(({ kind, receipt }) => [kind, receipt]),
        [['quarantined', none.id]],
      );
    });
  });
});

suite('the watched folder', () => {
  const folderOf = (data: string) => path.join(data, 'inbox');
  const options = {
    config: (data: string) => ({ ...configOf(), folders: [{ path: folderOf(data), source: 'clinic' }] }),
  };

  async function drop(house: House, name: string, content: string): Promise<string> {
    const [folder = ''] = house.running.addresses.folders;
    const file = path.join(folder, 'in', name);
    writeFileSync(`${file}.part`, content);
    renameSync(`${file}.part`, file);
    for (let waited = 0; existsSync(file); waited += 20) {
      assert.ok(waited < 15_000, `${name} is taken`);
      await sleep(20);
    }
    await house.idle();
    return folder;
  }

  test('takes a file when it is durable, and the same file again changes nothing', async () => {
    await withHouse(async (house) => {
      const csv = `${HEADER}\r\n1,RX1,Lark,Ada,07/06/1960\r\n`;
      const folder = await drop(house, 'list.csv', csv);
      assert.deepEqual(readdirSync(path.join(folder, 'done')).toSorted(), ['list.csv', 'list.csv.result.json']);
      assert.equal((await found(house, 'name=lark')).length, 1);
      await drop(house, 'list.csv', csv);
      const { states } = (await house.books()).total;
      assert.deepEqual([states.applied, states.duplicate], [1, 1]);
    }, options);
  });

  test('takes a counted batch apart, tells when the count is wrong, and puts aside what it cannot read', async () => {
    await withHouse(
      async (house) => {
        const message = (n: number) =>
          adt({
            trigger: 'A31',
            id: `P${n}`,
            at: '202603020701',
            who: { mrn: `RX${n}`, family: 'Lark', given: 'Ada', born: '19600607' },
          });
        await drop(
          house,
          'night.hl7',
          `FHS|^~\\&|PAS|RXX\rBHS|^~\\&|PAS|RXX\r${message(1)}${message(2)}BTS|3\rFTS|1\r`,
        );
        assert.equal((await found(house, 'name=lark')).length, 2);
        const receipt = await house.receipt(await house.newest());
        assert.match(receipt.note ?? '', /night\.hl7 message 2 of 2; .*3/);
        const folder = await drop(house, 'holiday.jpg', '\x89PNG');
        assert.deepEqual(readdirSync(path.join(folder, 'failed')).toSorted(), [
          'holiday.jpg',
          'holiday.jpg.result.json',
        ]);
        assert.equal((await house.books()).total.residual, 0);
      },
      { ...options, brings: /a file is put aside: format-unknown/ },
    );
  });
});
