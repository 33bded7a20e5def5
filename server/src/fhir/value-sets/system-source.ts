// The part of a value set that one code system gives: codes that are listed, or that filters keep.                           (pure)
import { Refused } from '../../base/errors.ts';
import { bareUrl } from '../names.ts';
import type { CodeSystem, Contains, Include } from '../structures.ts';
import { type CodeIndex, type Concept, conceptIn, indexOf } from './code-index.ts';
import { type Predicate, predicateOf } from './filters.ts';
import type { Asking, CodeSource, Entry, Versions, Vocabulary } from './types.ts';

export const NO_VERSIONS: Versions = { given: new Map(), forced: new Map(), checked: new Map() };

type SystemInclude = Include & { readonly system: string };

/** Part of an include: the codes of its system that it lists, or that its filters keep. */
export function systemSource(include: SystemInclude, asking: Asking): CodeSource {
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
    tell: function* (unknown) {
      try {
        made ??= parts();
        const { index } = made;
        if (index.system.content !== 'complete')
          unknown({ system: include.system, refused: fragment(index.system), isPart: true });
        for (const concept of index.concepts.values()) if (keeps(made, concept)) yield entryOf(index, concept);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        unknown({ system: include.system, refused: error, isPart: false });
      }
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
export function codeSystemOf(url: string, named: string | undefined, asking: Asking): CodeSystem {
  const { vocabulary, versions, used } = asking;
  const version = versions.forced.get(url) ?? named ?? versions.given.get(url);
  const system = vocabulary.codeSystem(version === undefined ? url : `${url}|${version}`);
  if (system === undefined || system.content === 'not-present') throw notLoaded(url, version, vocabulary);
  const wanted = versions.checked.get(url);
  if (wanted !== undefined && system.version !== wanted) {
    const message = `The code system ${url} would be used in version ${system.version ?? 'none'}, not ${wanted}.`;
    throw new Refused('code-system-version', message, url);
  }
  used.add(system);
  return system;
}

function notLoaded(url: string, version: string | undefined, vocabulary: Vocabulary): Refused {
  const other = version === undefined ? undefined : vocabulary.codeSystem(url);
  const what =
    other === undefined || other.content === 'not-present'
      ? `The content of the code system ${url} is not loaded. Load a CodeSystem resource or a package that has its concepts.`
      : `The code system ${url} is loaded in version ${other.version ?? 'none'}, not ${version}. Load that version, or ask for the one loaded.`;
  return new Refused('code-system-not-loaded', what, url);
}

export function fragment({ url, content }: CodeSystem): Refused {
  const message = `Of the code system ${url} only a part is loaded (${content}), so whether it has this code cannot be told. Load it whole.`;
  return new Refused('code-system-fragment', message, url);
}

export function entryOf({ system }: CodeIndex, concept: Concept): Entry {
  const { code, display, designations, inactive, abstract } = concept;
  return { system: system.url, version: system.version, code, display, designations, inactive, abstract };
}

type Listed = NonNullable<Include['concept']>;

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

function loadedOf({ system, version }: SystemInclude, { vocabulary, versions, used }: Asking): CodeSystem | undefined {
  const wanted = versions.forced.get(system) ?? version ?? versions.given.get(system);
  const found = vocabulary.codeSystem(wanted === undefined ? system : `${system}|${wanted}`);
  if (found === undefined || found.content === 'not-present') return undefined;
  used.add(found);
  return found;
}

export function fixedSource(entries: readonly Entry[], ignoresCase = false): CodeSource {
  const keyOf = (system: string, code: string) => `${system}\n${ignoresCase ? code.toLowerCase() : code}`;
  const byKey = new Map(entries.map((entry) => [keyOf(entry.system, entry.code), entry]));
  return { find: (system, code) => byKey.get(keyOf(system, code)), tell: () => entries };
}

/** An expansion that came with the value set, nested or not. */
export function flat(contains: Contains): readonly Entry[] {
  const { system, version, code, display, designation, inactive = false, abstract = false } = contains;
  const own: readonly Entry[] =
    system === undefined || code === undefined
      ? []
      : [{ system: bareUrl(system), version, code, display, designations: designation ?? [], inactive, abstract }];
  return [...own, ...(contains.contains ?? []).flatMap(flat)];
}
