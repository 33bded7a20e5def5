// HL7 v2 clients that others wrote, against a whole server: what they send is stored, and they understand every answer.
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { suite, type TestContext, test } from 'node:test';
import { Hl7Message } from '@medplum/core';
import { Hl7Client, ReturnAckCategory } from '@medplum/hl7';
import Client, { Batch, HL7_2_5, type InboundResponse } from 'node-hl7-client';
import { DEFAULT_ACK_POLICY } from '../src/intake/mllp/index.ts';
import type { Config } from '../src/operate/config.ts';
import { at, configOf, type House, listAt, SOURCES, withHouse } from './harness.ts';
import { adt, type Said, visit } from './messages.ts';

const ADA: Said = { mrn: 'RX1', nhs: '9990000018', family: 'Lark', given: 'Ada', born: '19600607', sex: '2' };
const TIMEOUT_MS = 10_000;

/** `pas` is answered when stored, `lab` when processed, with AE where the other says AR. */
const CONFIG: Config = {
  ...configOf(),
  sources: SOURCES,
  mllp: [
    { host: '127.0.0.1', port: 0, source: 'pas', ack: {} },
    {
      host: '127.0.0.1',
      port: 0,
      source: 'lab',
      ack: { promise: 'processed', codes: { ...DEFAULT_ACK_POLICY.codes, quarantined: 'AE' } },
    },
  ],
};

const portOf = ({ running }: House, source: string): number =>
  Number(running.addresses.mllp.find((one) => one.endsWith(`=${source}`))?.match(/:(\d+)=/)?.[1]);

/** A client of Medplum's library on a house of its own. */
async function withMedplum(
  t: TestContext,
  use: (client: Hl7Client, house: House) => Promise<void>,
  { source = 'pas', encoding }: { source?: string; encoding?: string } = {},
): Promise<void> {
  await withHouse(
    async (house) => {
      const client = new Hl7Client({
        host: '127.0.0.1',
        port: portOf(house, source),
        ...(encoding === undefined ? {} : { encoding }),
      });
      t.after(() => client.close());
      await use(client, house);
    },
    { config: CONFIG },
  );
}

function admission(id: string, more: { who?: Said; header?: (msh: string) => string } = {}): Hl7Message {
  const text = adt({ trigger: 'A01', id, at: '202603020701', who: more.who ?? ADA, more: [visit('V1', 'W1')] });
  const [msh = '', ...rest] = text.split('\r');
  return Hl7Message.parse([more.header?.(msh) ?? msh, ...rest].join('\r'));
}

const code = (answer: Hl7Message) => answer.getSegment('MSA')?.getField(1)?.toString();
const said = (answer: Hl7Message, segment: string, field: number) =>
  answer.getSegment(segment)?.getField(field)?.toString() ?? '';
/** MSH-15 and MSH-16 of a message whose header ends with MSH-18. */
const asking = (accept: string, application: string) => (msh: string) =>
  msh.replace(/\|\|\|\|\|\|UNICODE UTF-8$/, `|||${accept}|${application}||UNICODE UTF-8`);

suite('the client of Medplum', () => {
  test('has an admission accepted, and the patient is there', async (t) => {
    await withMedplum(
      t,
      async (client, house) => {
        const answer = await client.sendAndWait(admission('M1'), { timeoutMs: TIMEOUT_MS });
        assert.deepEqual([code(answer), said(answer, 'MSA', 2)], ['AA', 'M1']);
        assert.equal(said(answer, 'MSH', 9), 'ACK^A01^ACK');
        const found = await house.fhir('GET', '/Patient?identifier=RX1');
        assert.equal(at(found.json, 'entry.0.resource.name.0.family'), 'Lark');
      },
      { source: 'lab' },
    );
  });

  test('hears in enhanced mode that it is stored, then that it is applied', async (t) => {
    await withMedplum(t, async (client) => {
      const both = admission('M2', { header: asking('AL', 'AL') });
      const options = { timeoutMs: TIMEOUT_MS };
      const first = await client.sendAndWait(both, { ...options, returnAck: ReturnAckCategory.FIRST });
      assert.equal(code(first), 'CA');
      const other = admission('M3', { header: asking('AL', 'AL') });
      const last = await client.sendAndWait(other, { ...options, returnAck: ReturnAckCategory.APPLICATION });
      assert.equal(code(last), 'AA');
      assert.equal(said(last, 'MSA', 2), 'M3');
    });
  });

  test('reads a refusal with its position, AE or AR as the partner wants it', async (t) => {
    const bad = () => Hl7Message.parse(adt({ trigger: 'A01', id: 'M4', at: '202603020701', who: { mrn: '' } }));
    await withMedplum(
      t,
      async (client) => {
        const answer = await client.sendAndWait(bad(), { timeoutMs: TIMEOUT_MS });
        assert.equal(code(answer), 'AE');
        assert.match(said(answer, 'MSA', 3), /\w+ \w+/);
        assert.match(said(answer, 'ERR', 1), /^PID/);
      },
      { source: 'lab' },
    );
    await withMedplum(t, async (client) => {
      await client.sendAndWait(admission('M5'), { timeoutMs: TIMEOUT_MS });
      const other = admission('M5', { who: { ...ADA, family: 'Wren' } });
      const conflict = await client.sendAndWait(other, { timeoutMs: TIMEOUT_MS });
      assert.deepEqual([code(conflict), said(conflict, 'MSA', 2)], ['AR', 'M5']);
      assert.match(said(conflict, 'MSA', 3), /MSH-10 was used before/);
    });
  });

  test('sends a hundred without waiting, and each answer finds its message', async (t) => {
    await withMedplum(t, async (client, house) => {
      const ids = Array.from({ length: 100 }, (_, index) => `P${index}`);
      const answers = await Promise.all(
        ids.map((id, index) => {
          const who = { ...ADA, mrn: `RX${index}`, nhs: '' };
          return client.sendAndWait(admission(id, { who }), { timeoutMs: TIMEOUT_MS });
        }),
      );
      assert.deepEqual(
        answers.map((answer) => [code(answer), said(answer, 'MSA', 2)]),
        ids.map((id) => ['AA', id]),
      );
      const { total } = await house.books();
      assert.deepEqual([total.received, total.residual], [100, 0]);
    });
  });

  for (const [charset, encoding] of [
    ['8859/1', 'latin1'],
    ['8859/15', 'iso-8859-15'],
    ['windows-1252', 'win1252'],
    ['UNICODE UTF-8', 'utf-8'],
    ['UNICODE UTF-16', 'utf-16le'],
  ] as const) {
    test(`speaks ${charset} and is answered in it; the name arrives whole`, async (t) => {
      await withMedplum(
        t,
        async (client, house) => {
          const who = { ...ADA, family: 'Müller', given: 'Zoë' };
          const header = (msh: string) => msh.replace('UNICODE UTF-8', charset);
          const answer = await client.sendAndWait(admission('Ç1', { who, header }), { timeoutMs: TIMEOUT_MS });
          assert.deepEqual([code(answer), said(answer, 'MSA', 2)], ['AA', 'Ç1']);
          assert.equal(said(answer, 'MSH', 18), charset);
          const found = await house.fhir('GET', '/Patient?identifier=RX1');
          assert.equal(at(found.json, 'entry.0.resource.name.0.family'), 'Müller');
          assert.deepEqual(listAt(found.json, 'entry.0.resource.name.0.given'), ['Zoë']);
        },
        { source: 'lab', encoding },
      );
    });
  }
});

suite('the client node-hl7-client', () => {
  test('builds an admission, sends it, and reads AA for it', async (t) => {
    await withHouse(
      async (house) => {
        const { line, answers } = nodeHl7(t, house);
        await line.sendMessage(built('N1'));
        assert.deepEqual(await answers(1), [['AA', 'N1']]);
        const found = await house.fhir('GET', '/Patient?identifier=RX9');
        assert.equal(at(found.json, 'entry.0.resource.name.0.family'), 'LARK');
      },
      { config: CONFIG },
    );
  });

  test('sends a batch in one frame, and reads an answer for each of its messages', async (t) => {
    await withHouse(
      async (house) => {
        const { line, answers } = nodeHl7(t, house);
        const batch = new Batch();
        batch.start();
        for (const id of ['N1', 'N2', 'N3']) batch.add(built(id, id === 'N2' ? 'A60' : 'A28'));
        batch.end();
        await line.sendMessage(batch);
        assert.deepEqual(await answers(3), [
          ['AR', 'N2'],
          ['AA', 'N1'],
          ['AA', 'N3'],
        ]);
        const { total } = await house.books();
        assert.deepEqual([total.received, total.residual, total.states.rejected], [3, 0, 1]);
      },
      { config: CONFIG },
    );
  });
});

/** A connection of that library to the listener that answers when processed, and what it has read so far. */
function nodeHl7(t: TestContext, house: House) {
  const read: (readonly [code: string, controlId: string])[] = [];
  const arrived = new EventEmitter();
  const client = new Client({ host: '127.0.0.1', version: '2.5' });
  const line = client.createConnection(
    { port: portOf(house, 'lab'), version: '2.5' },
    async (answer: InboundResponse) => {
      const message = answer.getMessage();
      read.push([message.get('MSA.1').toString(), message.get('MSA.2').toString()]);
      arrived.emit('answer');
    },
  );
  t.after(() => line.close());
  return {
    line,
    answers: async (count: number) => {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      while (read.length < count) await once(arrived, 'answer', { signal });
      return read;
    },
  };
}

function built(id: string, trigger = 'A28') {
  return new HL7_2_5()
    .buildMSH({ msh_3: 'PAS', msh_4: 'RXX', msh_9_1: 'ADT', msh_9_2: trigger, msh_10: id, msh_11_1: 'P' })
    .buildEVN({ evn_2: new Date('2026-03-02T07:00:00Z') })
    .buildPID({ pid_3: 'RX9^^^RXX^MR', pid_5: 'LARK^ADA', pid_7: new Date('1960-06-07'), pid_8: 'F' })
    .toMessage();
}
