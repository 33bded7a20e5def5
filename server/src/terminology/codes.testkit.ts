// All codes of a value set at once, without paging, displays or anything else of an expansion.                                (pure)
import { Refused } from '../base/errors.ts';
import { entriesOf, sourceOf } from '../fhir/value-sets/code-source.ts';
import { NO_VERSIONS } from '../fhir/value-sets/system-source.ts';
import { valueSetOf } from '../fhir/value-sets/value-set.ts';
import type { CodeSystemJson, Terminology } from './types.ts';

export type SystemCode = { readonly system: string; readonly code: string };

/** Throws Refused as `expand`; `too-costly` for more codes than `codesMax`. */
export function codesOf(terminology: Terminology, canonical: string, codesMax: number): readonly SystemCode[] {
  const asking = { vocabulary: terminology, versions: NO_VERSIONS, used: new Set<CodeSystemJson>(), trail: [] };
  const seen = new Map<string, SystemCode>();
  for (const { system, code } of entriesOf(sourceOf(valueSetOf(terminology, canonical), asking))) {
    seen.set(`${system}\n${code}`, { system, code });
    if (seen.size > codesMax) {
      throw new Refused(
        'too-costly',
        `The value set ${canonical} has more than ${codesMax} codes. Use a narrower one.`,
        canonical,
      );
    }
  }
  return [...seen.values()];
}
