// `_sort`: https://hl7.org/fhir/R4/search.html#sort                                                                            (pure)
import type { SortKey } from '../query.ts';
import { malformed, unknownParameter } from '../refuse.ts';
import type { Parameter, Path } from '../types.ts';
import { askedParameter, idsOf, indexedAs, type SearchWorld } from './context.ts';
import { knownParameters } from './named.ts';

const KEYS_MAX = 8;
const LEAVES: { readonly [type: string]: readonly string[] } = {
  Coding: ['.code'],
  CodeableConcept: ['.coding[*].code', '.text'],
  Identifier: ['.value'],
  ContactPoint: ['.value'],
  Reference: ['.reference'],
};

export function readSort(value: string, types: readonly string[], world: SearchWorld): readonly SortKey[] {
  const rules = value.split(',').filter((one) => one !== '');
  if (rules.length === 0 || rules.length > KEYS_MAX)
    throw malformed('_sort', `one to ${KEYS_MAX} parameters, each with "-" before it for descending`);
  return rules.map((rule) => {
    const descending = rule.startsWith('-');
    const code = descending ? rule.slice(1) : rule;
    if (code === '_lastUpdated') return { kind: 'updated', descending };
    if (code === '_id') return { kind: 'id', descending };
    const found = types.flatMap((type) => askedParameter(type, code, world) ?? []);
    const [first] = found;
    if (first === undefined)
      throw unknownParameter(types[0] ?? 'Resource', code, [
        ...knownParameters(types[0] ?? '', world.custom),
        '_lastUpdated',
        '_id',
      ]);
    const kind = KINDS[first.kind];
    if (kind === undefined) throw malformed('_sort', `parameters that have one value; "${code}" is a ${first.kind}`);
    const same = found.filter((one) => one.kind === first.kind);
    if (kind === 'tokens' || kind === 'references' || kind === 'uris')
      return { kind, paths: sortPaths(same, code), descending };
    return { kind, params: same.flatMap(idsOf), descending };
  });
}

const KINDS: {
  readonly [kind in Parameter['kind']]?:
    | 'strings'
    | 'dates'
    | 'numbers'
    | 'quantities'
    | 'tokens'
    | 'references'
    | 'uris';
} = {
  ...{
    string: 'strings',
    date: 'dates',
    number: 'numbers',
    quantity: 'quantities',
    token: 'tokens',
    reference: 'references',
    uri: 'uris',
  },
};

/** These are sorted by their text in the content: an expression that is more than a path does not say where that is. */
function sortPaths(parameters: readonly Parameter[], code: string): readonly string[] {
  if (parameters.some(({ paths }) => paths.some(({ steps }) => steps.length === 0)))
    throw malformed('_sort', `parameters that are sorted; "${code}" has an expression that is more than a path`);
  return [...new Set(parameters.flatMap(jsonPaths))];
}

function jsonPaths(parameter: Parameter): readonly string[] {
  return indexedAs(parameter).flatMap(({ paths }) => paths.flatMap(jsonPath));
}

function jsonPath({ steps, type }: Path): readonly string[] {
  const walked = steps.map(({ name, keep }) => {
    const filter = keep?.kind === 'equals' ? ` ? (@.${quoted(keep.name)} == ${JSON.stringify(keep.value)})` : '';
    return `.${quoted(name)}[*]${filter}`;
  });
  return (LEAVES[type] ?? ['']).map((leaf) => `$${walked.join('')}${leaf}`);
}

function quoted(name: string): string {
  return JSON.stringify(name);
}
