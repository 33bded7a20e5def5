// What the record answers with.
import type { Instant, ResourceId } from '../base/ids.ts';

/** One version as stored: its text is served byte for byte. */
export type StoredVersion = {
  readonly type: string;
  readonly id: ResourceId;
  readonly version: number;
  readonly at: Instant;
  /** Ledger size from which on this is what was served. */
  readonly index: number;
  readonly receipt: number;
  readonly deleted: boolean;
  readonly text: string;
};

/** One search parameter as asked, already understood. */
export type SearchTerm =
  | { readonly kind: 'any-of-terms'; readonly terms: readonly string[] }
  | { readonly kind: 'term-prefix'; readonly parameters: readonly string[]; readonly prefixes: readonly string[] }
  | { readonly kind: 'id'; readonly ids: readonly string[] }
  | { readonly kind: 'subject'; readonly ids: readonly string[] }
  | { readonly kind: 'status'; readonly codes: readonly string[] }
  | {
      readonly kind: 'range';
      readonly column: 'date' | 'updated';
      readonly from: string | undefined;
      readonly before: string | undefined;
      /** True: the resource's range lies within these bounds. False: it reaches into them. */
      readonly within: boolean;
    };

export type Search = {
  readonly type: string;
  /** All must hold. */
  readonly terms: readonly SearchTerm[];
  readonly count: number;
  /** Continue after this resource: keyset paging, stable while others write. */
  readonly after: { readonly at: string; readonly id: string } | undefined;
};
export type SearchPage = { readonly versions: readonly StoredVersion[]; readonly next: Search['after'] };
