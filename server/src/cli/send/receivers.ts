// Doors of our own making for the tests of `vouch send`: they hear, remember, and answer as told.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { main } from '../main.ts';

export const message = (controlId: string, patient = '1', more = '') =>
  `MSH|^~\\&|APP|FAC|||20260302080000||ADT^A08^ADT_A01|${controlId}|P|2.4\rPID|1||${patient}^^^RXX^MR\r${more}`;
/** A message that asks for its answers in MSH-15 and MSH-16. */
export const asking = (controlId: string, accept: string, application: string) =>
  message(controlId).replace('|2.4\r', `|2.4|||${accept}|${application}\r`);

export type Ran = { readonly code: number; readonly out: string; readonly err: string };

export async function run(...args: string[]): Promise<Ran> {
  let out = '';
  let err = '';
  const code = await main(['send', ...args], {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env: {},
  });
  return { code, out, err };
}

export function folder(t: TestContext, files: { readonly [name: string]: string | Uint8Array } = {}): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'vouch-send-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(directory, name), content);
  return directory;
}

export type Heard = { readonly text: string; readonly controlId: string; readonly connection: number };
export type Answer = (heard: Heard, socket: Socket) => void;

export const ack = (controlId: string, code = 'AA', err = '') =>
  `\u000bMSH|^~\\&|V|V|||20260302080001||ACK|9|P|2.4\rMSA|${code}|${controlId}\r${err}\u001c\r`;

/** A receiver that finds frames by their ends only, and answers as told. */
export async function receiver(
  t: TestContext,
  answer: Answer,
): Promise<{ readonly to: string; readonly heard: Heard[] }> {
  const heard: Heard[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    const connection = connections;
    let kept = '';
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      kept += chunk.toString('latin1');
      for (let end = kept.indexOf('\u001c\r'); end !== -1; end = kept.indexOf('\u001c\r')) {
        const text = kept.slice(1, end);
        kept = kept.slice(end + 2);
        const one = { text, controlId: text.split('|')[9] ?? '', connection };
        heard.push(one);
        answer(one, socket);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { to: `mllp://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}

export const accept: Answer = ({ controlId }, socket) => socket.write(ack(controlId));

export type Asked = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

export async function web(
  t: TestContext,
  answer: (asked: Asked) => { status: number; body?: unknown },
): Promise<{ readonly base: string; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createHttpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body: Buffer.concat(chunks).toString('utf8') };
      asked.push(one);
      const { status, body } = answer(one);
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(body === undefined ? '' : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}
