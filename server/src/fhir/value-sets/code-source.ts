// What a value set holds, asked in two ways that must agree: is this code in it, and which codes are in it. Nothing else evaluates
// value sets: the operations, validation and searches all ask here.                                                            (pure)
import { Refused } from '../../base/errors.ts';
import type { Include } from '../structures.ts';
import { fixedSource, flat, systemSource } from './system-source.ts';
import type { Asking, CodeSource, Entry, Unknown, ValueSetJson } from './types.ts';
import { valueSetOf } from './value-set.ts';

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
  if (valueSet.compose === undefined) {
    const fixed = fixedSource((valueSet.expansion?.contains ?? []).flatMap(flat));
    return valueSet.expansion === undefined ? neverTold(fixed, name) : fixed;
  }
  const { include, exclude = [], inactive } = valueSet.compose;
  const whole = minus(
    union(include.map((one) => includeSource(one, inside))),
    exclude.map((one) => includeSource(one, inside)),
  );
  return inactive === false ? kept(whole, (entry) => !entry.inactive) : whole;
}

/** All codes, in the order of the definition; a code may come more than once. Throws what keeps them from being told whole. */
export function entriesOf(source: CodeSource): Iterable<Entry> {
  return source.tell(({ refused, isPart }) => {
    // Of a system that is loaded in part, what is there is listed; the answer says that it is a part.
    if (!isPart) throw refused;
  });
}

export function kept(source: CodeSource, keeps: (entry: Entry) => boolean): CodeSource {
  return {
    find: (system, code) => {
      const entry = source.find(system, code);
      return entry !== undefined && keeps(entry) ? entry : undefined;
    },
    tell: function* (unknown) {
      for (const entry of source.tell(unknown)) {
        const keep = refusedOr(() => keeps(entry));
        if (keep instanceof Refused) unknown({ system: entry.system, refused: keep, isPart: false });
        else if (keep) yield entry;
      }
    },
  };
}

/** A definition without content: there is nothing in it, and nothing says that there is nothing. */
function neverTold(source: CodeSource, name: string): CodeSource {
  const refused = new Refused('value-set-invalid', 'The value set says nothing of its codes. Give it a compose.', name);
  return {
    ...source,
    tell: (unknown) => {
      unknown({ system: undefined, refused, isPart: true });
      return [];
    },
  };
}

function union(sources: readonly CodeSource[]): CodeSource {
  return {
    find: (system, code) => {
      let missing: Refused | undefined;
      for (const source of sources) {
        const answer = missingOr(() => source.find(system, code));
        // Another part may have the code; only if none has is it told that this one could not be asked.
        if (answer instanceof Refused) missing ??= answer;
        else if (answer !== undefined) return answer;
      }
      if (missing !== undefined) throw missing;
      return undefined;
    },
    tell: function* (unknown) {
      for (const source of sources) yield* source.tell(unknown);
    },
  };
}

function minus(source: CodeSource, excluded: readonly CodeSource[]): CodeSource {
  if (excluded.length === 0) return source;
  return kept(source, ({ system, code }) => excluded.every((one) => one.find(system, code) === undefined));
}

/** Codes meet all that stands in one include: its system part, and every value set that it names. */
function includeSource(include: Include, asking: Asking): CodeSource {
  const { valueSet: imported = [], system } = include;
  const own = system === undefined ? undefined : systemSource({ ...include, system }, asking);
  const sets = imported.map((canonical) => lazily(() => sourceOf(valueSetOf(asking.vocabulary, canonical), asking)));
  const sources = own === undefined ? sets : [own, ...sets];
  if (sources.length > 0) return intersection(sources);
  return lazily(() => {
    const message = 'An include of the value set names neither a system nor value sets. Give it one.';
    throw new Refused('value-set-invalid', message, asking.trail.at(-1));
  });
}

/** Where one part surely lacks a code, it does not matter that another cannot be asked. */
function intersection(sources: readonly CodeSource[]): CodeSource {
  const [only] = sources;
  if (only !== undefined && sources.length === 1) return only;
  const find: CodeSource['find'] = (system, code) => {
    const answers: (Entry | Refused)[] = [];
    for (const source of sources) {
      const answer = missingOr(() => source.find(system, code));
      if (answer === undefined) return undefined;
      answers.push(answer);
    }
    return told(answers);
  };
  return {
    find,
    tell: function* (unknown) {
      const { entries, unknowns } = mostTold(sources);
      for (const one of unknowns) unknown(one);
      for (const { system, code } of entries) {
        const entry = refusedOr(() => find(system, code));
        if (entry instanceof Refused) unknown({ system, refused: entry, isPart: false });
        else if (entry !== undefined) yield entry;
      }
    },
  };
}

type Told = { readonly entries: readonly Entry[]; readonly unknowns: readonly Unknown[] };

/** The first part that can be told whole; else the first, with what cannot be told of it. */
function mostTold(sources: readonly CodeSource[]): Told {
  let first: Told | undefined;
  for (const source of sources) {
    const unknowns: Unknown[] = [];
    const entries = [...source.tell((one) => unknowns.push(one))];
    if (unknowns.every(({ isPart }) => isPart)) return { entries, unknowns };
    first ??= { entries, unknowns };
  }
  return first ?? { entries: [], unknowns: [] };
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
function missingOr<T>(work: () => T): T | Refused {
  const made = refusedOr(work);
  if (made instanceof Refused && !MISSING.has(made.code)) throw made;
  return made;
}

const MISSING: ReadonlySet<string> = new Set(['code-system-not-loaded', 'code-system-fragment', 'value-set-not-found']);

function refusedOr<T>(work: () => T): T | Refused {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return error;
  }
}

/** What cannot even be made has no codes that could be told. */
function lazily(make: () => CodeSource): CodeSource {
  let made: CodeSource | undefined;
  const source = () => {
    made ??= make();
    return made;
  };
  return {
    find: (system, code) => source().find(system, code),
    tell: function* (unknown) {
      const there = refusedOr(source);
      if (there instanceof Refused) unknown({ system: undefined, refused: there, isPart: false });
      else yield* there.tell(unknown);
    },
  };
}
