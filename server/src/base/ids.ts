// Branded ids: a receipt id can never be passed where a statement id is meant.
// Receipts, statements, links and rulings share one number line, the ledger index, so "everything up to n" is one comparison.

declare const brand: unique symbol;
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Position in the ledger, from 0. "As of n" means leaves 0 … n-1, so n is also the ledger size. */
export type LedgerIndex = Brand<number, 'LedgerIndex'>;
/** The ledger index of the receipt's own leaf. */
export type ReceiptId = Brand<number, 'ReceiptId'>;
/** The ledger index of the statement's own leaf. */
export type StatementId = Brand<number, 'StatementId'>;
/** The ledger index of the link's own leaf. */
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
