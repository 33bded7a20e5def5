// The shapes of R4's terminology resources, as far as the operations read them, and what passes between the parts of this domain.
import type { JsonObject } from '../base/json.ts';
import type { CodeSystem, ConceptMap } from '../fhir/structures.ts';
import type { ValueSetJson, Vocabulary } from '../fhir/value-sets/types.ts';

export type {
  CodeSystem as CodeSystemJson,
  Coding,
  Concept as ConceptJson,
  ConceptProperty,
  Dependency,
  Designation,
  MapGroup,
  MapTarget,
} from '../fhir/structures.ts';
export type { Entry, ValueSetJson } from '../fhir/value-sets/types.ts';
/** A resource may be sent without an address of its own. */
export type ConceptMapJson = Omit<ConceptMap, 'url'> & { readonly url?: string };
export type TerminologyResource = CodeSystem | ValueSetJson | ConceptMapJson;

/** What is loaded, with maps between codes. */
export type Terminology = Vocabulary & {
  readonly conceptMap: (canonical: string) => ConceptMapJson | undefined;
  /** Code systems beside those of the library, without supplements. */
  readonly stored: () => readonly CodeSystem[];
  readonly conceptMaps: () => readonly ConceptMapJson[];
  /** Canonicals of supplements of a code system. They are named in answers, and not applied. */
  readonly supplementsOf: (system: string) => readonly string[];
};
export type ParametersJson = JsonObject;
