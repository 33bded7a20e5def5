// What passes between the parts that tell what a value set holds.                                                            (pure)
import type { Refused } from '../../base/errors.ts';
import type { CodeSystem, Designation, ValueSet } from '../structures.ts';

/** A value set may be sent without an address of its own. */
export type ValueSetJson = Omit<ValueSet, 'url'> & { readonly url?: string };
/** What is loaded. A canonical is `url` or `url|version`; without a version the newest is taken. */
export type Vocabulary = {
  readonly codeSystem: (canonical: string) => CodeSystem | undefined;
  readonly valueSet: (canonical: string) => ValueSetJson | undefined;
  /** The code system whose whole content is the value set of this URL. */
  readonly systemOfWholeSet: (url: string) => string | undefined;
};

/** One code of an expansion. */
export type Entry = {
  readonly system: string;
  readonly version: string | undefined;
  readonly code: string;
  readonly display: string | undefined;
  readonly designations: readonly Designation[];
  readonly inactive: boolean;
  readonly abstract: boolean;
};
/** What keeps a part from being told. */
export type Unknown = {
  /** The system of which more codes may be in it; undefined: of any. */
  readonly system: string | undefined;
  readonly refused: Refused;
  /** True when what is loaded of the system is told, and is only a part of it. */
  readonly isPart: boolean;
};
export type CodeSource = {
  /** Throws Refused when it cannot be told whether the code is in. */
  readonly find: (system: string, code: string) => Entry | undefined;
  /** What is surely in; what cannot be told is said to `unknown` on the way, which may throw it. */
  readonly tell: (unknown: (one: Unknown) => void) => Iterable<Entry>;
};
/** Which version of a code system to take where a value set names none, or another. */
export type Versions = {
  /** `system-version`: where the value set names none. */
  readonly given: ReadonlyMap<string, string>;
  /** `force-system-version`: whatever the value set names. */
  readonly forced: ReadonlyMap<string, string>;
  /** `check-system-version`: another is an error. */
  readonly checked: ReadonlyMap<string, string>;
};
export type Asking = {
  readonly vocabulary: Vocabulary;
  readonly versions: Versions;
  /** Code systems used so far. */
  readonly used: Set<CodeSystem>;
  /** Value sets being read, outermost first. */
  readonly trail: readonly string[];
};
