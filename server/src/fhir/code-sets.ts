// What a value set holds, as far as the code systems of a library tell: some codes are in, some are out, of some nobody here knows. (pure)
import { Refused } from '../base/errors.ts';
import type { Library } from './library.ts';
import { bareUrl } from './names.ts';
import type { CodeSystem } from './structures.ts';
import { sourceOf } from './value-sets/code-source.ts';
import { NO_VERSIONS } from './value-sets/system-source.ts';
import type { ValueSetJson, Vocabulary } from './value-sets/types.ts';
import { valueSetOf } from './value-sets/value-set.ts';

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

const known = new WeakMap<Library, Map<string, CodeSet | undefined>>();

/** Undefined when the library does not have the value set. */
export function codeSetOf(library: Library, canonical: string): CodeSet | undefined {
  const url = bareUrl(canonical);
  const sets = known.get(library) ?? new Map<string, CodeSet | undefined>();
  known.set(library, sets);
  if (!sets.has(url)) sets.set(url, build(library, url));
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

function build(library: Library, url: string): CodeSet | undefined {
  const valueSet = definitionOf(library, url);
  if (valueSet === undefined) return undefined;
  const codes = new Map<string, Set<string>>();
  const open = new Set<string>();
  let vague = false;
  const asking = { vocabulary: wordsOf(library), versions: NO_VERSIONS, used: new Set<CodeSystem>(), trail: [] };
  const told = sourceOf(valueSet, asking).tell(({ system }) => {
    if (system === undefined) vague = true;
    else open.add(system);
  });
  for (const { system, code } of told) {
    const set = codes.get(system) ?? new Set<string>();
    codes.set(system, set.add(code));
  }
  return { url, codes, open, vague };
}

/** Whatever version is loaded: a library holds one, and a binding that names another means it all the same. */
function wordsOf({ codeSystem, valueSet }: Library): Vocabulary {
  return { codeSystem, valueSet, systemOfWholeSet: () => undefined };
}

/** The value set, or a whole code system by its own address or one that implies it. */
function definitionOf(library: Library, url: string): ValueSetJson | undefined {
  const system = library.codeSystem(url);
  if (library.valueSet(url) === undefined && system?.content === 'complete')
    return { resourceType: 'ValueSet', url, compose: { include: [{ system: system.url }] } };
  try {
    return valueSetOf(wordsOf(library), url);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return undefined;
  }
}
