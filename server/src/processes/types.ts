// What the first process and its workers tell each other. Everything here crosses a process boundary, so it is plain data.
import type { ReceiptId, SourceKey } from '../base/ids.ts';
import type { Settled } from '../intake/types.ts';
import type { Source } from '../mapping/types.ts';
import type { Config } from '../operate/config.ts';
import type { Plan } from '../pipeline/types.ts';

/** Where the database is: an address, or the socket of the embedded one. */
export type DatabaseAddress = {
  readonly url?: string;
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly database?: string;
};
/** All a worker starts from. */
export type WorkerSetup = {
  readonly database: DatabaseAddress;
  readonly http: { readonly host: string; readonly port: number };
  readonly config: Pick<Config, 'mllp'>;
  readonly console: string | undefined;
  /** Sources known when it was forked; others it asks for. */
  readonly sources: readonly Source[];
  /** Where the first process answers the routes that only it can. */
  readonly first: string;
  /** Workers in all: they share the database's connections. */
  readonly processes: number;
};

export type WorkerAddresses = { readonly http: string; readonly mllp: readonly string[] };
export type Ask =
  | { readonly what: 'plan'; readonly receipt: ReceiptId; readonly timeoutMs: number }
  | { readonly what: 'settled'; readonly receipt: ReceiptId; readonly timeoutMs: number }
  | { readonly what: 'source'; readonly key: string; readonly like: Pick<Source, 'name' | 'kind'> };
export type Answer = Plan | Settled | Source | undefined;

/** An error as it crosses: which of the three kinds of bad news it is, and what it says. */
export type Trouble = {
  readonly kind: 'refused' | 'failed' | 'broken';
  readonly code: string;
  readonly message: string;
  readonly where: string | undefined;
  readonly stack: string | undefined;
};

export type FromWorker =
  | { readonly kind: 'loaded' }
  | ({ readonly kind: 'open' } & WorkerAddresses)
  | { readonly kind: 'not-started'; readonly trouble: Trouble }
  /** Receipts of this worker have become durable, or may have: the store is to be read for them. */
  | { readonly kind: 'durable' }
  | { readonly kind: 'ask'; readonly id: number; readonly ask: Ask }
  | { readonly kind: 'incident'; readonly text: string; readonly trouble: Trouble | undefined }
  | { readonly kind: 'wire'; readonly door: string; readonly code: string };
export type ToWorker =
  | { readonly kind: 'begin'; readonly setup: WorkerSetup }
  | { readonly kind: 'answer'; readonly id: number; readonly value: Answer }
  | { readonly kind: 'trouble'; readonly id: number; readonly trouble: Trouble }
  | { readonly kind: 'stop' };

/** How the first process answers what workers ask. */
export type Answering = {
  readonly durable: () => void;
  readonly plan: (receipt: ReceiptId, timeoutMs: number) => Promise<Plan | undefined>;
  readonly settled: (receipt: ReceiptId, timeoutMs: number) => Promise<Settled>;
  readonly source: (key: string, like: Pick<Source, 'name' | 'kind'>) => Promise<Source | undefined>;
};
export type SourceMemory = Map<SourceKey, Source>;
