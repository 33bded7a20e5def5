// Files found in the world, through the doors: each ends in one state, with a reason that a person understands.
// VOUCH_SAMPLES names a folder of more; ../shared/samples beside the checkout is used where it is there.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { ReceiptState } from '../src/intake/types.ts';
import { at, type House, listAt, withHouse } from './harness.ts';

const OWN = new URL('../../vectors/hl7v2/samples/', import.meta.url);
const BESIDE = new URL('../../../shared/samples/', import.meta.url);
const FOLDERS = [fileURLToPath(OWN), process.env['VOUCH_SAMPLES'] ?? fileURLToPath(BESIDE)];
const HL7 = /\.(hl7|er7)$/i;
const FHIR = /\.json(\.gz)?$/i;
const REASON_CHARS_MIN = 25;
const RECEIPT_WAIT_MS = 10_000;
const POLL_MS = 10;

type Ending = {
  readonly file: string;
  readonly state: ReceiptState;
  readonly reason: string;
  readonly receipts: number;
};

/** By name: the same sample in two folders is sent once. */
function filesBelow(wanted: RegExp): readonly string[] {
  const files = FOLDERS.filter((folder) => existsSync(folder)).flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => wanted.test(file))
      .map((file) => path.join(folder, file)),
  );
  const byName = new Map(files.toReversed().map((file) => [path.basename(file), file]));
  return [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file);
}

type Ended = {
  readonly id: number;
  readonly door: unknown;
  readonly code: unknown;
  readonly state: ReceiptState;
  readonly reason: string;
};

async function receiptsSince(house: House, before: number): Promise<readonly Ended[]> {
  const { json } = await house.http('GET', '/api/v1/receipts?_count=500');
  return listAt(json, 'receipts')
    .filter((one) => Number(at(one, 'id')) > before)
    .map((one) => ({
      id: Number(at(one, 'id')),
      door: at(one, 'door'),
      code: at(one, 'reasons.0.code'),
      state: at(one, 'state') as ReceiptState,
      reason: String(at(one, 'reasons.0.message') ?? ''),
    }));
}

/** One frame on a connection of its own. Some of the messages ask for no answer, so the receipt is what is waited for. */
async function sendFrame(house: House, bytes: Uint8Array): Promise<void> {
  const before = await house.newest();
  const [host = '', port = ''] = (house.running.addresses.mllp[0] ?? '').split(':');
  const socket = connect({ host, port: Number(port) });
  socket.write(Buffer.concat([Buffer.of(0x0b), bytes, Buffer.of(0x1c, 0x0d)]));
  for (let waited = 0; (await house.newest()) === before; waited += POLL_MS) {
    assert.ok(waited < RECEIPT_WAIT_MS, 'a receipt comes of every frame');
    await sleep(POLL_MS);
  }
  socket.destroy();
}

/** Sends one file and tells how it ended; several receipts of one file are told by the worst of them. */
async function endingOf(house: House, file: string, send: () => Promise<unknown>): Promise<Ending> {
  const before = await house.newest();
  await send();
  await house.idle();
  const sent = await receiptsSince(house, before);
  // Samples of many authors use the same control ids; it is their content that is looked at here.
  for (const { id } of sent.filter(({ code }) => code === 'delivery-conflict'))
    await house.rule({ kind: 'retry', receipt: id, reason: 'Another author.', by: 'test' });
  await house.idle();
  const receipts = (await receiptsSince(house, before)).filter(({ door }) => door !== 'ruling');
  const worst = receipts.find(({ state }) => state !== 'applied') ?? receipts[0];
  assert.ok(worst !== undefined, `${path.basename(file)} became a receipt`);
  return { file: path.basename(file), state: worst.state, reason: worst.reason, receipts: receipts.length };
}

async function check(house: House, t: TestContext, endings: readonly Ending[]): Promise<void> {
  for (const { file, state, reason, receipts } of endings) {
    t.diagnostic(
      `${file.slice(0, 44).padEnd(44)} ${String(receipts).padStart(4)} ${state.padEnd(11)} ${reason.slice(0, 110)}`,
    );
  }
  for (const { file, state, reason } of endings) {
    assert.notEqual(state, 'received', file);
    if (state === 'applied') continue;
    assert.ok(
      reason.length >= REASON_CHARS_MIN && /^[A-Z0-9"].*[.]$/s.test(reason),
      `${file}: "${reason}" is no reason a person understands`,
    );
    assert.doesNotMatch(reason, /fault in Vouch/, file);
  }
  const { total } = await house.books();
  assert.equal(total.residual, 0);
  assert.equal(total.states.received, 0);
}

suite('samples', () => {
  test('of HL7 v2, through MLLP', async (t) => {
    await withHouse(
      async (house) => {
        const endings: Ending[] = [];
        for (const file of filesBelow(HL7)) {
          endings.push(await endingOf(house, file, () => sendFrame(house, readFileSync(file))));
        }
        assert.ok(endings.length > 30);
        await check(house, t, endings);
        assert.ok(endings.some(({ state }) => state === 'applied'));
      },
      { config: { sources: [], mllp: [{ host: '127.0.0.1', port: 0, source: undefined, ack: {} }], folders: [] } },
    );
  });

  test('of FHIR, through the API', { skip: filesBelow(FHIR).length === 0 ? 'there are none' : false }, async (t) => {
    await withHouse(async (house) => {
      const endings: Ending[] = [];
      for (const file of filesBelow(FHIR)) {
        const bytes = file.endsWith('.gz') ? gunzipSync(readFileSync(file)) : readFileSync(file);
        if (at(JSON.parse(bytes.toString('utf8')), 'resourceType') !== 'Bundle') continue;
        const send = async () => {
          const answer = await house.fhir('POST', '', { source: 'synthea', body: bytes });
          assert.equal(answer.status, 200, answer.text.slice(0, 500));
        };
        endings.push(await endingOf(house, file, send));
      }
      await check(house, t, endings);
    });
  });
});
