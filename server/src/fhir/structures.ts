// The shapes of FHIR's conformance resources, as far as Vouch reads them.                                                     (pure)
import type { Json } from '../base/json.ts';

export type Discriminator = { readonly type: string; readonly path: string };
export type Slicing = {
  readonly discriminator?: readonly Discriminator[];
  readonly rules: string;
  readonly ordered?: boolean;
};
export type ElementType = {
  readonly code: string;
  readonly profile?: readonly string[];
  readonly targetProfile?: readonly string[];
  readonly extension?: readonly { readonly url: string; readonly valueUrl?: string; readonly valueString?: string }[];
};
export type Constraint = {
  readonly key: string;
  readonly severity: string;
  readonly human: string;
  readonly expression?: string;
};
export type Binding = {
  readonly strength: string;
  readonly valueSet?: string;
  readonly extension?: readonly { readonly url: string; readonly valueCanonical?: string }[];
};
/** An ElementDefinition of a snapshot or differential; `fixed[x]`, `pattern[x]`, `minValue[x]` and `maxValue[x]` by their names. */
export type ElementJson = {
  readonly id: string;
  readonly path: string;
  readonly sliceName?: string;
  readonly min?: number;
  readonly max?: string;
  readonly base?: { readonly path: string; readonly min: number; readonly max: string };
  readonly type?: readonly ElementType[];
  readonly contentReference?: string;
  readonly binding?: Binding;
  readonly constraint?: readonly Constraint[];
  readonly slicing?: Slicing;
  readonly maxLength?: number;
  readonly isModifier?: boolean;
  readonly isSummary?: boolean;
  readonly [valued: `fixed${string}` | `pattern${string}` | `minValue${string}` | `maxValue${string}`]:
    | Json
    | undefined;
};
export type StructureDefinition = {
  readonly resourceType: 'StructureDefinition';
  readonly url: string;
  readonly version?: string;
  readonly name: string;
  readonly kind: string;
  readonly abstract?: boolean;
  readonly type: string;
  readonly baseDefinition?: string;
  readonly derivation?: string;
  readonly context?: readonly { readonly type: string; readonly expression: string }[];
  readonly contextInvariant?: readonly string[];
  readonly snapshot?: { readonly element: readonly ElementJson[] };
  readonly differential?: { readonly element: readonly ElementJson[] };
};

export type Coding = {
  readonly system?: string | undefined;
  readonly version?: string | undefined;
  readonly code?: string | undefined;
  readonly display?: string | undefined;
};
export type Designation = { readonly language?: string; readonly use?: Coding; readonly value: string };
export type ConceptProperty = { readonly code: string; readonly [value: `value${string}`]: Json | undefined };
export type Concept = {
  readonly code: string;
  readonly display?: string;
  readonly definition?: string;
  readonly designation?: readonly Designation[];
  readonly property?: readonly ConceptProperty[];
  readonly concept?: readonly Concept[];
};
export type CodeSystem = {
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
  readonly property?: readonly { readonly code: string; readonly uri?: string; readonly type: string }[];
  readonly concept?: readonly Concept[];
};
export type Filter = { readonly property: string; readonly op: string; readonly value: string };
export type Include = {
  readonly system?: string;
  readonly version?: string;
  readonly concept?: readonly {
    readonly code: string;
    readonly display?: string;
    readonly designation?: readonly Designation[];
  }[];
  readonly filter?: readonly Filter[];
  readonly valueSet?: readonly string[];
};
export type Contains = {
  readonly system?: string;
  readonly version?: string;
  readonly code?: string;
  readonly display?: string;
  readonly abstract?: boolean;
  readonly inactive?: boolean;
  readonly designation?: readonly Designation[];
  readonly contains?: readonly Contains[];
};
export type ValueSet = {
  readonly resourceType: 'ValueSet';
  readonly url: string;
  readonly version?: string;
  readonly name?: string;
  readonly title?: string;
  readonly compose?: {
    readonly inactive?: boolean;
    readonly include: readonly Include[];
    readonly exclude?: readonly Include[];
  };
  readonly expansion?: { readonly contains?: readonly Contains[] };
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
export type ConceptMap = {
  readonly resourceType: 'ConceptMap';
  readonly url: string;
  readonly version?: string;
  readonly sourceUri?: string;
  readonly sourceCanonical?: string;
  readonly targetUri?: string;
  readonly targetCanonical?: string;
  readonly group?: readonly MapGroup[];
};
export type SearchParameter = {
  readonly resourceType: 'SearchParameter';
  readonly url: string;
  readonly name?: string;
  readonly code: string;
  readonly base: readonly string[];
  readonly type: string;
  readonly expression?: string;
  readonly target?: readonly string[];
  readonly component?: readonly { readonly definition: string; readonly expression: string }[];
  readonly multipleOr?: boolean;
  readonly multipleAnd?: boolean;
  readonly comparator?: readonly string[];
  readonly modifier?: readonly string[];
};
export type Definition = StructureDefinition | CodeSystem | ValueSet | ConceptMap | SearchParameter;
