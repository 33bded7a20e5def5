// Plays a morning through the real doors, one delivery after the other, so that the same seed gives the same ledger.
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failed } from '../../base/errors.ts';
import type { Running } from '../../main.ts';
import type { CasePage } from '../../operate/types.ts';
import type { Morning, MorningDelivery } from '../../testkit/morning/index.ts';

export type Played = {
  /** Deliveries answered otherwise than the morning expects, by story or label. */
  readonly surprises: readonly string[];
};
type Player = {
  readonly running: Running;
  readonly connections: Map<string, MllpClient>;
  readonly surprises: string[];
};

const FOLDER_POLL_MS = 10;
const FOLDER_WAIT_MS = 20_000;
const ANSWER_WAIT_MS = 30_000;
const START_BLOCK = 0x0b;
const END_BLOCK = Buffer.from([0x1c, 0x0d]);

/** Sends every delivery by its door at its simulated time. `progress` is told after each. */
export async function playMorning(
  running: Running,
  morning: Morning,
  hooks: { setClock: (at: string) => void; progress: (done: number) => void; stopped: () => boolean },
): Promise<Played> {
  const player: Player = { running, connections: new Map(), surprises: [] };
  try {
    for (const [index, delivery] of morning.deliveries.entries()) {
      if (hooks.stopped()) break;
      hooks.setClock(delivery.at);
      await deliver(player, delivery);
      // What was sent is settled before the next comes, so that the order of the ledger is the order of the morning.
      await running.pipeline.idle();
      hooks.progress(index + 1);
    }
  } finally {
    for (const client of player.connections.values()) client.close();
  }
  return { surprises: player.surprises };
}

async function deliver(player: Player, delivery: MorningDelivery): Promise<void> {
  const { http } = player.running.addresses;
  switch (delivery.via) {
    case 'mllp': {
      const answer = await clientFor(player, delivery.source).exchange(delivery.payload);
      const code = /(?:^|\r)MSA.([A-Z]{2})/.exec(answer)?.[1] ?? 'none';
      if (delivery.expect?.ack !== undefined && !(delivery.expect.ack as readonly string[]).includes(code))
        player.surprises.push(`${delivery.story ?? delivery.label}: answered ${code}`);
      return;
    }
    case 'fhir':
      return post(player, delivery, {
        url: `${http}/fhir/R4${delivery.path}`,
        method: delivery.method,
        headers: delivery.headers,
      });
    case 'receipts':
    case 'csv':
      return post(player, delivery, {
        url: `${http}/api/v1/receipts`,
        method: 'POST',
        headers: delivery.headers,
      });
    case 'ruling':
      return rule(player, delivery, http);
    case 'folder':
      return drop(player, delivery);
  }
}

async function post(
  player: Player,
  delivery: MorningDelivery,
  to: { url: string; method: string; headers: Readonly<Record<string, string>> },
): Promise<void> {
  const response = await fetch(to.url, { method: to.method, headers: to.headers, body: Buffer.from(delivery.payload) });
  await response.arrayBuffer();
  const expected = delivery.expect?.http;
  const surprising = expected === undefined ? response.status >= 400 : !expected.includes(response.status);
  if (surprising) player.surprises.push(`${delivery.story ?? delivery.label}: answered ${response.status}`);
}

/** Where the policy asks for a second person, a colleague looks at the same and agrees. */
async function rule(player: Player, delivery: MorningDelivery, http: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const send = async (url: string, body: Buffer) => {
    const response = await fetch(url, { method: 'POST', headers, body });
    const answer: unknown = await response.json();
    if (response.status >= 400)
      player.surprises.push(`${delivery.story ?? delivery.label}: answered ${response.status}`);
    return answer as { readonly receipt?: number; readonly waitsForSecond?: boolean };
  };
  const { receipt, waitsForSecond } = await send(`${http}/api/v1/rulings`, Buffer.from(delivery.payload));
  if (waitsForSecond !== true) return;
  const open = (await (await fetch(`${http}/api/v1/cases?limit=500`)).json()) as CasePage;
  const found = open.cases.find((one) => one.proposal?.receipt === receipt);
  const body = { proposal: receipt, reason: 'Two wristbands seen on the ward.', by: 'ward-sister' };
  await send(`${http}/api/v1/cases/${found?.id}/approve`, Buffer.from(JSON.stringify(body)));
}

/** A file appears whole under its name, as a careful sender writes it, and is done when the folder door has moved it. */
async function drop(player: Player, delivery: MorningDelivery & { readonly via: 'folder' }): Promise<void> {
  const folder =
    player.running.addresses.folders.find((one) => path.basename(one) === delivery.source) ??
    player.running.addresses.folders[0];
  if (folder === undefined) throw new Failed('demo-folder', 'The demo needs its watched folder.');
  const file = path.join(folder, 'in', delivery.fileName);
  writeFileSync(`${file}.part`, delivery.payload);
  renameSync(`${file}.part`, file);
  const until = performance.now() + FOLDER_WAIT_MS;
  while (existsSync(file)) {
    if (performance.now() > until)
      throw new Failed('demo-folder', `The folder door did not take ${delivery.fileName}.`);
    await sleep(FOLDER_POLL_MS);
  }
}

function clientFor(player: Player, source: string): MllpClient {
  const known = player.connections.get(source);
  if (known !== undefined) return known;
  const address = player.running.addresses.mllp.find((one) => one.endsWith(`=${source}`));
  if (address === undefined) throw new Failed('demo-mllp', `The demo needs an MLLP listener for ${source}.`);
  const [host, port] = address.split('=')[0]?.split(':') ?? [];
  const made = openClient(host ?? '127.0.0.1', Number(port));
  player.connections.set(source, made);
  return made;
}

type MllpClient = { exchange(message: Uint8Array): Promise<string>; close(): void };

function openClient(host: string, port: number): MllpClient {
  const socket: Socket = connect({ host, port, noDelay: true });
  let received = Buffer.alloc(0);
  let waiting: ((answer: string) => void) | undefined;
  let failed: ((error: Error) => void) | undefined;
  socket.on('error', (error) => failed?.(error));
  socket.on('close', () => failed?.(new Failed('demo-mllp', 'The MLLP connection closed before the answer came.')));
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    const end = received.indexOf(END_BLOCK);
    if (end < 0) return;
    const answer = received.subarray(1, end).toString('utf8');
    received = received.subarray(end + END_BLOCK.length);
    waiting?.(answer);
  });
  return {
    exchange: (message) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Failed('demo-mllp', 'No answer came.')), ANSWER_WAIT_MS);
        waiting = (answer) => {
          clearTimeout(timer);
          resolve(answer);
        };
        failed = reject;
        socket.write(Buffer.concat([Buffer.of(START_BLOCK), message, END_BLOCK]));
      }),
    close: () => {
      failed = undefined;
      socket.destroy();
    },
  };
}
