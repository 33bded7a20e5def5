// Whether something listens where a listener should be, or sits where one is to be.
import { connect } from 'node:net';
import { Refused } from '../../base/errors.ts';
import { readAddress } from '../../operate/config.ts';
import { usage } from '../arguments.ts';
import { type Checkup, ok, problem } from './types.ts';

const CONNECT_TIMEOUT_MS = 3_000;

/** Connects to each and hangs up; nothing is sent. */
export async function checkDoors(addresses: readonly string[]): Promise<readonly Checkup[]> {
  return Promise.all(addresses.map(readDoor).map(checkDoor));
}

function readDoor(text: string): { host: string; port: number } {
  try {
    return readAddress(text.split('=')[0] ?? '', '--mllp');
  } catch (error) {
    throw error instanceof Refused ? usage(error.message) : error;
  }
}

async function checkDoor({ host, port }: { host: string; port: number }): Promise<Checkup> {
  const name = `listener ${host}:${port}`;
  return (await listens(host, port))
    ? ok(name, 'takes connections')
    : problem(name, 'takes no connection', {
        todo: 'See the "ready" line of vouch start for the listeners it opened, and the --mllp options it was given.',
      });
}

export function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_TIMEOUT_MS });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => end(true));
    socket.on('error', () => end(false));
    socket.on('timeout', () => end(false));
  });
}
