// Listens for MLLP connections.
import { createServer, type Server } from 'node:net';
import { Connection } from './connection.ts';
import { checkPolicy } from './policy.ts';
import type { MllpListener, MllpOptions } from './types.ts';

const GRACE_MS = 5000;

/** Starts listening; resolves when connections are taken. Rejects when the address cannot be used or the policy is not honest. */
export async function startMllp(options: MllpOptions): Promise<MllpListener> {
  checkPolicy(options.connection.ack);
  const connections = new Set<Connection>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    if (connections.size >= options.connection.connectionsMax) {
      options.events({ kind: 'connection-refused', peer: socket.remoteAddress ?? 'unknown' });
      socket.destroy();
      return;
    }
    const connection = new Connection(socket, options);
    connections.add(connection);
    socket.once('close', () => connections.delete(connection));
  });
  await listen(server, options.listen);
  server.on('error', (error) => options.events({ kind: 'listener-error', error }));
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : options.listen.port;
  return {
    address: { host: options.listen.host, port },
    state: () => stateOf(server.listening, connections.size, options.connection.connectionsMax),
    close: (graceMs = GRACE_MS) => close(server, connections, graceMs),
  };
}

function stateOf(listening: boolean, connections: number, connectionsMax: number) {
  if (!listening) return { ok: false, detail: 'takes no connections any more' };
  const of = `${connections} of ${connectionsMax} connections`;
  return connections < connectionsMax
    ? { ok: true, detail: `listens, ${of}` }
    : { ok: false, detail: `${of} are taken; more are refused` };
}

function listen(server: Server, at: { readonly host: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: at.host, port: at.port, backlog: 512 }, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

function close(server: Server, connections: ReadonlySet<Connection>, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      for (const connection of connections) connection.destroy('shutdown');
    }, graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    for (const connection of connections) connection.finish('shutdown');
  });
}
