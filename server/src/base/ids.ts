// Branded ids: a receipt id can never be passed where a statement id is meant.
// A receipt's id is its ledger index. What a receipt brings (statements, links) is numbered within it, so that a plan can name it
// before anything is committed.

declare const brand: unique symbol;
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Position in the ledger, from 0. "As of n" means leaves 0 … n-1, so n is also the ledger size. */
export type LedgerIndex = Brand<number, 'LedgerIndex'>;
/** The ledger index of the receipt's own leaf. */
export type ReceiptId = Brand<number, 'ReceiptId'>;
/** Receipt and place in it, see `partOf`. Ordered as the receipts are. Its leaf has a ledger index of its own. */
export type StatementId = Brand<number, 'StatementId'>;
/** Receipt and place in it, see `partOf`. */
export type LinkId = Brand<number, 'LinkId'>;
/** Opaque and stable; also a FHIR id. The id of a person is the id of its oldest source subject. */
export type SubjectId = Brand<string, 'SubjectId'>;
/** A FHIR logical id, `[A-Za-z0-9\-.]{1,64}`. */
export type ResourceId = Brand<string, 'ResourceId'>;
/** Shard key of clinical rows: given once to a source subject when first seen, never changed. */
export type Home = Brand<number, 'Home'>;
/** A source's short name, such as `rxx-pas`; `[a-z0-9][a-z0-9.-]{0,62}`. */
export type SourceKey = Brand<string, 'SourceKey'>;
/** UTC, ISO 8601 with milliseconds: `2026-03-02T07:15:00.000Z`. */
export type Instant = Brand<string, 'Instant'>;

/** Parts (statements, links) a receipt may have; also what keeps their ids exact in a double up to 8 thousand million receipts. */
export const PARTS_MAX = 2 ** 20;

/** The id of part `place` (from 0) of a receipt. */
export function partOf(receipt: ReceiptId, place: number): number {
  if (place < 0 || place >= PARTS_MAX) throw new RangeError(`a receipt has at most ${PARTS_MAX} parts`);
  return receipt * PARTS_MAX + place;
}

/** A part's id as people read it: `1045.3`. */
export function displayPart(part: number): string {
  return `${Math.floor(part / PARTS_MAX)}.${part % PARTS_MAX}`;
}
