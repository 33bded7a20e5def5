// The worker's side of the channel to the first process: what it tells, what it asks, and what it is told.

import { Failed } from '../base/errors.ts';
import type { ReceiptId } from '../base/ids.ts';
import type { Source } from '../mapping/types.ts';
import type { SourceRegistry } from '../operate/sources.ts';
import type { Pipeline } from '../pipeline/run.ts';
import { errorOf } from './trouble.ts';
import type { Answer, Ask, FromWorker, SourceMemory, ToWorker, WorkerSetup } from './types.ts';

export type First = {
  /** Resolves with what to start from. */
  readonly begun: Promise<WorkerSetup>;
  /** Resolves when the first process wants this one to end in order. */
  readonly stopped: Promise<void>;
  tell(message: FromWorker): void;
  ask(ask: Ask): Promise<Answer>;
};
type Waiting = { readonly resolve: (value: Answer) => void; readonly reject: (error: unknown) => void };

/** Opens the channel of this process. */
export function openFirst(): First {
  const begun = Promise.withResolvers<WorkerSetup>();
  const stopped = Promise.withResolvers<void>();
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  process.on('message', (message: ToWorker) => {
    if (message.kind === 'begin') begun.resolve(message.setup);
    else if (message.kind === 'stop') stopped.resolve();
    else {
      const waiter = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.kind === 'answer') waiter?.resolve(message.value);
      else waiter?.reject(errorOf(message.trouble));
    }
  });
  // A worker ends with the first process, so a message that cannot be sent is one that nobody waits for.
  const tell = (message: FromWorker) => void (process.connected && process.send?.(message));
  tell({ kind: 'loaded' });
  return {
    begun: begun.promise,
    stopped: stopped.promise,
    tell,
    ask: (ask) =>
      new Promise((resolve, reject) => {
        asked += 1;
        waiting.set(asked, { resolve, reject });
        tell({ kind: 'ask', id: asked, ask });
      }),
  };
}

/** The pipeline as doors use it, asked of the process that runs it. */
export function remotePipeline(first: First): Pick<Pipeline, 'planOf' | 'settled'> {
  const ask = (what: 'plan' | 'settled', receipt: ReceiptId, timeoutMs: number) =>
    first.ask({ what, receipt, timeoutMs });
  return {
    planOf: async (receipt, timeoutMs) => {
      const answer = await ask('plan', receipt, timeoutMs);
      return answer !== undefined && 'versions' in answer ? answer : undefined;
    },
    settled: async (receipt, timeoutMs) => {
      const answer = await ask('settled', receipt, timeoutMs);
      return answer !== undefined && 'receipt' in answer ? answer : { receipt, state: 'received', reasons: [] };
    },
  };
}

/** Sources as the first process registers them: one registrar, so two workers that meet a sender together make one version. */
export function remoteSources(first: First, known: readonly Source[]): SourceRegistry {
  const sources: SourceMemory = new Map(known.map((source) => [source.key, source]));
  const ensure: SourceRegistry['ensure'] = async (key, like) => {
    const found = sources.get(key as Source['key']);
    if (found !== undefined) return found.key;
    const answer = await first.ask({ what: 'source', key, like });
    if (answer === undefined || !('trust' in answer))
      throw new Failed('source-unknown', 'The source could not be registered. Send this again.');
    sources.set(answer.key, answer);
    return answer.key;
  };
  return {
    all: () => sources,
    ensure,
    register: async (source) => void (await ensure(source.key, source)),
    lower: () => {
      throw new Failed('source-elsewhere', 'Trust is lowered by the first process. Ask that one.');
    },
  };
}
