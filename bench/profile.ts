// Where the time of a running server goes: its main thread by parts of the source, as Node's profiler samples it, and what its other
// threads and PostgreSQL spend on processors meanwhile.
import { type Spent, spentBy } from './machine.ts';
import type { ServerUnderTest } from './server.ts';

/** Of a stretch of time. `parts`: ms of the main thread, the most first. */
export type Told = Spent & { readonly parts: ReadonlyMap<string, number> };

type Frame = { readonly functionName: string; readonly url: string };
type Node = { readonly id: number; readonly callFrame: Frame; readonly children?: readonly number[] };
type Profile = {
  readonly nodes: readonly Node[];
  readonly samples: readonly number[];
  /** In microseconds, before each sample. */
  readonly timeDeltas: readonly number[];
};

const EVERY_MICROSECONDS = 1_000;
const NOT_WORK: ReadonlySet<string> = new Set(['(idle)', '(root)']);

/** Does `work` while the server is profiled. The server was started with `inspected`. */
export async function profiled<T>(
  { inspector, pid }: Pick<ServerUnderTest, 'inspector' | 'pid'>,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly told: Told }> {
  if (inspector === undefined) throw new Error('the server was not started to be profiled');
  const connection = await connect(inspector);
  try {
    await connection.ask('Profiler.enable');
    await connection.ask('Profiler.setSamplingInterval', { interval: EVERY_MICROSECONDS });
    await connection.ask('Profiler.start');
    const before = spentBy(pid);
    const result = await work();
    const after = spentBy(pid);
    const { profile } = (await connection.ask('Profiler.stop')) as { readonly profile: Profile };
    return { result, told: { ...between(before, after), parts: partsOf(profile) } };
  } finally {
    connection.close();
  }
}

/** One line: ms a request of each part that takes a share worth telling. */
export function inWords({ mainMs, threadsMs, belowMs, parts }: Told, requests: number): string {
  const each = (ms: number) => (ms / Math.max(1, requests)).toFixed(3);
  const sampled = [...parts.values()].reduce((sum, ms) => sum + ms, 0);
  const most = [...parts].filter(([, ms]) => ms > sampled / 50).map(([name, ms]) => `${name} ${each(ms)}`);
  return `ms a request: main thread ${each(mainMs)} (${most.join(', ')}); other threads ${each(threadsMs)}; PostgreSQL ${each(belowMs)}`;
}

function between(before: Spent | undefined, after: Spent | undefined): Spent {
  if (before === undefined || after === undefined) return { mainMs: 0, threadsMs: 0, belowMs: 0 };
  return {
    mainMs: after.mainMs - before.mainMs,
    threadsMs: after.threadsMs - before.threadsMs,
    belowMs: after.belowMs - before.belowMs,
  };
}

function partsOf({ nodes, samples, timeDeltas }: Profile): ReadonlyMap<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const names = new Map(nodes.map(({ id }) => [id, partOf(id)]));
  const spent = new Map<string, number>();
  for (const [place, id] of samples.entries()) {
    const name = names.get(id) ?? '';
    if (!NOT_WORK.has(name)) spent.set(name, (spent.get(name) ?? 0) + (timeDeltas[place] ?? 0) / 1_000);
  }
  return new Map([...spent].sort(([, one], [, other]) => other - one));

  /** The innermost frame that is ours, or a package's; what is neither goes by its own name. */
  function partOf(leaf: number): string {
    for (let id: number | undefined = leaf; id !== undefined; id = parents.get(id)) {
      const { url = '' } = byId.get(id)?.callFrame ?? {};
      const own = /\/server\/src\/([^/]+)\/([^/]+)/.exec(url);
      if (own !== null) return own[1] === 'pipeline' ? `pipeline/${own[2]?.replace('.ts', '')}` : `${own[1]}`;
      const installed = /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
      if (installed !== undefined) return installed;
    }
    const { functionName = '' } = byId.get(leaf)?.callFrame ?? {};
    return functionName.startsWith('(') ? functionName : 'node';
  }
}

type Connection = { ask(method: string, params?: object): Promise<unknown>; close(): void };

/** To the inspector of a Node process. */
async function connect(address: string): Promise<Connection> {
  const socket = new WebSocket(address);
  const waiting = new Map<number, (answer: { readonly result?: unknown; readonly error?: unknown }) => void>();
  socket.addEventListener('message', ({ data }) => {
    const answer = JSON.parse(String(data)) as { readonly id?: number; readonly result?: unknown };
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error('the inspector of the server cannot be reached')));
  });
  let asked = 0;
  return {
    ask: (method, params = {}) =>
      new Promise((resolve, reject) => {
        asked += 1;
        waiting.set(asked, ({ result, error }) =>
          error === undefined ? resolve(result) : reject(new Error(`${method}: ${JSON.stringify(error)}`)),
        );
        socket.send(JSON.stringify({ id: asked, method, params }));
      }),
    close: () => socket.close(),
  };
}
