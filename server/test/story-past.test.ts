// What was served then, and why: answers about the past are the same to the byte, whatever is written afterwards.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { at, type House, listAt, MRN, withHouse } from './harness.ts';
import { adt, merged, mrnKey, patient, type Said, visit } from './messages.ts';

const ADA: Said = { mrn: 'RX1', nhs: '9990000018', family: 'Lark', given: 'Ada', born: '19600607', sex: '2' };
const TOM: Said = { mrn: 'RX2', family: 'Brook', given: 'Tom', born: '19511101', sex: '1' };
const PATHS = ['birthDate', 'name', 'address', 'identifier'];

type Moment = { readonly size: number; readonly time: string; readonly answers: readonly string[] };

/** Everything that can be asked of one patient as of then. */
async function answersAsOf(house: House, ids: readonly string[], asOf: string | number): Promise<readonly string[]> {
  const urls = ids.flatMap((id) => [
    `/Patient/${id}?_asOf=${asOf}`,
    ...PATHS.map((path) => `/Patient/${id}/$explain?path=${path}&_asOf=${asOf}`),
  ]);
  const answers: string[] = [];
  for (const url of urls) {
    const answer = await house.fhir('GET', url);
    answers.push(`${answer.status} ${answer.text}`);
  }
  return answers;
}

async function idOf(house: House, mrn: string): Promise<string> {
  return String(
    at(
      (await house.fhir('GET', `/Patient?identifier=${encodeURIComponent(`${MRN}|${mrn}`)}`)).json,
      'entry.0.resource.id',
    ),
  );
}

const minute = (count: number): string => new Date(Date.parse('2026-03-02T08:00:00Z') + count * 60_000).toISOString();

suite('as of then', () => {
  test('read and $explain answer the same to the byte after fifty more writes, merges and rulings among them', async () => {
    await withHouse(async (house) => {
      let clock = 0;
      const tick = () => house.clock.set(minute(++clock));
      const say = async (message: string) => {
        tick();
        await house.hl7('pas', message);
        await house.idle();
      };
      const stamp = () =>
        `20260302${String(8 + Math.floor(clock / 60)).padStart(2, '0')}${String(clock % 60).padStart(2, '0')}`;
      await say(adt({ trigger: 'A28', id: 'P1', at: stamp(), who: ADA }));
      await say(adt({ trigger: 'A28', id: 'P2', at: stamp(), who: TOM }));
      const ids = [await idOf(house, 'RX1'), await idOf(house, 'RX2')];
      const moments: Moment[] = [];
      const remember = async () => {
        const { index: size } = await house.books();
        const time = house.clock.now();
        moments.push({ size, time, answers: await answersAsOf(house, ids, size) });
        tick();
      };
      await remember();
      const writes: readonly ((n: number) => Promise<unknown>)[] = [
        (n) =>
          say(
            adt({
              trigger: 'A08',
              id: `W${n}`,
              at: stamp(),
              who: { ...ADA, address: `${n} High St^^Borchester^^ZZ99 1AA^GBR^H` },
              more: [visit('V1', 'W1')],
            }),
          ),
        (n) =>
          say(adt({ trigger: 'A31', id: `W${n}`, at: stamp(), who: { ...TOM, family: `Brook${'e'.repeat(n % 3)}` } })),
        (n) => say(adt({ trigger: 'A40', id: `W${n}`, at: stamp(), who: ADA, more: [merged('RX2')] })),
        (n) =>
          house.fhir('PUT', '/Patient/gp-1', {
            source: 'gp',
            body: patient('gp-1', { nhs: '9990000018', family: 'Lark', given: `Ada ${n}`, born: '1960-06-07' }),
          }),
        () =>
          house.rule({
            kind: 'not-same',
            a: { source: 'pas', key: mrnKey('RX1') },
            b: { source: 'pas', key: mrnKey('RX2') },
            reason: 'Two people.',
            by: 'records',
          }),
      ];
      for (let n = 0; n < 50; n += 1) {
        await writes[n % writes.length]?.(n);
        await house.idle();
        if (n % 10 === 3) await remember();
      }
      assert.ok(moments.length > 5);
      for (const { size, time, answers } of moments) {
        assert.deepEqual(await answersAsOf(house, ids, size), answers, `as of ${size}`);
        const byTime = (await answersAsOf(house, ids, encodeURIComponent(time))).map((answer) =>
          answer.replaceAll(/"asOf":\d+/g, `"asOf":${size}`),
        );
        assert.deepEqual(byTime, answers, `as of ${time}`);
      }
      // While they were one, both ids led to the same person; before, they did not.
      const [before, merge] = [moments[0], moments[1]];
      const person = (moment: Moment | undefined, place: number) =>
        at(JSON.parse((moment?.answers[place] ?? '').slice(4)), 'id');
      assert.notEqual(person(before, 0), person(before, PATHS.length + 1));
      assert.equal(person(merge, 0), person(merge, PATHS.length + 1));
    });
  });

  test('before anybody spoke there is nobody, and the future cannot be asked', async () => {
    await withHouse(async (house) => {
      const { index } = await house.books();
      await house.fhir('PUT', '/Patient/p1', { source: 'gp', body: patient('p1', { family: 'Lark' }) });
      for (const [asOf, status, code] of [
        [index, 404, 'not-found'],
        ['2020-01-01T00:00:00Z', 404, 'not-found'],
        [99_999, 400, 'as-of-future'],
        ['2026-03-02', 400, 'as-of-value'],
        ['yesterday', 400, 'as-of-value'],
      ] as const) {
        for (const url of [`/Patient/p1?_asOf=${asOf}`, `/Patient/p1/$explain?path=name&_asOf=${asOf}`]) {
          const answer = await house.fhir('GET', url);
          assert.deepEqual([answer.status, at(answer.json, 'issue.0.details.coding.0.code')], [status, code], url);
        }
      }
    });
  });
});

suite('an explanation', () => {
  test('names who said what, in which receipt and which bytes, and the bytes are there', async () => {
    await withHouse(async (house) => {
      const message = adt({ trigger: 'A28', id: 'P1', at: '202603020701', who: ADA });
      await house.hl7('pas', message);
      await house.idle();
      const receipt = await house.newest();
      const { json } = await house.fhir('GET', `/Patient/${await idOf(house, 'RX1')}/$explain?path=birthDate`);
      const [said] = listAt(json, 'said');
      assert.deepEqual(
        [at(said, 'receipt'), at(said, 'sourceName'), at(said, 'value')],
        [receipt, 'Patient administration', '1960-06-07'],
      );
      const origin = listAt(said, 'origins').find((one) => at(one, 'path') === 'birthDate');
      assert.equal(at(origin, 'position'), 'PID-7');
      const payload = await house.http('GET', `/api/v1/receipts/${receipt}/payload`);
      assert.equal(payload.text.slice(Number(at(origin, 'span.start')), Number(at(origin, 'span.end'))), '19600607');
      assert.match(String(at(json, 'text')), /7 June 1960/);
    });
  });

  test('of a path that is none is refused with the nearest one', async () => {
    await withHouse(async (house) => {
      await house.fhir('PUT', '/Patient/p1', { source: 'gp', body: patient('p1', { family: 'Lark' }) });
      for (const path of ['birthdate', 'nmae', 'Observation.value', 'name[']) {
        const answer = await house.fhir('GET', `/Patient/p1/$explain?path=${encodeURIComponent(path)}`);
        assert.equal(answer.status, 400, `${path}: ${answer.text}`);
        assert.equal(at(answer.json, 'issue.0.details.coding.0.code'), 'explain-path');
      }
      assert.equal((await house.fhir('GET', '/Patient/p1/$explain')).status, 400);
      assert.match((await house.fhir('GET', '/Patient/p1/$explain?path=birthdate')).text, /birthDate/);
    });
  });
});
