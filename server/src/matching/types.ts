// The words of scored matching as a service: what is stored of a subject, and whom it may be.
import type { Home, SubjectId } from '../base/ids.ts';
import type { LinkageRecord, Waterfall } from '../identity/index.ts';

export type StoredRecord = {
  readonly subject: SubjectId;
  readonly home: Home;
  readonly record: LinkageRecord;
  /** Hashes of its blocking keys. */
  readonly keys: readonly bigint[];
};
/** Somebody that a record may be about. */
export type Scored = {
  readonly subject: SubjectId;
  readonly person: SubjectId;
  readonly personSize: number;
  readonly waterfall: Waterfall;
};
