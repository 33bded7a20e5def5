// Where validation stands while it walks a resource, and how it reports what it finds.
import type { Json, JsonObject } from '../base/json.ts';
import type { Context as Environment } from '../fhirpath/index.ts';
import type { Fault } from './primitives.ts';
import type { Issue, Severity } from './types.ts';

/** One resource is not worth more findings than this; the rest would repeat them. */
export const ISSUES_MAX = 200;
export const DEPTH_MAX = 128;

/** The outermost resource of a run of references: `#id` is looked up here. */
export type Scope = {
  readonly resource: JsonObject;
  readonly contained: ReadonlyMap<string, string>;
  readonly containerType: string;
  /** Every `#id` that something in the resource points at; undefined where nothing is contained. */
  readonly pointedAt: Set<string> | undefined;
  /** Id of the contained resource being walked. */
  inside: string | undefined;
};
/** What profiles there are, compiled when they are first asked for. */
export type Profiles = {
  /** Undefined when the profile is not loaded. */
  readonly check: (url: string) => ((value: Json, context: Context) => void) | undefined;
  /** What a known extension's definition demands, its place included. */
  readonly extension: (url: string) => KnownExtension | undefined;
  /** Whether a code, Coding or CodeableConcept is in a value set; undefined when nobody knows. */
  readonly memberOf: (value: Json | undefined, valueSet: string) => boolean | undefined;
  /** The type that a profile constrains. */
  readonly typeOf: (url: string) => string | undefined;
};
export type KnownExtension = {
  readonly check: (value: Json, context: Context) => void;
  readonly isModifier: boolean;
  /** Element paths, types and extension URLs where it may stand; undefined for anywhere. */
  readonly places: ReadonlySet<string> | undefined;
};
export type Context = {
  /** FHIRPath so far, outermost first: names, and indexes after the name they belong to. */
  readonly path: (string | number)[];
  readonly issues: Issue[];
  /** Errors so far, also those beyond what is listed. */
  errors: number;
  /** Whether what is being looked at has the structure of its type, so that rules about it make sense. */
  sound: boolean;
  /** Resource type behind an absolute or `urn:` reference, when the caller knows it. */
  readonly resolve: ((reference: string) => string | undefined) | undefined;
  /** Whether the references of statement drafts are understood: `key:Type|key`, and conditional ones. */
  readonly drafted: boolean;
  /** Whether the outermost resource may leave out what it does not change. */
  readonly partial: boolean;
  /** Whether findings below errors are wanted: extensible bindings, warnings, what could not be checked. */
  readonly warnings: boolean;
  /** How many references were followed to get here. */
  readonly followed: number;
  /** Profiles that the outermost resource must meet. */
  readonly wanted: readonly string[];
  /** Whether resources are held to the profiles of their own `meta.profile`. */
  readonly claimed: boolean;
  /** Type of the innermost resource, and where in `path` it begins. */
  resourceType: string;
  resourceAt: number;
  /** What invariants are given, of the innermost resource. */
  environment: Environment;
  scope: Scope;
  /** Inside a Bundle: its resources by `fullUrl` and by `Type/id`. */
  bundle: ReadonlyMap<string, JsonObject> | undefined;
  /** Whether every `urn:` that the Bundle points at must be one of its entries: a transaction, document or message. */
  isWholeBundle: boolean;
  /** The profiles and extensions that are known. */
  readonly profiles: Profiles;
  /** The resource behind a reference, when the caller has it. */
  readonly resource: ((reference: string) => JsonObject | undefined) | undefined;
};

export type Finding = Fault & { readonly code: string; readonly severity?: Severity };

/** Reports about the element `under` the current path, or about the current element itself. */
export function report(context: Context, finding: Finding, ...under: readonly (string | number)[]): void {
  const severity = finding.severity ?? 'error';
  if (severity === 'error' || severity === 'fatal') context.errors++;
  if (context.issues.length >= ISSUES_MAX) return;
  const expression = expressionOf([...context.path, ...under]);
  context.issues.push({
    severity,
    code: finding.code,
    reason: finding.reason,
    message: `${expression} ${finding.what}. ${finding.fix}`,
    expression,
    span: undefined,
  });
}

function expressionOf(path: readonly (string | number)[]): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function textIn(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
