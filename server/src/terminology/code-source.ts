// What a value set holds, asked in two ways that must agree: is this code in it, and which codes are in it.                     (pure)
import { Refused } from '../base/errors.ts';
import { type CodeIndex, type Concept, conceptIn, indexOf } from './code-index.ts';
import { type Predicate, predicateOf } from './filters.ts';
import { urlOf } from './registry.ts';
import type { CodeSystemJson, ContainsJson, Entry, IncludeJson, Terminology, ValueSetJson } from './types.ts';
import { valueSetOf } from './value-set.ts';

export type CodeSource = {
  readonly find: (system: string, code: string) => Entry | undefined;
  /** In the order of the definition; a code may come more than once. */
  readonly entries: () => Iterable<Entry>;
};
/** Which version of a code system to take where a value set names none, or another. */
export type Versions = {
  /** `system-version`: where the value set names none. */
  readonly given: ReadonlyMap<string, string>;
  /** `force-system-version`: whatever the value set names. */
  readonly forced: ReadonlyMap<string, string>;
  /** `check-system-version`: another is an error. */
  readonly checked: ReadonlyMap<string, string>;
};
export type Asking = {
  readonly terminology: Terminology;
  readonly versions: Versions;
  /** Code systems used so far. */
  readonly used: Set<CodeSystemJson>;
  /** Value sets being read, outermost first. */
  readonly trail: readonly string[];
};

export const NO_VERSIONS: Versions = { given: new Map(), forced: new Map(), checked: new Map() };
/** Value sets import value sets no deeper than this. */
const IMPORTS_MAX = 32;

/** Reading is lazy: what is not needed for the question need not be loaded. */
export function sourceOf(valueSet: ValueSetJson, asking: Asking): CodeSource {
  const name = valueSet.url ?? '';
  const inside = { ...asking, trail: [...asking.trail, name] };
  if (name !== '' && asking.trail.includes(name)) {
    const message = `The value set ${name} includes itself: ${inside.trail.join(' → ')}. Break the circle.`;
    throw new Refused('value-set-cycle', message, name);
  }
  if (asking.trail.length > IMPORTS_MAX) {
    throw new Refused('too-costly', `Value sets include each other at most ${IMPORTS_MAX} deep.`, name);
  }
  if (valueSet.compose === undefined) return fixedSource((valueSet.expansion?.contains ?? []).flatMap(flat));
  const { include, exclude = [], inactive } = valueSet.compose;
  const whole = minus(
    union(include.map((one) => includeSource(one, inside))),
    exclude.map((one) => includeSource(one, inside)),
  );
  return inactive === false ? kept(whole, (entry) => !entry.inactive) : whole;
}

export function kept(source: CodeSource, keeps: (entry: Entry) => boolean): CodeSource {
  return {
    find: (system, code) => {
      const entry = source.find(system, code);
      return entry !== undefined && keeps(entry) ? entry : undefined;
    },
    entries: function* () {
      for (const entry of source.entries()) if (keeps(entry)) yield entry;
    },
  };
}

function union(sources: readonly CodeSource[]): CodeSource {
  return {
    find: (system, code) => {
      let missing: Refused | undefined;
      for (const source of sources) {
        const answer = attempt(() => source.find(system, code));
        // Another part may have the code; only if none has is it told that this one could not be asked.
        if (answer instanceof Refused) missing ??= answer;
        else if (answer !== undefined) return answer;
      }
      if (missing !== undefined) throw missing;
      return undefined;
    },
    entries: function* () {
      for (const source of sources) yield* source.entries();
    },
  };
}

function isMissing({ code }: Refused): boolean {
  return code === 'code-system-not-loaded' || code === 'code-system-fragment' || code === 'value-set-not-found';
}

function minus(source: CodeSource, excluded: readonly CodeSource[]): CodeSource {
  return kept(source, ({ system, code }) => excluded.every((one) => one.find(system, code) === undefined));
}

/** Codes meet all that stands in one include: its system part, and every value set that it names. */
function includeSource(include: IncludeJson, asking: Asking): CodeSource {
  const { valueSet: imported = [], system } = include;
  const own = system === undefined ? undefined : systemSource({ ...include, system }, asking);
  const sets = imported.map((canonical) => lazily(() => sourceOf(valueSetOf(asking.terminology, canonical), asking)));
  const sources = own === undefined ? sets : [own, ...sets];
  if (sources.length > 0) return intersection(sources);
  const message = 'An include of the value set names neither a system nor value sets. Give it one.';
  throw new Refused('value-set-invalid', message, asking.trail.at(-1));
}

/** Where one part surely lacks a code, it does not matter that another cannot be asked. */
function intersection(sources: readonly CodeSource[]): CodeSource {
  const [only] = sources;
  if (only !== undefined && sources.length === 1) return only;
  const find: CodeSource['find'] = (system, code) => {
    const answers: (Entry | Refused)[] = [];
    for (const source of sources) {
      const answer = attempt(() => source.find(system, code));
      if (answer === undefined) return undefined;
      answers.push(answer);
    }
    return told(answers);
  };
  return {
    find,
    entries: function* () {
      for (const { system, code } of firstListed(sources)) {
        const entry = find(system, code);
        if (entry !== undefined) yield entry;
      }
    },
  };
}

/** The codes of the first part that can be listed. */
function firstListed(sources: readonly CodeSource[]): readonly Entry[] {
  const refusals: Refused[] = [];
  for (const source of sources) {
    const list = attempt(() => [...source.entries()]);
    if (!(list instanceof Refused)) return list;
    refusals.push(list);
  }
  throw refusals[0];
}

/** The first answer, if none is missing. */
function told(answers: readonly (Entry | Refused)[]): Entry | undefined {
  let first: Entry | undefined;
  for (const answer of answers) {
    if (answer instanceof Refused) throw answer;
    first ??= answer;
  }
  return first;
}

/** What was made of it, or why that cannot be told. */
function attempt<T>(work: () => T): T | Refused {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Refused) || !isMissing(error)) throw error;
    return error;
  }
}
function lazily(make: () => CodeSource): CodeSource {
  let made: CodeSource | undefined;
  const source = () => {
    made ??= make();
    return made;
  };
  return { find: (system, code) => source().find(system, code), entries: () => source().entries() };
}

type SystemInclude = IncludeJson & { readonly system: string };

function systemSource(include: SystemInclude, asking: Asking): CodeSource {
  if (include.concept !== undefined) return listedSource(include, include.concept, asking);
  const parts = () => partsOf(include, asking);
  let made: Parts | undefined;
  return {
    find: (system, code) => {
      if (system !== include.system) return undefined;
      made ??= parts();
      const concept = conceptIn(made.index, code);
      if (concept === undefined && made.index.system.content !== 'complete') throw fragment(made.index.system);
      return concept !== undefined && keeps(made, concept) ? entryOf(made.index, concept) : undefined;
    },
    entries: function* () {
      made ??= parts();
      for (const concept of made.index.concepts.values()) if (keeps(made, concept)) yield entryOf(made.index, concept);
    },
  };
}

type Parts = { readonly index: CodeIndex; readonly predicates: readonly Predicate[] };

function partsOf(include: SystemInclude, asking: Asking): Parts {
  const system = codeSystemOf(include.system, include.version, asking);
  const index = indexOf(system);
  return { index, predicates: (include.filter ?? []).map((filter) => predicateOf(index, filter)) };
}

function keeps({ predicates }: Parts, concept: Concept): boolean {
  return predicates.every((predicate) => predicate(concept));
}

/** Throws Refused `code-system-not-loaded` or, if the version is not the one to check for, `code-system-version`. */
export function codeSystemOf(url: string, named: string | undefined, asking: Asking): CodeSystemJson {
  const { terminology, versions, used } = asking;
  const version = versions.forced.get(url) ?? named ?? versions.given.get(url);
  const system = terminology.codeSystem(version === undefined ? url : `${url}|${version}`);
  if (system === undefined || system.content === 'not-present') throw notLoaded(url, version, terminology);
  const wanted = versions.checked.get(url);
  if (wanted !== undefined && system.version !== wanted) {
    const message = `The code system ${url} would be used in version ${system.version ?? 'none'}, not ${wanted}.`;
    throw new Refused('code-system-version', message, url);
  }
  used.add(system);
  return system;
}

function notLoaded(url: string, version: string | undefined, terminology: Terminology): Refused {
  const other = version === undefined ? undefined : terminology.codeSystem(url);
  const what =
    other === undefined || other.content === 'not-present'
      ? `The content of the code system ${url} is not loaded. Load a CodeSystem resource or a package that has its concepts.`
      : `The code system ${url} is loaded in version ${other.version ?? 'none'}, not ${version}. Load that version, or ask for the one loaded.`;
  return new Refused('code-system-not-loaded', what, url);
}

export function fragment({ url, content }: CodeSystemJson): Refused {
  const message = `Of the code system ${url} only a part is loaded (${content}), so whether it has this code cannot be told. Load it whole.`;
  return new Refused('code-system-fragment', message, url);
}

export function entryOf({ system }: CodeIndex, concept: Concept): Entry {
  const { code, display, designations, inactive, abstract } = concept;
  return { system: system.url, version: system.version, code, display, designations, inactive, abstract };
}

type Listed = NonNullable<IncludeJson['concept']>;

/** Listed codes need no code system; where it is loaded, it says what the list does not. */
function listedSource(include: SystemInclude, listed: Listed, asking: Asking): CodeSource {
  const system = loadedOf(include, asking);
  const index = system === undefined ? undefined : indexOf(system);
  const entries = listed.map(({ code, display, designation }): Entry => {
    const concept = index === undefined ? undefined : conceptIn(index, code);
    return {
      system: include.system,
      version: system?.version ?? include.version,
      code,
      display: display ?? concept?.display,
      designations: [...(designation ?? []), ...(concept?.designations ?? [])],
      inactive: concept?.inactive ?? false,
      abstract: concept?.abstract ?? false,
    };
  });
  return fixedSource(entries, system?.caseSensitive === false);
}

function loadedOf(
  { system, version }: SystemInclude,
  { terminology, versions, used }: Asking,
): CodeSystemJson | undefined {
  const wanted = versions.forced.get(system) ?? version ?? versions.given.get(system);
  const found = terminology.codeSystem(wanted === undefined ? system : `${system}|${wanted}`);
  if (found === undefined || found.content === 'not-present') return undefined;
  used.add(found);
  return found;
}

function fixedSource(entries: readonly Entry[], ignoresCase = false): CodeSource {
  const keyOf = (system: string, code: string) => `${system}\n${ignoresCase ? code.toLowerCase() : code}`;
  const byKey = new Map(entries.map((entry) => [keyOf(entry.system, entry.code), entry]));
  return { find: (system, code) => byKey.get(keyOf(system, code)), entries: () => entries };
}

/** An expansion that came with the value set, nested or not. */
function flat(contains: ContainsJson): readonly Entry[] {
  const { system, version, code, display, designation, inactive = false, abstract = false } = contains;
  const own: readonly Entry[] =
    system === undefined || code === undefined
      ? []
      : [{ system: urlOf(system), version, code, display, designations: designation ?? [], inactive, abstract }];
  return [...own, ...(contains.contains ?? []).flatMap(flat)];
}
