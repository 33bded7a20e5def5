// What a value set holds, as far as the code systems of a library tell: some codes are in, some are out, of some nobody here knows. (pure)
import { allConcepts, conceptsByFilter } from './concept-filters.ts';
import type { Library } from './library.ts';
import { bareUrl } from './names.ts';
import type { Include, ValueSet } from './structures.ts';

export type Membership = 'in' | 'out' | 'unknown';
export type CodeSet = {
  readonly url: string;
  /** Codes by system. */
  readonly codes: ReadonlyMap<string, ReadonlySet<string>>;
  /** Systems of which the set takes codes that no loaded code system lists, such as SNOMED CT by a filter. */
  readonly open: ReadonlySet<string>;
  /** True when the whole set cannot be told, for a part of it is not loaded. */
  readonly vague: boolean;
};
type Codes = Omit<CodeSet, 'url'>;
type Draft = { readonly codes: Map<string, Set<string>>; readonly open: Set<string>; vague: boolean };

/** A value set that imports others goes no deeper than this; deeper ones go round in circles. */
const IMPORTS_MAX = 16;
const known = new WeakMap<Library, Map<string, CodeSet | undefined>>();

/** Undefined when the library does not have the value set. */
export function codeSetOf(library: Library, canonical: string): CodeSet | undefined {
  const url = bareUrl(canonical);
  const sets = known.get(library) ?? new Map<string, CodeSet | undefined>();
  known.set(library, sets);
  if (!sets.has(url)) sets.set(url, build(library, url, 0));
  return sets.get(url);
}

/** Whether a code is in the set; without a system, whether any system has it there. */
export function membership(set: Codes, system: string | undefined, code: string): Membership {
  if (system === undefined) {
    for (const codes of set.codes.values()) if (codes.has(code)) return 'in';
    return set.open.size > 0 || set.vague ? 'unknown' : 'out';
  }
  if (set.codes.get(system)?.has(code) === true) return 'in';
  return set.open.has(system) || set.vague ? 'unknown' : 'out';
}

function build(library: Library, url: string, depth: number): CodeSet | undefined {
  const valueSet = library.valueSet(url);
  if (valueSet === undefined) return systemOfAll(library, url);
  const draft: Draft = { codes: new Map(), open: new Set(), vague: false };
  if (depth > IMPORTS_MAX) draft.vague = true;
  else if (valueSet.compose === undefined) fromExpansion(valueSet, draft);
  else {
    for (const include of valueSet.compose.include) addInclude(draft, include, { library, depth });
    for (const exclude of valueSet.compose.exclude ?? []) removeExclude(draft, exclude, { library, depth });
  }
  return { url, ...draft };
}

/** The implicit value set of a whole code system, `[system]?vs` or the system's own `valueSet`. */
function systemOfAll(library: Library, url: string): CodeSet | undefined {
  const system = library.codeSystem(url.replace(/\?.*$/, ''));
  if (system === undefined || system.content !== 'complete') return undefined;
  const codes = new Map([[system.url, new Set(allConcepts(system).map(({ code }) => code))]]);
  return { url, codes, open: new Set(), vague: false };
}

function fromExpansion({ expansion }: ValueSet, draft: Draft): void {
  if (expansion === undefined) draft.vague = true;
  for (const { system, code } of expansion?.contains ?? []) {
    if (system !== undefined && code !== undefined) add(draft, system, [code]);
  }
}

type Around = { readonly library: Library; readonly depth: number };

function addInclude(draft: Draft, include: Include, around: Around): void {
  const part = partOf(include, around);
  for (const [system, codes] of part.codes) add(draft, system, codes);
  for (const system of part.open) draft.open.add(system);
  if (part.vague) draft.vague = true;
}

/** What stands in an include is met by all of it: the codes of the system, and every value set named. */
function partOf(include: Include, { library, depth }: Around): Draft {
  const sets = (include.valueSet ?? []).map((url) => build(library, bareUrl(url), depth + 1));
  const own = include.system === undefined ? undefined : systemPart(include, library);
  const parts = [...(own === undefined ? [] : [own]), ...sets];
  const [first, ...rest] = parts;
  if (first === undefined) return { codes: new Map(), open: new Set(), vague: true };
  const made: Draft = { codes: copied(first.codes), open: new Set(first.open), vague: first.vague };
  for (const other of rest) intersect(made, other);
  return made;
}

function systemPart(include: Include, library: Library): Codes {
  const system = include.system ?? '';
  if (include.concept !== undefined) {
    const listed = new Set(include.concept.map(({ code }) => code));
    return { codes: new Map([[system, listed]]), open: new Set(), vague: false };
  }
  const found = library.codeSystem(system);
  const concepts =
    found === undefined || found.content !== 'complete' ? undefined : conceptsByFilter(found, include.filter ?? []);
  if (concepts === undefined) return { codes: new Map(), open: new Set([system]), vague: false };
  return { codes: new Map([[system, new Set(concepts)]]), open: new Set(), vague: false };
}

function intersect(made: Draft, other: Codes | undefined): void {
  if (other === undefined) {
    for (const system of made.codes.keys()) made.open.add(system);
    made.codes.clear();
    return;
  }
  for (const [system, codes] of made.codes) {
    for (const code of codes) {
      const there = membership(other, system, code);
      if (there !== 'in') codes.delete(code);
      if (there === 'unknown') made.open.add(system);
    }
  }
  for (const system of made.open)
    if (!other.open.has(system) && !other.codes.has(system) && !other.vague) made.open.delete(system);
}

function removeExclude(draft: Draft, exclude: Include, around: Around): void {
  const part = partOf(exclude, around);
  for (const [system, codes] of part.codes) for (const code of codes) draft.codes.get(system)?.delete(code);
  // Codes that may be excluded are neither surely in nor surely out.
  for (const system of part.open) {
    if (draft.codes.has(system)) draft.open.add(system);
    draft.codes.delete(system);
  }
}

function add(draft: Draft, system: string, codes: Iterable<string>): void {
  const set = draft.codes.get(system) ?? new Set<string>();
  for (const code of codes) set.add(code);
  draft.codes.set(system, set);
}

function copied(codes: ReadonlyMap<string, ReadonlySet<string>>): Map<string, Set<string>> {
  return new Map([...codes].map(([system, set]) => [system, new Set(set)]));
}
