// One Vouch a data directory: whoever listens on the directory's socket owns it. A dead owner listens no more, so no stale lock survives.
import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Failed } from '../base/errors.ts';

export type Lock = { release(): Promise<void> };

const TRIES = 5;

/** Takes the directory, or throws `Failed('data-in-use')` when a living process has it. */
export async function lockDirectory(directory: string): Promise<Lock> {
  mkdirSync(directory, { recursive: true });
  const name = createHash('sha256').update(realpathSync(directory)).digest('hex').slice(0, 24);
  // A socket's path may have about 100 characters, so it cannot live in the directory itself.
  const socket =
    process.platform === 'win32'
      ? `\\\\.\\pipe\\vouch-${name}`
      : path.join(tmpdir(), `vouch-lock-${process.getuid?.() ?? 0}-${name}`);
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const server = await listen(socket);
    if (server !== undefined) return { release: () => new Promise((resolve) => server.close(() => resolve())) };
    if (await answers(socket)) {
      throw new Failed(
        'data-in-use',
        `Another Vouch is running on ${directory}. Stop it first, or give this one a directory of its own with --data.`,
      );
    }
    rmSync(socket, { force: true });
  }
  throw new Failed(
    'data-lock',
    `The lock of ${directory} cannot be taken (${socket}). Remove that file if nothing runs, and start again.`,
  );
}

function listen(socket: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((connection) => connection.end());
    server.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(socket, () => {
      server.unref();
      resolve(server);
    });
  });
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket);
    probe.on('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.on('error', () => resolve(false));
  });
}
