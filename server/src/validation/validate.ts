// The one entry of validation: a parsed resource in, what is wrong with it out.
import type { Json, JsonObject } from '../base/json.ts';
import { baseLibrary, type Library } from '../fhir/library.ts';
import { checkResource } from './check-resource.ts';
import { checkOf } from './compile.ts';
import { type Context, report } from './context.ts';
import { invariantChecks } from './invariants.ts';
import { profilesOf } from './profiles.ts';
import { passes } from './quietly.ts';
import { scopeOf } from './scope.ts';
import type { Issue } from './types.ts';
import { xhtmlFault } from './xhtml.ts';

export type ValidateOptions = {
  /** The resource type that is expected: that of the URL, or of the statement. */
  readonly type: string;
  /** Resource type behind an absolute or `urn:` reference, when the caller knows it. */
  readonly resolve?: (reference: string) => string | undefined;
  /**
   * `drafted` (the default): a statement draft, whose references may be `key:Type|key` or conditional, as its Bundle had them.
   * `sent`: the resource as a caller sent it, where these are errors.
   */
  readonly references?: 'drafted' | 'sent';
  /**
   * The resource says only what changed (a statement that does not replace): its own required elements may be absent, and
   * rules about it as a whole wait for the whole. Everything inside it is checked as ever.
   */
  readonly partial?: boolean;
  /** Whether findings below errors are wanted: extensible bindings, warnings, what could not be checked. */
  readonly warnings?: boolean;
  /** Canonical URLs of profiles that the resource must meet. */
  readonly profiles?: readonly string[];
  /** Whether resources, contained ones and entries too, are held to the profiles of their `meta.profile`. */
  readonly claimed?: boolean;
  /** Where profiles, extensions and value sets are looked up; R4 alone by default. */
  readonly library?: Library;
  /** The resource behind a reference, for profiles that tell slices by what they point at. */
  readonly resource?: (reference: string) => JsonObject | undefined;
};

const isSafeHtml = (xhtml: string) => xhtmlFault(xhtml) === undefined;

function conforms(value: Json | undefined, profile: string, context: Context): boolean | undefined {
  return value === undefined || context.profiles.check(profile) === undefined
    ? undefined
    : passes(value, profile, context);
}

const NOWHERE = scopeOf({}, '');

/** All findings in document order; empty when the resource is valid R4. Looks into contained resources and Bundle entries. */
export function validate(resource: JsonObject, options: ValidateOptions): readonly Issue[] {
  const context: Context = {
    path: [options.type],
    issues: [],
    errors: 0,
    sound: true,
    resolve: options.resolve,
    drafted: options.references !== 'sent',
    partial: options.partial ?? false,
    profiles: profilesOf(options.library ?? baseLibrary(), invariantChecks),
    resource: options.resource,
    wanted: options.profiles ?? [],
    claimed: options.claimed ?? false,
    resourceType: options.type,
    resourceAt: 1,
    environment: {},
    followed: 0,
    warnings: options.warnings ?? false,
    scope: NOWHERE,
    bundle: undefined,
    isWholeBundle: false,
  };
  const type = resource['resourceType'];
  if (typeof type === 'string' && type !== options.type) {
    const what = `should be ${options.type}`;
    const fix = 'Send the resource to the address of its own type.';
    report(context, { code: 'value', reason: 'resource-type-mismatch', what, fix }, 'resourceType');
    return context.issues;
  }
  context.environment = {
    resolve: (reference) => context.bundle?.get(reference) ?? options.resource?.(reference),
    memberOf: (node, valueSet) => context.profiles.memberOf(node.value, valueSet),
    conformsTo: (node, profile) => conforms(node.value, profile, context),
    htmlChecks: isSafeHtml,
  };
  checkResource(resource, context, { contained: false, checkOf });
  return context.issues;
}
