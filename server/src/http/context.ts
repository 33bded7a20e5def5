// What routes are given: the parts of the server they may use.
import type { Readable } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import type { Db } from '../base/db.ts';
import type { Events } from '../base/events.ts';
import type { SourceKey } from '../base/ids.ts';
import type { Intake } from '../intake/types.ts';
import type { Format } from '../mapping/types.ts';
import type { Matching } from '../matching/index.ts';
import type { SourceRegistry } from '../operate/sources.ts';
import type { Health } from '../operate/types.ts';
import type { Pipeline } from '../pipeline/run.ts';
import type { PolicyLife } from '../policies/index.ts';
import type { ReadCurrent } from '../record/current-reader.ts';
import type { Policy } from '../truth/types.ts';
import type { HeldTerminology } from './held-terminology.ts';
import type { Jobs } from './jobs.ts';

export type HttpContext = {
  readonly db: Db;
  readonly readCurrent: ReadCurrent;
  readonly clock: Clock;
  readonly intake: Intake;
  readonly pipeline: Pick<Pipeline, 'planOf' | 'settled'>;
  readonly sources: SourceRegistry;
  /** The policy active as of a ledger size. */
  readonly policyAt: (size: number) => Promise<Policy>;
  readonly policyLife: PolicyLife;
  readonly matching: Matching;
  readonly health: () => Promise<Health>;
  readonly incident: Events['incident'];
  readonly jobs: Jobs;
  readonly terminology: HeldTerminology;
  readonly ledger: LedgerRoutes;
  /** Ordering keys that can be read off raw bytes: the patient keys of an HL7 v2 message. */
  readonly orderingKeys: (format: Format, bytes: Uint8Array, source: SourceKey) => readonly string[];
};

/** The ledger's public reads, as text or bytes ready to send. */
export type LedgerRoutes = {
  readonly checkpoint: () => Promise<string | undefined>;
  readonly tile: (path: string) => Promise<Uint8Array | undefined>;
  readonly verifierKey: () => string;
  readonly evidence: (input: {
    receipts: readonly number[];
    statements: readonly number[];
    explanation?: string;
  }) => Promise<string>;
  readonly exportLog: () => Readable;
};

export const BASE_FHIR = '/fhir/R4';
export const BASE_API = '/api/v1';
/** How long an API write waits for the pipeline before it is answered as accepted but not yet applied. */
export const WRITE_WAIT_MS = 20_000;
