// $lookup: what a code system says of one code (https://hl7.org/fhir/R4/codesystem-operation-lookup.html).                      (pure)
import { Refused } from '../base/errors.ts';
import type { Json, JsonObject } from '../base/json.ts';
import { type CodeIndex, type Concept, conceptIn, indexOf } from '../fhir/value-sets/code-index.ts';
import { codeSystemOf, fragment, NO_VERSIONS } from '../fhir/value-sets/system-source.ts';
import { displayOf } from './display.ts';
import { inputOf } from './input.ts';
import type { CodeSystemJson, Terminology } from './types.ts';

/** Parameters with name, version, display, designation and property. Throws Refused `code-unknown`, or as `expand`. */
export function lookup(terminology: Terminology, parameters: JsonObject): JsonObject {
  const input = inputOf('lookup', parameters);
  const coding = input.coding('coding');
  const code = coding?.code ?? input.text('code');
  const system = coding?.system ?? input.text('system');
  if (code === undefined || system === undefined || (coding !== undefined && input.text('code') !== undefined)) {
    throw new Refused(
      'parameter-missing',
      'Give code and system, or coding with both, and not code and coding together.',
      'code',
    );
  }
  const index = indexOf(loadedSystem(terminology, system, coding?.version ?? input.text('version')));
  const concept = foundIn(index, code);
  const display = displayOf(concept, input.text('displayLanguage')) ?? concept.code;
  const wanted = new Set(input.texts('property'));
  const wants = (name: string) => wanted.size === 0 || wanted.has('*') || wanted.has(name);
  const { name, title, url, version } = index.system;
  return {
    resourceType: 'Parameters',
    parameter: [
      { name: 'name', valueString: name ?? title ?? url },
      ...(version === undefined ? [] : [{ name: 'version', valueString: version }]),
      { name: 'display', valueString: display },
      ...designations(concept, wanted),
      ...properties(concept).flatMap(([property, value]): Json[] =>
        wants(property) ? [propertyPart(property, value)] : [],
      ),
    ],
  };
}

export function loadedSystem(terminology: Terminology, system: string, version: string | undefined): CodeSystemJson {
  return codeSystemOf(system, version, { vocabulary: terminology, versions: NO_VERSIONS, used: new Set(), trail: [] });
}

/** Throws Refused `code-unknown`, or `code-system-fragment` where that cannot be told. */
export function foundIn(index: CodeIndex, code: string, parameter = 'code'): Concept {
  const concept = conceptIn(index, code);
  if (concept !== undefined) return concept;
  if (index.system.content !== 'complete') throw fragment(index.system);
  throw new Refused(
    'code-unknown',
    `The code system ${index.system.url} has no such code. Correct the code or the system.`,
    parameter,
  );
}

export function asCodeSystem(resource: JsonObject): CodeSystemJson {
  if (resource['resourceType'] === 'CodeSystem' && typeof resource['url'] === 'string') {
    return resource as unknown as CodeSystemJson;
  }
  throw new Refused('parameter-invalid', 'The parameter codeSystem holds a CodeSystem with a url.', 'codeSystem');
}

/** `property=designation` asks for all, `property=lang.de` for those of a language. */
function designations({ designations: all }: Concept, wanted: ReadonlySet<string>): readonly Json[] {
  const every = wanted.size === 0 || wanted.has('*') || wanted.has('designation');
  return all
    .filter(({ language }) => every || (language !== undefined && wanted.has(`lang.${language}`)))
    .map(({ language, use, value }) => ({
      name: 'designation',
      part: [
        ...(language === undefined ? [] : [{ name: 'language', valueCode: language }]),
        ...(use === undefined ? [] : [{ name: 'use', valueCoding: { ...use } }]),
        { name: 'value', valueString: value },
      ],
    }));
}

type Said = readonly [property: string, value: JsonObject];

function properties({ definition, parents, children, json, inactive }: Concept): readonly Said[] {
  const hierarchy = new Set(['parent', 'child', 'subsumedBy']);
  return [
    ...(definition === undefined ? [] : [['definition', { valueString: definition }] as const]),
    ['inactive', { valueBoolean: inactive }],
    ...[...parents].map((valueCode): Said => ['parent', { valueCode }]),
    ...[...children].map((valueCode): Said => ['child', { valueCode }]),
    ...(json.property ?? []).flatMap(({ code, ...value }): Said[] =>
      hierarchy.has(code) || code === 'inactive' ? [] : [[code, valueOnly(value)]],
    ),
  ];
}

function valueOnly(property: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(property).filter(([name]) => name.startsWith('value')));
}

function propertyPart(code: string, value: JsonObject): Json {
  return {
    name: 'property',
    part: [
      { name: 'code', valueCode: code },
      { name: 'value', ...value },
    ],
  };
}
