// The shapes of R4's terminology resources, as far as the operations read them, and what passes between the parts of this domain.
import type { Json, JsonObject } from '../base/json.ts';

export type Coding = {
  readonly system?: string | undefined;
  readonly version?: string | undefined;
  readonly code?: string | undefined;
  readonly display?: string | undefined;
};
export type Designation = { readonly language?: string; readonly use?: Coding; readonly value: string };
export type ConceptProperty = { readonly code: string; readonly [value: `value${string}`]: Json | undefined };
export type ConceptJson = {
  readonly code: string;
  readonly display?: string;
  readonly definition?: string;
  readonly designation?: readonly Designation[];
  readonly property?: readonly ConceptProperty[];
  readonly concept?: readonly ConceptJson[];
};
export type CodeSystemJson = {
  readonly resourceType: 'CodeSystem';
  readonly url: string;
  readonly version?: string;
  readonly name?: string;
  readonly title?: string;
  readonly language?: string;
  readonly content: string;
  readonly caseSensitive?: boolean;
  readonly hierarchyMeaning?: string;
  readonly valueSet?: string;
  readonly supplements?: string;
  readonly property?: readonly { readonly code: string; readonly type: string }[];
  readonly concept?: readonly ConceptJson[];
};
export type FilterJson = { readonly property: string; readonly op: string; readonly value: string };
export type IncludeJson = {
  readonly system?: string;
  readonly version?: string;
  readonly concept?: readonly {
    readonly code: string;
    readonly display?: string;
    readonly designation?: readonly Designation[];
  }[];
  readonly filter?: readonly FilterJson[];
  readonly valueSet?: readonly string[];
};
export type ContainsJson = {
  readonly system?: string;
  readonly version?: string;
  readonly code?: string;
  readonly display?: string;
  readonly abstract?: boolean;
  readonly inactive?: boolean;
  readonly designation?: readonly Designation[];
  readonly contains?: readonly ContainsJson[];
};
export type ValueSetJson = {
  readonly resourceType: 'ValueSet';
  readonly url?: string;
  readonly version?: string;
  readonly name?: string;
  readonly title?: string;
  readonly compose?: {
    readonly inactive?: boolean;
    readonly include: readonly IncludeJson[];
    readonly exclude?: readonly IncludeJson[];
  };
  readonly expansion?: { readonly contains?: readonly ContainsJson[] };
};
export type Dependency = {
  readonly property: string;
  readonly system?: string;
  readonly value: string;
  readonly display?: string;
};
export type MapTarget = {
  readonly code?: string;
  readonly display?: string;
  readonly equivalence: string;
  readonly dependsOn?: readonly Dependency[];
  readonly product?: readonly Dependency[];
};
export type MapGroup = {
  readonly source?: string;
  readonly sourceVersion?: string;
  readonly target?: string;
  readonly targetVersion?: string;
  readonly element: readonly {
    readonly code?: string;
    readonly display?: string;
    readonly target?: readonly MapTarget[];
  }[];
  readonly unmapped?: {
    readonly mode: string;
    readonly code?: string;
    readonly display?: string;
    readonly url?: string;
  };
};
export type ConceptMapJson = {
  readonly resourceType: 'ConceptMap';
  readonly url?: string;
  readonly version?: string;
  readonly sourceUri?: string;
  readonly sourceCanonical?: string;
  readonly targetUri?: string;
  readonly targetCanonical?: string;
  readonly group?: readonly MapGroup[];
};
export type TerminologyResource = CodeSystemJson | ValueSetJson | ConceptMapJson;

/** What is loaded. A canonical is `url` or `url|version`; without a version the newest is taken. */
export type Terminology = {
  readonly codeSystem: (canonical: string) => CodeSystemJson | undefined;
  readonly valueSet: (canonical: string) => ValueSetJson | undefined;
  readonly conceptMap: (canonical: string) => ConceptMapJson | undefined;
  readonly conceptMaps: () => readonly ConceptMapJson[];
  /** Canonicals of supplements of a code system. They are named in answers, and not applied. */
  readonly supplementsOf: (system: string) => readonly string[];
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
export type ParametersJson = JsonObject;
