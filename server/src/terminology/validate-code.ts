// $validate-code, of a value set and of a code system (https://hl7.org/fhir/R4/valueset-operation-validate-code.html).          (pure)
import { Refused } from '../base/errors.ts';
import type { Json, JsonObject } from '../base/json.ts';
import { conceptIn, indexOf } from '../fhir/value-sets/code-index.ts';
import { sourceOf } from '../fhir/value-sets/code-source.ts';
import { entryOf, fragment, NO_VERSIONS } from '../fhir/value-sets/system-source.ts';
import type { CodeSource } from '../fhir/value-sets/types.ts';
import { displayOf, isDisplayOf } from './display.ts';
import { askedValueSet } from './expand.ts';
import { type Input, inputOf } from './input.ts';
import { asCodeSystem, loadedSystem } from './lookup.ts';
import type { CodeSystemJson, Coding, Entry, Terminology } from './types.ts';

export type OnInstance = {
  /** The resource of an operation on an instance. */
  readonly on?: JsonObject;
};
type Verdict = {
  readonly result: boolean;
  readonly message?: string | undefined;
  readonly display?: string | undefined;
};

/** Parameters with result, message and display. Throws Refused as `expand`, and `code-system-fragment` where it cannot be told. */
export function validateCodeInValueSet(
  terminology: Terminology,
  parameters: JsonObject,
  { on }: OnInstance = {},
): JsonObject {
  const input = inputOf('validate-code-value-set', parameters);
  const valueSet = askedValueSet(terminology, input, on);
  const codings = codingsIn(input, { version: 'systemVersion', system: undefined });
  const versions = { ...NO_VERSIONS, given: givenVersions(codings) };
  const source = sourceOf(valueSet, { vocabulary: terminology, versions, used: new Set(), trail: [] });
  const name = valueSet.url === undefined ? 'the value set' : `the value set ${valueSet.url}`;
  return answer(anyOf(codings, (coding) => inSource(coding, { source, input, name })));
}

/** As `validateCodeInValueSet`, for all codes of a code system. */
export function validateCodeInCodeSystem(
  terminology: Terminology,
  parameters: JsonObject,
  { on }: OnInstance = {},
): JsonObject {
  const input = inputOf('validate-code-code-system', parameters);
  const given = on ?? input.resource('codeSystem');
  const own = given === undefined ? input.text('url') : asCodeSystem(given).url;
  const verdict = anyOf(codingsIn(input, { version: 'version', system: own }), (coding) => {
    const { system: url = own, version = input.text('version') } = coding;
    if (url === undefined) throw missing('url');
    const system = given === undefined ? loadedSystem(terminology, own ?? url, version) : asCodeSystem(given);
    const name = `the code system ${system.url}`;
    return inSource({ ...coding, system: url }, { source: sourceOfSystem(system), input, name });
  });
  return answer(verdict);
}

function sourceOfSystem(system: CodeSystemJson): Pick<CodeSource, 'find'> {
  const index = indexOf(system);
  return {
    find: (url, code) => {
      const concept = url === system.url ? conceptIn(index, code) : undefined;
      if (concept === undefined && url === system.url && system.content !== 'complete') throw fragment(system);
      return concept === undefined ? undefined : entryOf(index, concept);
    },
  };
}

type Names = { readonly version: string; readonly system: string | undefined };

/** Exactly one of code, coding and codeableConcept says what to look for. */
function codingsIn(input: Input, { version, system }: Names): readonly Coding[] {
  const code = input.text('code');
  const coding = input.coding('coding');
  const concept = input.codings('codeableConcept');
  if ([code, coding, concept].filter((one) => one !== undefined).length !== 1) {
    throw new Refused('parameter-missing', 'Give exactly one of code, coding and codeableConcept.', 'code');
  }
  if (code !== undefined) {
    return [
      { code, system: system ?? input.text('system'), version: input.text(version), display: input.text('display') },
    ];
  }
  return (concept ?? [coding ?? {}]).map((one) => ({
    ...one,
    system: one.system ?? (concept === undefined ? system : undefined),
  }));
}

function givenVersions(codings: readonly Coding[]): ReadonlyMap<string, string> {
  return new Map(
    codings.flatMap(({ system, version }) =>
      system === undefined || version === undefined ? [] : [[system, version] as const],
    ),
  );
}

function missing(name: string): Refused {
  return new Refused('parameter-missing', `A code means nothing without its system. Give ${name}.`, name);
}

/** A concept is good if one of its codings is. */
function anyOf(codings: readonly Coding[], judge: (coding: Coding) => Verdict): Verdict {
  let bad: Verdict | undefined;
  for (const coding of codings) {
    const verdict = judge(coding);
    if (verdict.result) return verdict;
    bad ??= verdict;
  }
  return bad ?? { result: false, message: 'The concept has no coding.' };
}

type Around = { readonly source: Pick<CodeSource, 'find'>; readonly input: Input; readonly name: string };

function inSource({ system, code, display }: Coding, { source, input, name }: Around): Verdict {
  if (code === undefined) return { result: false, message: 'The coding has no code.' };
  if (system === undefined) throw missing('system');
  const entry = source.find(system, code);
  if (entry === undefined) return { result: false, message: `The code is not in ${name}.` };
  return { display: displayOf(entry, input.text('displayLanguage')), ...doubted(entry, { display, input }) };
}

type Given = { readonly display: string | undefined; readonly input: Input };

function doubted(entry: Entry, { display, input }: Given): Verdict {
  if (entry.abstract && input.flag('abstract') === false) {
    return { result: false, message: 'The code is abstract: it groups others, and is not to be used itself.' };
  }
  if (display !== undefined && !isDisplayOf(entry, display)) {
    return { result: false, message: 'The code is right, its display is not one that the code has.' };
  }
  return { result: true, message: entry.inactive ? 'The code is inactive.' : undefined };
}

function answer({ result, message, display }: Verdict): JsonObject {
  const parameter: Json[] = [
    { name: 'result', valueBoolean: result },
    ...(message === undefined ? [] : [{ name: 'message', valueString: message }]),
    ...(display === undefined ? [] : [{ name: 'display', valueString: display }]),
  ];
  return { resourceType: 'Parameters', parameter };
}
