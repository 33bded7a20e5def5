// The TerminologyCapabilities: which code systems are there, what the operations on them take, and how much of what is stored fits.
// https://hl7.org/fhir/R4/terminologycapabilities.html
import manifest from '../../package.json' with { type: 'json' };
import { baseLibrary } from '../fhir/library.ts';
import type { HttpContext } from './context.ts';
import type { Standing } from './standing-answer.ts';

/** Parameters of an expansion that change it; others are echoed or refused by name. */
const EXPANSION_PARAMETERS = [
  ...['filter', 'offset', 'count', 'includeDesignations', 'includeDefinition', 'activeOnly', 'excludeNotForUI'],
  ...['displayLanguage', 'exclude-system', 'system-version', 'check-system-version', 'force-system-version'],
];

export async function terminologyCapabilities(context: HttpContext, base: string): Promise<Standing> {
  const { stored } = await context.terminology.current();
  const { detail } = await context.terminology.check();
  const own = new Map<string, string[]>();
  for (const { url, version } of stored())
    own.set(url, [...(own.get(url) ?? []), ...(version === undefined ? [] : [version])]);
  const urls = [...new Set([...baseLibrary().urls('CodeSystem'), ...own.keys()])].sort();
  const systems = urls.map((uri) => ({ uri, ...versionsOf(own.get(uri) ?? []) }));
  const make = () => ({
    resourceType: 'TerminologyCapabilities',
    status: 'active',
    date: context.clock.now(),
    kind: 'instance',
    software: { name: 'Vouch', version: manifest.version },
    implementation: { description: `Vouch health-data backend: ${detail}.`, url: base },
    codeSystem: systems,
    expansion: {
      hierarchical: false,
      paging: true,
      incomplete: false,
      parameter: EXPANSION_PARAMETERS.map((name) => ({ name })),
      textFilter: 'Each word of the filter begins a word of the code or of one of its texts.',
    },
    codeSearch: 'explicit',
    validateCode: { translations: false },
    translation: { needsMap: true },
    closure: { translation: false },
  });
  return { name: `${base} ${detail} ${JSON.stringify([...own])}`, make };
}

/** FHIR has no empty lists. */
function versionsOf(versions: readonly string[]): { readonly version?: readonly { readonly code: string }[] } {
  return versions.length === 0 ? {} : { version: versions.map((code) => ({ code })) };
}
