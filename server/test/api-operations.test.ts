// The operations API as scripts and the console read it: books that balance, journeys, pages, health, and what is promised of FHIR.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { at, type House, listAt, withHouse } from './harness.ts';
import { adt, patient, type Said, visit } from './messages.ts';

const ADA: Said = { mrn: 'RX1', nhs: '9990000018', family: 'Lark', given: 'Ada', born: '19600607', sex: '2' };

async function morning(house: House): Promise<readonly number[]> {
  const receipts: number[] = [];
  const say = async (message: string) => {
    await house.hl7('pas', message);
    await house.idle();
    receipts.push(await house.newest());
  };
  const admitted = adt({
    trigger: 'A01',
    id: 'P1',
    at: '202603020701',
    who: ADA,
    more: [visit('V1', 'W1'), 'ZPD|x|y'],
  });
  await say(admitted);
  await say(admitted);
  house.clock.set('2026-03-02T08:05:00Z');
  await say('MSH|^~\\&|PAS|RXX|VOUCH|RXX|202603020702||ADT^A01|P2|P|2.4\rPID|1||||Lark\r');
  await house.fhir('PUT', '/Patient/gp-1', { source: 'gp', body: '{"resourceType":"Patient","id":"other"}' });
  receipts.push(await house.newest());
  return receipts;
}

suite('the books', () => {
  test('count every receipt once, per source and in total, and name the oldest that is open', async () => {
    await withHouse(async (house) => {
      const [, , broken] = await morning(house);
      house.clock.set('2026-03-02T08:15:00Z');
      const books = await house.books();
      const { total } = books;
      assert.deepEqual(total.states, {
        received: 0,
        waiting: 0,
        quarantined: 1,
        held: 0,
        applied: 1,
        duplicate: 1,
        superseded: 0,
        rejected: 1,
      });
      assert.deepEqual([total.received, total.residual], [4, 0]);
      assert.deepEqual(total.oldest, {
        quarantined: { receipt: broken, ageSeconds: 600, limitSeconds: 3_600, overdue: false },
      });
      house.clock.set('2026-03-02T09:05:01Z');
      assert.equal((await house.books()).total.oldest.quarantined?.overdue, true);
      for (const line of books.sources) {
        assert.equal(
          line.received,
          Object.values(line.states).reduce((all, count) => all + count, 0),
          line.source,
        );
        assert.equal(line.residual, 0);
      }
      assert.equal(
        books.sources.reduce((all, line) => all + line.received, 0),
        total.received,
      );
      assert.deepEqual(
        books.sources.map(({ source }) => source),
        ['app', 'clinic', 'gp', 'lab', 'pas'],
      );
    });
  });
});

suite('ages', () => {
  test('of what a demo played on a clock of its own count from when the store was made, not from the times it was told', async () => {
    await withHouse(async (house) => {
      await morning(house);
      for (const id of ['P3', 'P4', 'P5', 'P6'])
        await house.hl7('pas', adt({ trigger: 'A31', id, at: '202603020703', who: ADA }));
      const after = (minutes: number) => house.clock.set(new Date(Date.now() + minutes * 60_000).toISOString());
      after(10);
      await house.hl7('lab', adt({ trigger: 'A28', id: 'L1', at: '202603020701', who: { mrn: 'RX7' } }));
      await house.idle();
      const soon = (await house.books()).total.oldest.quarantined;
      assert.ok(soon !== undefined && !soon.overdue && soon.ageSeconds >= 600 && soon.ageSeconds < 900);
      const [repair] = await house.cases();
      assert.ok((repair?.ageSeconds ?? 0) >= 600 && (repair?.ageSeconds ?? 0) < 900);
      const silent = async () => (await house.books()).sources.filter((one) => one.silent).map(({ source }) => source);
      assert.deepEqual(await silent(), []);
      after(90);
      await house.hl7('lab', adt({ trigger: 'A31', id: 'L2', at: '202603020701', who: { mrn: 'RX7' } }));
      assert.deepEqual(await silent(), ['pas']);
      const later = (await house.books()).total.oldest.quarantined;
      assert.ok(later?.overdue === true && later.ageSeconds < 2 * 3_600);
    });
  });
});

suite('a receipt', () => {
  test('tells its journey with timings, its loss account, its effects and its bytes', async () => {
    await withHouse(async (house) => {
      const [first = -1, second = -1] = await morning(house);
      const journey = await house.receipt(first);
      assert.deepEqual(
        journey.journey.map(({ step }) => step),
        ['received', 'planned', 'applied'],
      );
      const loss = journey.loss;
      assert.ok(loss !== undefined && loss.populated > 10);
      assert.equal(loss.populated, loss.mapped + loss.ignored + loss.unmapped);
      assert.deepEqual(
        loss.entries
          .filter(({ disposition }) => disposition === 'unmapped')
          .map(({ position }) => position)
          .filter((position) => position.startsWith('Z')),
        ['ZPD-1', 'ZPD-2'],
      );
      const full = await house.http('GET', `/api/v1/receipts/${first}?mapped=true`);
      assert.equal(listAt(full.json, 'loss.entries').length, loss.populated);
      const kinds = new Set(journey.effects.map(({ kind }) => kind));
      assert.ok(kinds.has('statement') && kinds.has('version'));
      const [born] = journey.effects.flatMap(({ origins }) => origins).filter(({ path }) => path === 'birthDate');
      assert.equal(journey.payload.text.slice(born?.start, born?.end), '19600607');
      const payload = await house.http('GET', `/api/v1/receipts/${first}/payload`);
      assert.equal(payload.headers.get('content-type'), 'application/octet-stream');
      assert.equal(payload.text, journey.payload.text);
      const repeated = await house.receipt(second);
      assert.deepEqual([repeated.state, repeated.original], ['duplicate', first]);
    });
  });

  test('names its statements as an explanation does, and by the leaf that evidence opens', async () => {
    await withHouse(async (house) => {
      const [first = -1] = await morning(house);
      const { effects } = await house.receipt(first);
      const about = effects.find(({ kind, target }) => kind === 'statement' && target.startsWith('Patient/'));
      assert.equal(about?.id, `${first}.${Number(about?.statement) % 2 ** 20}`);
      const explained = await house.http('GET', `/fhir/R4/${about?.target}/$explain?path=birthDate`);
      assert.deepEqual(
        listAt(explained.json, 'said').map((one) => at(one, 'statement')),
        [about?.statement],
      );
      const patient = about?.target.replace('Patient/', '');
      const evidence = await house.http('GET', `/api/v1/ledger/evidence?patient=${patient}&path=birthDate`);
      assert.match(evidence.text, new RegExp(`"index":${about?.index}[,}]`));
      for (const { kind, id, statement, index } of effects) {
        const named = [id, statement, index].map((one) => one !== undefined);
        assert.deepEqual(
          named,
          kind === 'statement' ? [true, true, true] : [kind === 'link', false, kind === 'link'],
          kind,
        );
      }
    });
  });

  test('is found among the others by source and state, page by page, newest first', async () => {
    await withHouse(async (house) => {
      const receipts = await morning(house);
      const seen: number[] = [];
      let before = '';
      do {
        const { json } = await house.http('GET', `/api/v1/receipts?_count=1${before}`);
        seen.push(...listAt(json, 'receipts').map((one) => Number(at(one, 'id'))));
        const next = at(json, 'next');
        before = next === undefined ? '' : `&before=${String(next)}`;
      } while (before !== '');
      assert.deepEqual(seen, receipts.toReversed());
      const of = async (query: string) =>
        listAt((await house.http('GET', `/api/v1/receipts?${query}`)).json, 'receipts').map((one) => at(one, 'id'));
      assert.deepEqual(await of('state=quarantined'), [receipts[2]]);
      assert.deepEqual(await of('source=gp'), [receipts[3]]);
      assert.deepEqual(await of('source=gp&state=applied'), []);
    });
  });
});

suite('the server', () => {
  test('says that it is ready and what it checked', async () => {
    await withHouse(async (house) => {
      const { status, json } = await house.http('GET', '/api/v1/health');
      assert.deepEqual([status, at(json, 'ready')], [200, true]);
      for (const check of listAt(json, 'checks'))
        assert.deepEqual([at(check, 'ok'), typeof at(check, 'detail')], [true, 'string']);
    });
  });

  test('writes what comes together in few commits, and answers each writer with its own', async () => {
    await withHouse(async (house) => {
      const ids = Array.from({ length: 60 }, (_, index) => `p${index}`);
      const commits = async () =>
        Number((await house.running.db.query<{ epoch: number }>('select epoch from pipeline_head')).rows[0]?.epoch);
      const before = await commits();
      const answers = await Promise.all(
        ids.map((id) =>
          house.fhir('PUT', `/Patient/${id}`, { source: 'gp', body: patient(id, { family: `Lark${id}` }) }),
        ),
      );
      assert.deepEqual(
        answers.map(({ status, json }) => [status, at(json, 'id')]),
        ids.map((id) => [201, id]),
      );
      assert.ok((await commits()) - before < ids.length / 2, 'they shared commits');
    });
  });
});
