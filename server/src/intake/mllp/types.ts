// What an MLLP listener is told, and what it tells of itself.
import type { Clock } from '../../base/clock.ts';
import type { SourceKey } from '../../base/ids.ts';
import type { AckPolicy, Intake } from '../types.ts';

export type MllpConnectionConfig = {
  /** Whom every message on this listener is from. Without it, MSH-3 and MSH-4 decide. */
  readonly source?: SourceKey | undefined;
  readonly ack: AckPolicy;
  /** A character set to insist on, whatever MSH-18 says. */
  readonly charset?: string | undefined;
  /** What to do when a message cannot be made durable: answer by policy, or close so that the sender keeps it. */
  readonly whenStoreUnavailable: 'answer' | 'close';
  readonly sizeBytesMax: number;
  /** How long a connection may say nothing. */
  readonly idleMs: number;
  /** How long one frame may take from its first byte to its last. */
  readonly frameMs: number;
  readonly connectionsMax: number;
  /** Messages of one connection that may wait for their answer; beyond this the socket is not read. */
  readonly pipelineMax: number;
};

/** Finds the source of a sender, registering an unknown one at the lowest trust. Rejects when the store cannot be reached. */
export type SourceResolver = { resolve(sendingApplication: string, sendingFacility: string): Promise<SourceKey> };

/** What happened on a listener, without patient data. */
export type MllpEvent =
  | {
      readonly kind: 'connected' | 'connection-refused' | 'idle' | 'slow-sender' | 'empty-frame';
      readonly peer: string;
    }
  | { readonly kind: 'closed'; readonly peer: string; readonly frames: number; readonly reason: string }
  /** Bytes outside of any frame: dropped and counted. */
  | { readonly kind: 'noise'; readonly peer: string; readonly sizeBytes: number }
  /** A frame without its end block. In the stream it is stored as a receipt with that defect; at the close it is dropped. */
  | { readonly kind: 'torn-frame'; readonly peer: string; readonly sizeBytes: number; readonly stored: boolean }
  | { readonly kind: 'too-large'; readonly peer: string; readonly sizeBytes: number }
  /** A connection could not be taken (out of file descriptors, most often). The listener goes on. */
  | { readonly kind: 'listener-error'; readonly error: Error }
  /** A message could not be made durable, or its outcome not be learned; it was not acknowledged as accepted. */
  | { readonly kind: 'not-stored'; readonly peer: string; readonly code: string; readonly error: unknown };

export type MllpOptions = {
  readonly listen: { readonly host: string; readonly port: number };
  readonly connection: MllpConnectionConfig;
  readonly intake: Intake;
  readonly sources: SourceResolver;
  readonly clock: Clock;
  readonly events: (event: MllpEvent) => void;
};

export type MllpListener = {
  readonly address: { readonly host: string; readonly port: number };
  /** Whether it takes connections, or why not. */
  state(): { readonly ok: boolean; readonly detail: string };
  /** Stops taking connections and frames, answers what is under way, and closes; at most `graceMs` long. */
  close(graceMs?: number): Promise<void>;
};
