// Checks a whole resource, on its own, contained in another or in a Bundle: its type, its scope of `#id` references, and the
// rules about contained resources.
import { type Json, type JsonObject, objectIn, objectsIn } from '../base/json.ts';
import { isResourceType } from '../fhir/definitions.ts';
import type { Context as Environment } from '../fhirpath/index.ts';
import { checkProfiles } from './check-profiles.ts';
import { type Context, report, textIn } from './context.ts';
import { scopeOf } from './scope.ts';

type Check = (value: Json, context: Context) => void;
type How = { readonly contained: boolean; readonly checkOf: (type: string) => Check };

const NOT_A_RESOURCE = {
  code: 'structure',
  reason: 'not-a-resource',
  what: 'must be a JSON object with a resourceType',
  fix: 'Send one resource.',
};
const UNKNOWN_TYPE = {
  code: 'not-supported',
  reason: 'unknown-resource-type',
  what: 'is not of a resource type of FHIR R4',
  fix: 'Correct resourceType.',
};
const NESTED = {
  code: 'invariant',
  reason: 'invariant-dom-2',
  what: 'is contained in a contained resource (dom-2)',
  fix: 'Move it to the outer resource.',
};
const NO_ID = {
  code: 'required',
  reason: 'contained-without-id',
  what: 'is contained and has no id',
  fix: 'Give it an id, and point at it with #id.',
};
const LEFT_OVER = {
  code: 'invariant',
  reason: 'invariant-dom-3',
  what: 'is contained and nothing points at it (dom-3)',
  fix: 'Remove it, or point at it with #id.',
};
const VERSIONED = {
  code: 'invariant',
  reason: 'invariant-dom-4',
  what: 'is contained and has a version or a time of change (dom-4)',
  fix: 'Remove versionId and lastUpdated.',
};
const LABELLED = {
  code: 'invariant',
  reason: 'invariant-dom-5',
  what: 'is contained and has a security label (dom-5)',
  fix: 'Label the outer resource.',
};

const WHOLE_BUNDLES: ReadonlySet<Json | undefined> = new Set(['transaction', 'document', 'message']);

export function checkResource(value: Json, context: Context, how: How): void {
  const resource = objectIn(value);
  const type = textIn(resource?.['resourceType']);
  if (resource === undefined || type === undefined) {
    report(context, NOT_A_RESOURCE);
    return;
  }
  if (!isResourceType(type)) {
    report(context, UNKNOWN_TYPE, 'resourceType');
    return;
  }
  const { resourceType, resourceAt, environment } = context;
  context.environment = environmentOf(resource, how.contained ? environment.rootResource : resource, environment);
  context.resourceType = type;
  context.resourceAt = context.path.length;
  const check = how.checkOf(type);
  if (how.contained) checkContained(resource, check, context);
  else checkOuter(resource, check, context);
  context.resourceType = resourceType;
  context.resourceAt = resourceAt;
  context.environment = environment;
  context.sound = true;
}

function checkWhole(value: JsonObject, check: Check, context: Context): void {
  const before = context.errors;
  check(value, context);
  context.sound = context.errors === before;
  if (context.claimed || context.wanted.length > 0) checkProfiles(value, context.resourceType, context);
}

function checkOuter(value: JsonObject, check: Check, context: Context): void {
  const { scope, bundle, isWholeBundle, resourceType: type } = context;
  context.scope = scopeOf(value, type);
  if (type === 'Bundle') {
    context.bundle = resourcesOf(value);
    context.isWholeBundle = WHOLE_BUNDLES.has(value['type']);
  }
  checkWhole(value, check, context);
  reportLeftOver(value, context);
  context.scope = scope;
  context.bundle = bundle;
  context.isWholeBundle = isWholeBundle;
}

function checkContained(value: JsonObject, check: Check, context: Context): void {
  const id = textIn(value['id']);
  context.scope.inside = id;
  checkWhole(value, check, context);
  context.scope.inside = undefined;
  if (id === undefined) report(context, NO_ID, 'id');
  if (value['contained'] !== undefined) report(context, NESTED, 'contained');
  const meta = objectIn(value['meta']);
  if (meta === undefined) return;
  if (meta['versionId'] !== undefined || meta['lastUpdated'] !== undefined) report(context, VERSIONED, 'meta');
  if (meta['security'] !== undefined) report(context, LABELLED, 'meta', 'security');
}

/** Written out, for copying by spread costs as much as a small resource. */
function environmentOf(resource: JsonObject, rootResource: JsonObject | undefined, from: Environment): Environment {
  const { resolve, memberOf, conformsTo, htmlChecks } = from;
  return { resource, rootResource, resolve, memberOf, conformsTo, htmlChecks };
}

function resourcesOf(bundle: JsonObject): ReadonlyMap<string, JsonObject> {
  const resources = new Map<string, JsonObject>();
  for (const entry of objectsIn(bundle['entry'])) {
    const resource = objectIn(entry['resource']);
    const type = textIn(resource?.['resourceType']);
    if (resource === undefined || type === undefined) continue;
    const { fullUrl } = entry;
    if (typeof fullUrl === 'string') resources.set(fullUrl, resource);
    const id = textIn(resource['id']);
    if (id !== undefined) resources.set(`${type}/${id}`, resource);
  }
  return resources;
}

function reportLeftOver(resource: JsonObject, context: Context): void {
  if (resource['contained'] === undefined) return;
  for (const [at, one] of objectsIn(resource['contained']).entries()) {
    const id = textIn(one['id']);
    if (id !== undefined && context.scope.pointedAt?.has(id) !== true) report(context, LEFT_OVER, 'contained', at);
  }
}
