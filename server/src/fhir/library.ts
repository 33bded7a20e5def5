// A library of definitions: those of R4, which ship with the server, and those of packages laid over them.                    (pure)
import { brotliDecompressSync } from 'node:zlib';
import { bareUrl } from './names.ts';
import type { FhirPackage } from './package.ts';
import r4 from './r4.gen.json' with { type: 'json' };
import type {
  CodeSystem,
  ConceptMap,
  Definition,
  SearchParameter,
  StructureDefinition,
  ValueSet,
} from './structures.ts';

/** Lookups take canonical URLs; a version behind `|` is not compared, as one library holds one version of each. */
export type Library = {
  readonly structure: (url: string) => StructureDefinition | undefined;
  readonly valueSet: (url: string) => ValueSet | undefined;
  readonly codeSystem: (url: string) => CodeSystem | undefined;
  readonly conceptMap: (url: string) => ConceptMap | undefined;
  readonly searchParameter: (url: string) => SearchParameter | undefined;
  /** URLs of all definitions of a kind, such as `StructureDefinition`, sorted. */
  readonly urls: (kind: Definition['resourceType']) => readonly string[];
};
export const STRUCTURE_BASE = 'http://hl7.org/fhir/StructureDefinition/';

type Part = 'structures' | 'terminology' | 'search';
type Shelf = {
  readonly index: { readonly [url: string]: readonly [kind: string, start: number, end: number] };
  readonly lines: Buffer;
};
type Lookup = (url: string) => Definition | undefined;

const PARTS: { readonly [kind: string]: Part } = {
  StructureDefinition: 'structures',
  ValueSet: 'terminology',
  CodeSystem: 'terminology',
  ConceptMap: 'terminology',
  SearchParameter: 'search',
};
const LINE_END = 10;
const shelves = new Map<Part, Shelf>();
const read = new Map<string, Definition>();

/** R4 4.0.1. Nothing is unpacked before it is asked for; a definition is parsed once. */
export function baseLibrary(): Library {
  return BASE;
}

const BASE = libraryOf(
  (url) => read.get(url) ?? fromShelves(url),
  (kind) => urlsOn(shelf(PARTS[kind] ?? 'structures'), kind),
);

/** The definitions of these packages before those of `under`; of two packages the later wins. */
export function libraryWith(packages: readonly FhirPackage[], under: Library = BASE): Library {
  const own = new Map<string, Definition>();
  for (const { definitions } of packages) for (const one of definitions) own.set(one.url, one);
  const owned = (kind: string) => [...own.values()].filter((one) => one.resourceType === kind).map((one) => one.url);
  return libraryOf(
    (url) => own.get(url) ?? any(under, url),
    (kind) => [...new Set([...under.urls(kind), ...owned(kind)])].sort(),
  );
}

function any(library: Library, url: string): Definition | undefined {
  const { structure, valueSet, codeSystem, conceptMap, searchParameter } = library;
  return structure(url) ?? valueSet(url) ?? codeSystem(url) ?? conceptMap(url) ?? searchParameter(url);
}

function libraryOf(lookup: Lookup, urls: Library['urls']): Library {
  const plain = (url: string) => lookup(bareUrl(url));
  return {
    structure: (url) => {
      const found = plain(url);
      return found?.resourceType === 'StructureDefinition' ? found : undefined;
    },
    valueSet: (url) => {
      const found = plain(url);
      return found?.resourceType === 'ValueSet' ? found : undefined;
    },
    codeSystem: (url) => {
      const found = plain(url);
      return found?.resourceType === 'CodeSystem' ? found : undefined;
    },
    conceptMap: (url) => {
      const found = plain(url);
      return found?.resourceType === 'ConceptMap' ? found : undefined;
    },
    searchParameter: (url) => {
      const found = plain(url);
      return found?.resourceType === 'SearchParameter' ? found : undefined;
    },
    urls,
  };
}

function urlsOn({ index }: Shelf, kind: string): readonly string[] {
  return Object.keys(index).filter((url) => index[url]?.[0] === kind);
}

function fromShelves(url: string): Definition | undefined {
  const shelfOf: readonly Part[] = ['structures', 'terminology', 'search'];
  for (const part of url.includes('/StructureDefinition/') ? shelfOf.slice(0, 1) : shelfOf) {
    const { index, lines } = shelf(part);
    const entry = Object.hasOwn(index, url) ? index[url] : undefined;
    if (entry === undefined) continue;
    const found = JSON.parse(lines.toString('utf8', entry[1], entry[2])) as Definition;
    read.set(url, found);
    return found;
  }
  return undefined;
}

function shelf(part: Part): Shelf {
  const known = shelves.get(part);
  if (known !== undefined) return known;
  const all = brotliDecompressSync(Buffer.from(r4[part], 'base64'));
  const end = all.indexOf(LINE_END);
  const unpacked = { index: JSON.parse(all.toString('utf8', 0, end)) as Shelf['index'], lines: all.subarray(end + 1) };
  shelves.set(part, unpacked);
  return unpacked;
}
