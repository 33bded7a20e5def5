// One PostgreSQL of whatever version, as an administrator would set it up: on a port of its own, with its own defaults.
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDb } from '../../server/src/base/db.ts';
import { databaseAccount } from '../../server/src/store/account.ts';

export type Postgres = {
  readonly port: number;
  /** Where the socket is, under the name that tests expect. */
  readonly socket: string;
  stop(): Promise<void>;
};

const START_MS_MAX = 60_000;
const POLL_MS = 50;
const SOCKET = '.s.PGSQL.';
const TESTS_PORT = 5432;

export async function servePostgres(given: { programs: string; directory: string }): Promise<Postgres> {
  const { programs, directory } = given;
  const account = databaseAccount(directory);
  const [data, socket] = [path.join(directory, 'data'), path.join(directory, 'socket')];
  for (const made of [directory, data, socket]) {
    mkdirSync(made, { mode: 0o700 });
    if (account !== undefined) chownSync(made, account.uid, account.gid);
  }
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  const args = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C'];
  execFileSync(path.join(programs, 'initdb'), args, { ...account, env, cwd: '/', stdio: 'pipe' });
  const port = await freePort();
  const postgres = spawn(
    path.join(programs, 'postgres'),
    ['-D', data, '-k', socket, '-p', String(port), '-c', 'listen_addresses=127.0.0.1'],
    { ...account, env, cwd: '/', stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => postgres.once('exit', () => resolve()));
  const stop = async () => {
    postgres.kill('SIGINT');
    await ended;
  };
  try {
    await untilUp(port);
  } catch (error) {
    await stop();
    throw error;
  }
  symlinkSync(`${SOCKET}${port}`, path.join(socket, `${SOCKET}${TESTS_PORT}`));
  return { port, socket, stop };
}

async function untilUp(port: number): Promise<void> {
  const until = performance.now() + START_MS_MAX;
  for (;;) {
    const db = openDb({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres', connectionsMax: 1 });
    try {
      await db.query('select 1');
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
      await sleep(POLL_MS);
    } finally {
      await db.close();
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
