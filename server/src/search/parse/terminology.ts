// Codes of value sets and of hierarchies, as far as they are loaded: what is not wholly known is refused, not guessed.          (pure)
import { Refused } from '../../base/errors.ts';
import { codeSetOf } from '../../fhir/code-sets.ts';
import { ancestorsOf, descendantsOf, indexOf } from '../../fhir/value-sets/code-index.ts';
import type { Asked } from './context.ts';
import type { Token } from './token.ts';

/** More codes than this are not searched for at once. */
const CODES_MAX = 10_000;

export function valueSetCodes(canonical: string, { world, name }: Asked): readonly Token[] {
  const url = /^ValueSet\/[A-Za-z0-9\-.]+$/.test(canonical) ? `http://hl7.org/fhir/${canonical}` : canonical;
  const set = codeSetOf(world.library, url);
  if (set === undefined)
    throw new Refused(
      'search-value-set',
      `"${name}" names a value set that is not loaded here. Give the canonical URL of one that is.`,
      name,
    );
  if (set.vague || set.open.size > 0)
    throw new Refused(
      'search-value-set',
      `The value set that "${name}" names takes codes of systems that are not loaded here, so what is in it cannot be told.`,
      name,
    );
  return bounded(
    [...set.codes].flatMap(([system, codes]) => [...codes].map((code) => ({ system, code }))),
    name,
  );
}

type Direction = Asked & { readonly direction: 'above' | 'below' };

/** The code itself and those above or below it: https://hl7.org/fhir/R4/search.html#subsumption */
export function hierarchyOf(token: Token, { world, name, direction, parameter }: Direction): readonly Token[] {
  const system = token.system ?? parameter.paths.find((path) => path.system !== undefined)?.system;
  const loaded = system === undefined || system === '' ? undefined : world.library.codeSystem(system);
  if (loaded?.concept === undefined)
    throw new Refused(
      'search-hierarchy',
      `"${name}:${direction}" needs system|code of a code system whose hierarchy is loaded here.`,
      name,
    );
  const index = indexOf(loaded);
  const kept = direction === 'below' ? descendantsOf(index, token.code) : ancestorsOf(index, token.code);
  return bounded(
    [token.code, ...kept].map((code) => ({ system: loaded.url, code })),
    name,
  );
}

function bounded(tokens: readonly Token[], name: string): readonly Token[] {
  if (tokens.length > CODES_MAX)
    throw new Refused(
      'search-cost',
      `"${name}" stands for ${tokens.length} codes; ${CODES_MAX} can be searched for at once.`,
      name,
    );
  return tokens;
}
