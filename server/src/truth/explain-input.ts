// What an explanation is asked from.
import type { Instant, SourceKey, SubjectId } from '../base/ids.ts';
import type { NamedOrigins } from './lists/named-origins.ts';
import type { Policy, Ruling, Spoken, Statement, SubjectInput } from './types.ts';

/** A subject without its view, which is folded here from the statements. */
export type ExplainSubject = Omit<SubjectInput, 'view'>;
export type ExplainInput = {
  readonly policy: Policy;
  readonly subjects: readonly ExplainSubject[];
  /** Of these subjects, in any order; those of receipts from `asOf` on are left out. */
  readonly statements: readonly Spoken[];
  readonly rulings: readonly Ruling[];
  /** `birthDate`, `name.family`, `Patient.address`, `AllergyIntolerance` … */
  readonly element: string;
  /** Ledger size. */
  readonly asOf: number;
  readonly at: Instant;
  readonly sourceNames: ReadonlyMap<SourceKey, string> | { readonly [source: string]: string };
  /** The person's id; that of the first subject when not given. */
  readonly person?: SubjectId;
  /** `Type/id` to where it came from, as a Provenance names it. */
  readonly origins?: NamedOrigins;
  /** Sources whose trust was lowered then, and why, each in a sentence. */
  readonly doubts?: ReadonlyMap<SourceKey, string>;
  /** Cases about what rests on something withdrawn. */
  readonly resting?: readonly RestingCase[];
  /** Of a long list the part that is told. The statements are of all its entries, or of no fewer than might be one with those of the part. */
  readonly part?: ListPart;
  /** Decide over everything, also what cannot play a part: what the quick way is held to. */
  readonly whole?: boolean;
  /** Zone in which times are told; Europe/London when not given. */
  readonly timeZone?: string;
};
/**
 * Entries of a list that follow each other by name: those of `names` are number `from` to `to` of all `of`. Told are they, and what might
 * be one with them.
 */
export type ListPart = {
  readonly names: ReadonlySet<string>;
  readonly from: number;
  readonly to: number;
  readonly of: number;
  /** Where the rest is told; none where nothing is left. */
  readonly next?: string;
};
export type RestingCase = {
  readonly id: string;
  /** `Observation/1`. */
  readonly withdrawn: string;
  /** Nobody has said yet whether it stands. */
  readonly open: boolean;
  /** What rests on it, by the statement that says so. */
  readonly reached: readonly { readonly statement: number; readonly name: string }[];
};
/** With the statements whole, and what is known of the sources. */
export type ExplainWhole = Omit<ExplainInput, 'statements'> & {
  readonly statements: readonly Statement[];
  readonly sources?: readonly SourceState[];
};
export type SourceState = {
  readonly source: SourceKey;
  /** Resource types that it has ever sent about anybody. */
  readonly sends: readonly string[];
  /** Set while it cannot be heard: its connection is down, or it is late. */
  readonly unavailableSince?: Instant;
};
