// A search as understood: conditions on resources of one or several types, and what to answer.

/** How a value stands to what is asked: https://hl7.org/fhir/R4/search.html#prefix */
export type Comparator = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap';

/** Quantities: of any unit, of this canonical form, or of this code or unit text whatever the system. */
export type UnitMatch =
  | { readonly kind: 'any' }
  | { readonly kind: 'unit'; readonly unit: bigint }
  | { readonly kind: 'code'; readonly code: bigint };

/** What one parameter's rows have to be. `params` are numbers of parameters; one of them is enough. */
export type RowCondition =
  | {
      readonly kind: 'strings';
      readonly params: readonly number[];
      readonly match: TextMatch;
      readonly values: readonly string[];
    }
  | {
      readonly kind: 'dates';
      readonly params: readonly number[];
      readonly comparator: Comparator;
      readonly low: number;
      readonly high: number;
      /** A resource has at most one value, so that several such conditions are about the same one. */
      readonly single: boolean;
    }
  | {
      readonly kind: 'numbers';
      readonly params: readonly number[];
      readonly comparator: Comparator;
      readonly value: number;
      readonly low: number;
      readonly high: number;
    }
  | {
      readonly kind: 'quantities';
      readonly params: readonly number[];
      readonly comparator: Comparator;
      readonly value: number;
      readonly low: number;
      readonly high: number;
      readonly unit: UnitMatch;
    }
  /** Within a distance of a place, in degrees and metres: https://hl7.org/fhir/R4/location.html#search */
  | {
      readonly kind: 'near';
      readonly params: readonly number[];
      readonly latitude: number;
      readonly longitude: number;
      readonly distanceM: number;
    }
  /** Inside a composite's group, or of custom parameters: elsewhere these are `terms`. */
  | { readonly kind: 'parts'; readonly params: readonly number[]; readonly terms: readonly bigint[] };
export type TextMatch = 'starts' | 'contains' | 'ends' | 'equals';

export type Condition =
  | RowCondition
  | { readonly kind: 'always' }
  | { readonly kind: 'never' }
  | { readonly kind: 'all'; readonly of: readonly Condition[] }
  | { readonly kind: 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  /** Has one of these terms. */
  | {
      readonly kind: 'terms';
      readonly terms: readonly bigint[];
      /** They are of a few patients, or of an identifier, so that few resources have them, in a store of any size. */
      readonly few?: true;
    }
  /** Has a term whose word in the dictionary is so. */
  | {
      readonly kind: 'words';
      readonly params: readonly number[];
      readonly match: TextMatch;
      readonly values: readonly string[];
    }
  /** Has a value for one of the parameters with these bits. */
  | { readonly kind: 'present'; readonly mask: bigint }
  /** Refers, by a term with one of these seeds, to a patient or to whoever is the same person. */
  | { readonly kind: 'patients'; readonly seeds: readonly number[]; readonly ids: readonly string[] }
  | { readonly kind: 'ids'; readonly ids: readonly string[]; readonly persons: boolean }
  | { readonly kind: 'updated'; readonly comparator: Comparator; readonly low: number; readonly high: number }
  /** Refers to a resource of one of these types that meets the conditions. */
  | {
      readonly kind: 'chain';
      readonly seeds: readonly number[];
      readonly params: readonly number[];
      readonly to: readonly { readonly type: string; readonly where: Condition }[];
    }
  /** Is referred to, by one of these parameters, by a resource of this type that meets the condition. */
  | {
      readonly kind: 'has';
      readonly own: string;
      readonly params: readonly number[];
      readonly seeds: readonly number[];
      readonly type: string;
      readonly where: Condition;
    }
  /** One item of the group meets all of these. */
  | { readonly kind: 'group'; readonly of: readonly (readonly RowCondition[])[] }
  /** `newer`: keys of what is so among resources whose words were not gathered yet; known once resolved. */
  | {
      readonly kind: 'text';
      readonly scope: 'narrative' | 'content';
      readonly query: string;
      readonly newer?: readonly number[];
    }
  | { readonly kind: 'types'; readonly types: readonly string[] }
  /** Is one of these rows. */
  | { readonly kind: 'keys'; readonly keys: readonly number[] }
  /** Contains a resource of this type that meets the condition, which is one on rows of contained resources. */
  | { readonly kind: 'contains'; readonly type: string; readonly where: Condition }
  | { readonly kind: 'list'; readonly own: string; readonly id: string }
  /**
   * Of contained resources: is referred to, by "#id", by a container of this type that is so, or by what is contained beside it and
   * is so (undefined: only by its container).
   */
  | {
      readonly kind: 'inside';
      readonly type: string;
      readonly seeds: readonly number[];
      readonly where: Condition;
      readonly beside: Condition | undefined;
    }
  /** Of contained resources: words of their own narrative or content. */
  | { readonly kind: 'inner-text'; readonly scope: 'narrative' | 'content'; readonly query: string };

export type SortKey =
  | { readonly kind: 'updated' | 'id'; readonly descending: boolean }
  | RowSortKey
  | {
      readonly kind: 'tokens' | 'references' | 'uris';
      /** Where the values are, as JSON paths of PostgreSQL. */
      readonly paths: readonly string[];
      readonly descending: boolean;
    };
/** Values that stand in order in a table of the index. */
export type RowSortKey = {
  readonly kind: 'strings' | 'dates' | 'numbers' | 'quantities';
  readonly params: readonly number[];
  readonly descending: boolean;
};

export type Include = {
  /** Type of the resources that the reference is in. */
  readonly source: string;
  readonly params: readonly number[];
  /** Undefined: any. */
  readonly target: string | undefined;
  readonly iterate: boolean;
};

export type Total = 'none' | 'estimate' | 'accurate';
export type Ignored = { readonly parameter: string; readonly reason: string };

export type SearchRequest = {
  /** Types looked through (none: all), with their conditions; one for a search of a type. */
  readonly branches: readonly { readonly types: readonly string[]; readonly where: Condition }[];
  /** Contained resources that are answered with by themselves. */
  readonly contained: { readonly type: string; readonly where: Condition } | undefined;
  /** Empty: those created last come first, whatever was changed since. */
  readonly sort: readonly SortKey[];
  /** Resources a page; 0 asks for the total alone. */
  readonly count: number;
  readonly total: Total;
  readonly after: Cursor | undefined;
  readonly includes: readonly Include[];
  readonly revincludes: readonly Include[];
  /** Parameters passed over, in lenient handling only. */
  readonly ignored: readonly Ignored[];
  /** The parameters that were understood, as given: what the self link repeats. */
  readonly applied: readonly (readonly [string, string])[];
};

/** The place of the last resource of a page in the order asked for. */
export type Cursor = { readonly values: readonly (string | number | null)[]; readonly key: number };
