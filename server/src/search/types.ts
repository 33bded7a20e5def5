// The words of search: parameters as data, what is indexed of a resource, and a search as understood.
import type { Definition } from './custom.ts';

/** The types of R4's search parameters, plus `special` for those with a meaning of their own. */
export type Kind = 'token' | 'string' | 'date' | 'number' | 'quantity' | 'reference' | 'uri' | 'composite' | 'special';

/** What an item at a step must be to be followed. */
export type Keep =
  | { readonly kind: 'equals'; readonly name: string; readonly value: string }
  | { readonly kind: 'resolves'; readonly type: string }
  | { readonly kind: 'extension'; readonly url: string }
  | { readonly kind: 'first' };
export type Step = { readonly name: string; readonly isList: boolean; readonly keep: Keep | undefined };
/** A walk from a resource (or a composite's group) to values of one FHIR type. */
export type Path = {
  readonly steps: readonly Step[];
  readonly type: string;
  /** Codes: the system that the element's binding implies, where there is one. */
  readonly system: string | undefined;
  /** Is the answer whether anything but `false` is there (`Patient.deceased`)? */
  readonly asExists: boolean;
};

export type Component = {
  readonly code: string;
  readonly kind: Kind;
  readonly id: number;
  readonly paths: readonly Path[];
  readonly fromRoot: boolean;
};
export type Parameter = {
  /** Number of this parameter of this type in the index; never given to another. */
  readonly id: number;
  readonly type: string;
  readonly code: string;
  readonly kind: Kind;
  readonly paths: readonly Path[];
  /** References: types they may point at; undefined for any. */
  readonly targets: readonly string[] | undefined;
  /** Bit of the resource's `present` that says the parameter has a value; undefined for a custom parameter, which has a term. */
  readonly bit: number | undefined;
  /** Not indexed: found through the other parameters of the type that together have the same values. */
  readonly sameAs: readonly string[] | undefined;
  /** References: of the values of `sameAs` only those to this type (`patient` of `subject`). */
  readonly only: string | undefined;
  /** Composites: what the parts are. Without a group the parts are values of the resource, each there once. */
  readonly components: readonly Component[] | undefined;
  readonly group: Path | undefined;
};

export type StringEntry = { readonly param: number; readonly part: number; readonly value: string };
/** Milliseconds since 1970, from (included) to (excluded). */
export type DateEntry = { readonly param: number; readonly part: number; readonly from: number; readonly to: number };
/** Closed interval; a value is an interval of one. */
export type NumberEntry = {
  readonly param: number;
  readonly part: number;
  readonly low: number;
  readonly high: number;
};
export type QuantityEntry = NumberEntry & {
  /** Hash of the unit's canonical form or of system and code; 0 for the row that tells the value as it was written. */
  readonly unit: bigint;
  /** Of the row as written: hashes of its code and of its unit text. */
  readonly code: bigint;
  readonly text: bigint;
};
/** A local reference, `Type/id`. */
export type ReferenceEntry = { readonly param: number; readonly target: string };
/** A word that a prefix may find, and the term that stands for it in the index. */
export type WordEntry = { readonly param: number; readonly value: string; readonly term: bigint };
/** A token or reference inside a composite's group. */
export type PartEntry = { readonly param: number; readonly part: number; readonly term: bigint };

/** All that finds one resource. */
export type IndexEntries = {
  readonly terms: bigint[];
  /** Bits of the parameters that have a value, as two halves of 32. */
  presentLow: number;
  presentHigh: number;
  readonly strings: StringEntry[];
  readonly dates: DateEntry[];
  readonly numbers: NumberEntry[];
  readonly quantities: QuantityEntry[];
  readonly references: ReferenceEntry[];
  readonly words: WordEntry[];
  /** Also terms of custom parameters, in part 0. */
  readonly parts: PartEntry[];
  /** Contained resources, each with what finds it. */
  readonly contained: ContainedEntry[];
  /** What an active SearchParameter defines; undefined for other resources. */
  definitions?: readonly Definition[];
};
/** One contained resource: its place in the list, and its entries, whose rows bear negative numbers of parameters. */
export type ContainedEntry = {
  readonly place: number;
  readonly type: string;
  readonly id: string;
  readonly entries: IndexEntries;
};
