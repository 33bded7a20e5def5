// $expand: the codes of a value set, a page at a time (https://hl7.org/fhir/R4/valueset-operation-expand.html).                 (pure)
import { Refused } from '../base/errors.ts';
import type { Json, JsonObject } from '../base/json.ts';
import { bareUrl } from '../fhir/names.ts';
import { entriesOf, kept, sourceOf } from '../fhir/value-sets/code-source.ts';
import { NO_VERSIONS } from '../fhir/value-sets/system-source.ts';
import type { Asking, CodeSource, Versions } from '../fhir/value-sets/types.ts';
import { valueSetOf } from '../fhir/value-sets/value-set.ts';
import { displayOf, textFilter } from './display.ts';
import { type Input, inputOf } from './input.ts';
import type { CodeSystemJson, Entry, Terminology, ValueSetJson } from './types.ts';

/** An answer without `count` holds no more codes than this; larger sets are paged or filtered. */
const EXPANSION_MAX = 10_000;
/** No value set is walked through further than this. */
const ENTRIES_MAX = 500_000;

export type ExpandOptions = {
  /** `expansion.timestamp`. */
  readonly now: string;
  /** The value set of an operation on an instance. */
  readonly on?: JsonObject;
};

/**
 * The ValueSet with its expansion, flat. Throws Refused: `value-set-not-found`, `value-set-unsupported`, `value-set-invalid`,
 * `value-set-cycle`, `code-system-not-loaded`, `code-system-version`, `filter-unknown`, `filter-regex`, `too-costly`, and those of `inputOf`.
 */
export function expand(terminology: Terminology, parameters: JsonObject, { now, on }: ExpandOptions): JsonObject {
  const input = inputOf('expand', parameters);
  const valueSet = askedValueSet(terminology, input, on);
  const asking: Asking = { vocabulary: terminology, versions: versionsIn(input), used: new Set(), trail: [] };
  const entries = distinct(narrowed(sourceOf(valueSet, asking), input), valueSet);
  const offset = input.number('offset') ?? 0;
  const count = input.number('count') ?? undefined;
  if (offset < 0 || (count ?? 0) < 0) {
    throw new Refused('parameter-invalid', 'offset and count are numbers from 0.', offset < 0 ? 'offset' : 'count');
  }
  if (count === undefined && entries.length - offset > EXPANSION_MAX) throw tooMany(valueSet, entries.length);
  const page = entries.slice(offset, offset + Math.min(count ?? EXPANSION_MAX, EXPANSION_MAX));
  const { compose, expansion: _, ...head } = valueSet;
  return {
    ...(head as unknown as JsonObject),
    status: (valueSet as unknown as JsonObject)['status'] ?? 'active',
    ...(input.flag('includeDefinition') === true && compose !== undefined
      ? { compose: compose as unknown as Json }
      : {}),
    expansion: {
      timestamp: now,
      total: entries.length,
      ...(offset > 0 || count !== undefined ? { offset } : {}),
      ...listed('parameter', [...echoed(input), ...usedIn(asking.used, terminology)]),
      ...listed(
        'contains',
        page.map((entry) => containsOf(entry, input)),
      ),
    },
  };
}

/** The value set that the parameters, or the instance, name. */
export function askedValueSet(terminology: Terminology, input: Input, on: JsonObject | undefined): ValueSetJson {
  const given = on ?? input.resource('valueSet');
  if (given !== undefined) {
    if (given['resourceType'] === 'ValueSet') return given as unknown as ValueSetJson;
    throw new Refused('parameter-invalid', 'The parameter valueSet holds a ValueSet.', 'valueSet');
  }
  const url = input.text('url');
  if (url === undefined) {
    throw new Refused('parameter-missing', 'Name a value set by url, or send one as valueSet.', 'url');
  }
  const version = input.text('valueSetVersion');
  return valueSetOf(terminology, version === undefined ? url : `${bareUrl(url)}|${version}`);
}

function versionsIn(input: Input): Versions {
  const all = (name: string) => new Map(input.texts(name).map((one) => systemAndVersion(one, name)));
  const given = all('system-version');
  const forced = all('force-system-version');
  const checked = all('check-system-version');
  return given.size + forced.size + checked.size === 0 ? NO_VERSIONS : { given, forced, checked };
}

function systemAndVersion(canonical: string, name: string): readonly [string, string] {
  const bar = canonical.indexOf('|');
  if (bar > 0) return [canonical.slice(0, bar), canonical.slice(bar + 1)];
  throw new Refused('parameter-invalid', `The parameter ${name} is system|version.`, name);
}

function narrowed(source: CodeSource, input: Input): CodeSource {
  const filter = input.text('filter');
  const matches = filter === undefined ? undefined : textFilter(filter);
  const without = new Set(input.texts('exclude-system').map(bareUrl));
  const active = input.flag('activeOnly') === true;
  const forPeople = input.flag('excludeNotForUI') === true;
  return kept(
    source,
    (entry) =>
      !(active && entry.inactive) &&
      !(forPeople && entry.abstract) &&
      !without.has(entry.system) &&
      (matches === undefined || matches(entry)),
  );
}

function distinct(source: CodeSource, valueSet: ValueSetJson): readonly Entry[] {
  const seen = new Map<string, Entry>();
  for (const entry of entriesOf(source)) {
    const key = `${entry.system}\n${entry.code}`;
    if (seen.has(key)) continue;
    seen.set(key, entry);
    if (seen.size > ENTRIES_MAX) throw tooMany(valueSet, seen.size);
  }
  return [...seen.values()];
}

function tooMany({ url }: ValueSetJson, size: number): Refused {
  const message = `The value set has ${size > ENTRIES_MAX ? `more than ${ENTRIES_MAX}` : size} codes; ${EXPANSION_MAX} are given at once. Ask with filter, or page by page with count and offset.`;
  return new Refused('too-costly', message, url);
}

const ECHOED: { readonly [name: string]: string } = {
  ...{ filter: 'valueString', offset: 'valueInteger', count: 'valueInteger', includeDesignations: 'valueBoolean' },
  ...{ includeDefinition: 'valueBoolean', activeOnly: 'valueBoolean', excludeNotForUI: 'valueBoolean' },
  ...{ displayLanguage: 'valueCode' },
};

function echoed(input: Input): readonly Json[] {
  const named = Object.entries(ECHOED).flatMap(([name, property]): Json[] => {
    const value = input.number(name) ?? input.flag(name) ?? input.text(name);
    return value === undefined ? [] : [{ name, [property]: value }];
  });
  const systems = ['exclude-system', 'system-version', 'check-system-version', 'force-system-version'];
  // Expansions are always flat here, whether that was asked for or not.
  const flat: Json = { name: 'excludeNested', valueBoolean: true };
  return [
    ...named,
    ...systems.flatMap((name) => input.texts(name).map((valueUri): Json => ({ name, valueUri }))),
    flat,
  ];
}

/** What the expansion rests on: versions used, parts of systems only, supplements that were passed over. */
function usedIn(used: ReadonlySet<CodeSystemJson>, terminology: Terminology): readonly Json[] {
  return [...used].flatMap(({ url, version, content }): Json[] => [
    ...(version === undefined ? [] : [{ name: 'version', valueUri: `${url}|${version}` }]),
    ...(content === 'complete' ? [] : [{ name: 'incomplete-code-system', valueUri: url }]),
    ...terminology.supplementsOf(url).map((valueUri): Json => ({ name: 'ignored-supplement', valueUri })),
  ]);
}

function containsOf(entry: Entry, input: Input): Json {
  const { system, version, code, designations, abstract, inactive } = entry;
  const display = displayOf(entry, input.text('displayLanguage'));
  return {
    system,
    ...(abstract ? { abstract } : {}),
    ...(inactive ? { inactive } : {}),
    ...(version === undefined ? {} : { version }),
    code,
    ...(display === undefined ? {} : { display }),
    ...(input.flag('includeDesignations') === true
      ? listed('designation', designations as unknown as readonly Json[])
      : {}),
  };
}

/** FHIR has no empty arrays. */
function listed(name: string, list: readonly Json[]): JsonObject {
  return list.length === 0 ? {} : { [name]: list };
}
