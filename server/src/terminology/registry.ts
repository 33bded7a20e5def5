// What terminology is loaded: resources given, over the definitions of R4 and of packages.                                     (pure)
import type { JsonObject } from '../base/json.ts';
import type { Library } from '../fhir/library.ts';
import { bareUrl } from '../fhir/names.ts';
import type { CodeSystemJson, ConceptMapJson, Terminology, TerminologyResource, ValueSetJson } from './types.ts';

type Versions<T> = Map<string, T[]>;

/**
 * Resources given come before the library's of the same URL and version. Making one costs a pass over the resources; what is
 * compiled of a code system is remembered with the resource itself, so that making it anew after a write is cheap.
 */
export function terminologyOf(library: Library, resources: readonly JsonObject[] = []): Terminology {
  const systems: Versions<CodeSystemJson> = new Map();
  const sets: Versions<ValueSetJson> = new Map();
  const maps: Versions<ConceptMapJson> = new Map();
  const supplements = new Map<string, string[]>();
  const wholes = new Map<string, string>();
  for (const resource of resources) {
    if (!isTerminology(resource)) continue;
    if (resource.resourceType === 'ValueSet') put(sets, resource);
    else if (resource.resourceType === 'ConceptMap') put(maps, resource);
    else if (resource.content === 'supplement') addSupplement(supplements, resource);
    else {
      put(systems, resource);
      if (resource.valueSet !== undefined) wholes.set(bareUrl(resource.valueSet), resource.url);
    }
  }
  return {
    codeSystem: (canonical) => pick(systems, canonical, library.codeSystem(canonical)),
    valueSet: (canonical) => pick(sets, canonical, library.valueSet(canonical)),
    conceptMap: (canonical) => pick(maps, canonical, library.conceptMap(canonical)),
    stored: () => [...systems.values()].flat(),
    conceptMaps: () => [...[...maps.values()].flat(), ...libraryMaps(library)],
    supplementsOf: (system) => supplements.get(system) ?? [],
    systemOfWholeSet: (url) => wholes.get(url) ?? wholesOf(library).get(url),
  };
}

function isTerminology(resource: JsonObject): resource is JsonObject & TerminologyResource {
  const type = resource['resourceType'];
  if (type === 'CodeSystem') return typeof resource['url'] === 'string';
  return type === 'ValueSet' || type === 'ConceptMap';
}

function put<T extends { readonly url?: string }>(versions: Versions<T>, resource: T): void {
  if (resource.url === undefined) return;
  const known = versions.get(resource.url);
  if (known === undefined) versions.set(resource.url, [resource]);
  else known.push(resource);
}

function addSupplement(supplements: Map<string, string[]>, resource: CodeSystemJson): void {
  const system = bareUrl(resource.supplements ?? '');
  const canonical = resource.version === undefined ? resource.url : `${resource.url}|${resource.version}`;
  supplements.set(system, [...(supplements.get(system) ?? []), canonical]);
}

function versionOf(canonical: string): string | undefined {
  const bar = canonical.indexOf('|');
  return bar === -1 ? undefined : canonical.slice(bar + 1);
}

type Versioned = { readonly version?: string; readonly content?: string };

function pick<T extends Versioned>(versions: Versions<T>, canonical: string, base: T | undefined): T | undefined {
  const version = versionOf(canonical);
  const own = versions.get(bareUrl(canonical)) ?? [];
  // A library holds one version, whatever was asked for.
  const all = base === undefined || base.content === 'supplement' ? own : [...own, base];
  if (version !== undefined) return all.find((one) => one.version === version);
  return all.reduce<T | undefined>(
    (best, one) => (best === undefined || compareVersions(one.version, best.version) > 0 ? one : best),
    undefined,
  );
}

/** Numbers as numbers, all else by code unit; no version is the oldest: `2.9` < `2.10`, `2018-08-12` < `2024`. */
export function compareVersions(a: string | undefined, b: string | undefined): number {
  const partsA = a?.split(/[.-]/) ?? [];
  const partsB = b?.split(/[.-]/) ?? [];
  for (let at = 0; at < Math.max(partsA.length, partsB.length); at++) {
    const order = compareParts(partsA[at], partsB[at]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareParts(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  if (/^\d+$/.test(a) && /^\d+$/.test(b) && Number(a) !== Number(b)) return Number(a) - Number(b);
  return a < b ? -1 : 1;
}

const wholesByLibrary = new WeakMap<Library, ReadonlyMap<string, string>>();

/** `CodeSystem.valueSet` of all code systems of a library. */
function wholesOf(library: Library): ReadonlyMap<string, string> {
  const known = wholesByLibrary.get(library);
  if (known !== undefined) return known;
  const made = new Map<string, string>();
  for (const url of library.urls('CodeSystem')) {
    const system = library.codeSystem(url);
    if (system?.valueSet !== undefined && system.content !== 'supplement')
      made.set(bareUrl(system.valueSet), system.url);
  }
  wholesByLibrary.set(library, made);
  return made;
}

const mapsByLibrary = new WeakMap<Library, readonly ConceptMapJson[]>();

function libraryMaps(library: Library): readonly ConceptMapJson[] {
  const known = mapsByLibrary.get(library);
  if (known !== undefined) return known;
  const made = library.urls('ConceptMap').flatMap((url) => library.conceptMap(url) ?? []);
  mapsByLibrary.set(library, made);
  return made;
}
