// $subsumes: whether one code is above another (https://hl7.org/fhir/R4/codesystem-operation-subsumes.html), and what is
// above or below one as a set.                                                                                                 (pure)
import { Refused } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import { ancestorsOf, type CodeIndex, conceptIn, descendantsOf, indexOf } from '../fhir/value-sets/code-index.ts';
import { type Input, inputOf } from './input.ts';
import { asCodeSystem, foundIn, loadedSystem } from './lookup.ts';
import type { Coding, Terminology } from './types.ts';
import type { OnInstance } from './validate-code.ts';

export type Subsumption = 'equivalent' | 'subsumes' | 'subsumed-by' | 'not-subsumed';

/** Parameters with outcome. Throws Refused `code-unknown`, `no-subsumption`, `parameter-missing`, `code-system-not-loaded`. */
export function subsumes(terminology: Terminology, parameters: JsonObject, { on }: OnInstance = {}): JsonObject {
  const input = inputOf('subsumes', parameters);
  const own = on === undefined ? undefined : asCodeSystem(on);
  const a = askedCode(input, 'A', own?.url);
  const b = askedCode(input, 'B', own?.url);
  if (a.system !== b.system) {
    throw new Refused(
      'parameter-invalid',
      'Both codes are of one code system. Ask for codes of the same system.',
      'codingB',
    );
  }
  const version = a.version ?? b.version ?? input.text('version');
  const index = indexOf(own ?? loadedSystem(terminology, a.system, version));
  const outcome = subsumption(
    index,
    foundIn(index, a.code, nameOf(input, 'A')).code,
    foundIn(index, b.code, nameOf(input, 'B')).code,
  );
  return { resourceType: 'Parameters', parameter: [{ name: 'outcome', valueCode: outcome }] };
}

function nameOf(input: Input, side: 'A' | 'B'): string {
  return input.coding(`coding${side}`) === undefined ? `code${side}` : `coding${side}`;
}

type Asked = { readonly system: string; readonly code: string; readonly version: string | undefined };

function askedCode(input: Input, side: 'A' | 'B', own: string | undefined): Asked {
  const coding: Coding = input.coding(`coding${side}`) ?? {
    code: input.text(`code${side}`),
    system: input.text('system'),
  };
  const system = coding.system ?? own;
  if (coding.code === undefined || system === undefined) {
    throw new Refused('parameter-missing', `Give code${side} and system, or coding${side} with both.`, `code${side}`);
  }
  return { system, code: coding.code, version: coding.version };
}

function subsumption(index: CodeIndex, a: string, b: string): Subsumption {
  const { hierarchyMeaning = 'is-a', url } = index.system;
  if (a === b) return 'equivalent';
  if (hierarchyMeaning !== 'is-a') {
    const message = `The hierarchy of ${url} is ${hierarchyMeaning}, not is-a, so that it says nothing of subsumption.`;
    throw new Refused('no-subsumption', message, url);
  }
  if (ancestorsOf(index, b).has(a)) return 'subsumes';
  return ancestorsOf(index, a).has(b) ? 'subsumed-by' : 'not-subsumed';
}

/** All codes below, without the code itself; undefined when the system or the code is not loaded. */
export function descendants(terminology: Terminology, system: string, code: string): ReadonlySet<string> | undefined {
  return closure(terminology, { system, code }, descendantsOf);
}

/** All codes above, without the code itself; undefined when the system or the code is not loaded. */
export function ancestors(terminology: Terminology, system: string, code: string): ReadonlySet<string> | undefined {
  return closure(terminology, { system, code }, ancestorsOf);
}

type Named = { readonly system: string; readonly code: string };

function closure(
  terminology: Terminology,
  { system, code }: Named,
  reach: typeof descendantsOf,
): ReadonlySet<string> | undefined {
  const loaded = terminology.codeSystem(system);
  if (loaded === undefined || loaded.content === 'not-present') return undefined;
  const index = indexOf(loaded);
  const concept = conceptIn(index, code);
  return concept === undefined ? undefined : reach(index, concept.code);
}
