// The profiles of a library as checks, each made when it is first asked for, and the extensions it defines.
import { Refused } from '../base/errors.ts';
import { type Json, objectIn } from '../base/json.ts';
import { codeSetOf, membership } from '../fhir/code-sets.ts';
import type { Library } from '../fhir/library.ts';
import { bareUrl } from '../fhir/names.ts';
import { snapshotTree } from '../fhir/snapshot.ts';
import type { StructureDefinition } from '../fhir/structures.ts';
import { boundTo, membershipOf } from './bindings.ts';
import { type KnownExtension, type Profiles, textIn } from './context.ts';
import { type Around, asCheck, nodeCheck } from './profile-node.ts';
import { scopeOf } from './scope.ts';

type Check = NonNullable<ReturnType<Profiles['check']>>;
const made = new WeakMap<Library, Profiles>();

export function profilesOf(library: Library, invariants: Around['invariants']): Profiles {
  const known = made.get(library);
  if (known !== undefined) return known;
  const checks = new Map<string, Check | undefined>();
  const extensions = new Map<string, KnownExtension | undefined>();
  // Only what the library has is remembered: senders can make up any number of names.
  const ifLoaded = <T>(
    map: Map<string, T | undefined>,
    url: string,
    make: (structure: StructureDefinition) => T | undefined,
  ) => {
    const structure = map.has(url) ? undefined : library.structure(url);
    if (structure !== undefined) map.set(url, make(structure));
    return map.get(url);
  };
  const check = (url: string) => ifLoaded(checks, bareUrl(url), (one) => compiledOrNot(library, one.url, invariants));
  const profiles: Profiles = {
    check,
    extension: (url) => ifLoaded(extensions, bareUrl(url), (one) => knownExtension(one, check)),
    typeOf: (url) => library.structure(url)?.type,
    memberOf: (value, valueSet) => memberOf(library, value, valueSet),
  };
  made.set(library, profiles);
  return profiles;
}

/** Throws Refused when the profile, or one that it builds upon, is not loaded or makes no sense. */
export function compileProfile(library: Library, url: string, invariants: Around['invariants']): Check {
  const root = snapshotTree(library, url);
  const type = library.structure(url)?.type ?? root.name;
  const around: Around = { library, root, profile: bareUrl(url), invariants };
  return within(asCheck(nodeCheck(root, { type, element: undefined }, around)));
}

/** Rules and references of a resource inside another are about that resource. */
function within(check: Check): Check {
  return (value, context) => {
    const resource = objectIn(value);
    const type = textIn(resource?.['resourceType']);
    const { environment, scope } = context;
    if (resource === undefined || type === undefined || environment.resource === resource) {
      check(value, context);
      return;
    }
    context.environment = { ...environment, resource, rootResource: resource };
    context.scope = scopeOf(resource, type);
    check(value, context);
    context.environment = environment;
    context.scope = scope;
  };
}

function compiledOrNot(library: Library, url: string, invariants: Around['invariants']): Check | undefined {
  try {
    return compileProfile(library, url, invariants);
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

function knownExtension(structure: StructureDefinition, check: Profiles['check']): KnownExtension | undefined {
  if (structure.type !== 'Extension' || structure.derivation !== 'constraint') return undefined;
  const elements = structure.snapshot?.element ?? structure.differential?.element ?? [];
  const { context = [] } = structure;
  const anywhere =
    context.length === 0 || context.some(({ type, expression }) => type === 'fhirpath' || expression === 'Element');
  return {
    check: check(structure.url) ?? (() => undefined),
    isModifier: elements[0]?.isModifier === true,
    places: anywhere ? undefined : new Set(context.map(({ expression }) => expression)),
  };
}

function memberOf(library: Library, value: Json | undefined, valueSet: string): boolean | undefined {
  const set = codeSetOf(library, valueSet);
  if (set === undefined || value === undefined) return undefined;
  const object = objectIn(value);
  const bound = boundTo(valueSet, 'extensible', set);
  const there = object === undefined ? membership(set, undefined, String(value)) : membershipOf(object, bound);
  return there === 'unknown' ? undefined : there === 'in';
}
