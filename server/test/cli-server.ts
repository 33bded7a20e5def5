// A real server on a database of its own for the tests of the commands, messages to feed it, and servers that answer as told.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { systemClock } from '../src/base/clock.ts';
import type { SourceKey } from '../src/base/ids.ts';
import { main } from '../src/cli/main.ts';
import { randomSalts } from '../src/ledger/index.ts';
import { type Running, startServer } from '../src/main.ts';
import type { Source } from '../src/mapping/types.ts';
import { withDatabase } from '../src/testkit/database.ts';

export type Ran = { readonly code: number; readonly out: string; readonly err: string };

/** Runs one command line as a person would, with the environment given. */
export async function vouch(args: readonly string[], env: { readonly [name: string]: string } = {}): Promise<Ran> {
  let out = '';
  let err = '';
  const code = await main(args, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env,
  });
  return { code, out, err };
}

export type TestServer = {
  readonly url: string;
  readonly data: string;
  readonly running: Running;
  /** A command that asks this server. */
  ask(...args: string[]): Promise<Ran>;
  /** Delivers a message and waits until it is settled; the receipt's number. */
  deliver(source: string, message: string, key?: string): Promise<number>;
};

export async function withServer(work: (server: TestServer) => Promise<void>): Promise<void> {
  const data = mkdtempSync(path.join(tmpdir(), 'vouch-cli-'));
  const incidents: unknown[] = [];
  try {
    await withDatabase(async ({ url: databaseUrl }) => {
      const running = await startServer({
        data,
        databaseUrl,
        http: { host: '127.0.0.1', port: 0 },
        config: {
          sources: [source('pas', 80), source('clinic', 20), source('app', 30)],
          mllp: [{ host: '127.0.0.1', port: 0, source: 'pas', ack: {} }],
          folders: [],
        },
        clock: systemClock,
        salts: randomSalts(),
        console: undefined,
        events: {
          ready: () => undefined,
          stopping: () => undefined,
          stopped: () => undefined,
          incident: (what, error) => incidents.push([what, error]),
          wire: () => undefined,
        },
      });
      const url = running.addresses.http;
      try {
        await work({
          url,
          data,
          running,
          ask: (...args) => vouch(args, { VOUCH_SERVER: url }),
          deliver: (from, message, key) => deliver(running, { from, message, key }),
        });
      } finally {
        await running.stop();
      }
    });
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
  assert.deepEqual(incidents, []);
}

function source(key: string, trust: number): Source {
  return {
    key: key as SourceKey,
    name: `The ${key}`,
    kind: 'pas',
    trust,
    authorities: {},
    updatePolicy: { '*': 'snapshot' },
    owns: [],
    timeZone: 'Europe/London',
    csvMap: undefined,
  };
}

let deliveries = 0;

async function deliver(
  running: Running,
  { from, message, key }: { from: string; message: string; key: string | undefined },
): Promise<number> {
  deliveries += 1;
  const response = await fetch(`${running.addresses.http}/api/v1/receipts`, {
    method: 'POST',
    headers: {
      'content-type': 'application/hl7-v2',
      'idempotency-key': key ?? `delivery ${deliveries}`,
      'vouch-source': from,
    },
    body: message,
  });
  const answer = (await response.json()) as { receipt?: number; detail?: string };
  await running.pipeline.idle();
  // A conflict is answered by a problem that names the receipt it was kept as.
  return answer.receipt ?? Number(/as receipt (\d+), quarantined/.exec(answer.detail ?? '')?.[1]);
}

export type Told = {
  readonly id: string;
  readonly family?: string;
  readonly birthDate?: string;
  readonly nhsNumber?: string;
  /** AL1-3, such as `91936005^Allergy to penicillin^SCT`. */
  readonly allergy?: string;
  readonly type?: string;
};

/** An A28 about one person, with a verified NHS number of the test range. */
export function person({ id, family = 'Rowntree', birthDate = '19960923', nhsNumber, allergy, type }: Told): string {
  const number = nhsNumber === undefined ? '' : `~${nhsNumber}^^^NHS^NH`;
  const verified = nhsNumber === undefined ? '' : `${'|'.repeat(24)}NSTS01`;
  return [
    `MSH|^~\\&|APP|FAC|||20260302073200||${type ?? 'ADT^A28^ADT_A05'}|C${id}${birthDate}|P|2.4`,
    'EVN||20260302073200',
    `PID|1||${id}^^^FAC^MR${number}||${family}^Johanna||${birthDate}|2${verified}`,
    ...(allergy === undefined ? [] : [`AL1|1|DA|${allergy}`]),
    '',
  ].join('\r');
}

/** A server that gives the answers named by path, and 404 with a page for people elsewhere. */
export async function answering(
  t: TestContext,
  answers: { readonly [path: string]: unknown },
  status: { readonly [path: string]: number } = {},
): Promise<string> {
  const server = createServer((request, response) => {
    const at = request.url?.split('?')[0] ?? '';
    const answer = answers[at];
    if (answer === undefined) return response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Hello</h1>');
    return response.writeHead(status[at] ?? 200).end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A port of this machine that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}
