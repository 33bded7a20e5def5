// $translate: codes by concept maps (https://hl7.org/fhir/R4/conceptmap-operation-translate.html).                              (pure)
import { Refused } from '../base/errors.ts';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { bareUrl } from '../fhir/names.ts';
import { codingFrom, type Input, inputOf, listIn, primitiveIn } from './input.ts';
import type { Coding, ConceptMapJson, Dependency, MapGroup, MapTarget, Terminology } from './types.ts';
import type { OnInstance } from './validate-code.ts';

type Match = {
  readonly equivalence: string;
  readonly coding: Coding;
  readonly products: readonly Dependency[];
  readonly map: string | undefined;
};
type Given = { readonly element: string; readonly codings: readonly Coding[]; readonly text: string | undefined };
type Asked = {
  readonly terminology: Terminology;
  readonly coding: Coding;
  readonly dependencies: readonly Given[];
  readonly targetSystem: string | undefined;
  /** Maps that sent us on, so that maps that send to each other end. */
  readonly trail: readonly string[];
};

/** Read the other way round, a wider target is a narrower source. */
const REVERSED: { readonly [equivalence: string]: string } = {
  ...{ wider: 'narrower', narrower: 'wider', subsumes: 'specializes', specializes: 'subsumes' },
};
const NO_TRANSLATION: ReadonlySet<string> = new Set(['unmatched', 'disjoint']);

/** Parameters with result, message and match. Throws Refused `concept-map-not-found`, `concept-map-cycle`, and those of `inputOf`. */
export function translate(terminology: Terminology, parameters: JsonObject, { on }: OnInstance = {}): JsonObject {
  const input = inputOf('translate', parameters);
  const maps = mapsFor(terminology, input, on);
  const reverse = input.flag('reverse') === true;
  const shared = {
    terminology,
    dependencies: input.parts('dependency').map(dependencyFrom),
    targetSystem: input.text('targetsystem'),
    trail: [],
  };
  const found = codingsIn(input).flatMap((coding) => {
    const asked: Asked = { ...shared, coding };
    return maps.flatMap((map) => (reverse ? backward(map, asked) : forward(map, asked)));
  });
  const matches = [...new Map(found.map((match) => [JSON.stringify(match), match])).values()];
  const result = matches.some(({ equivalence }) => !NO_TRANSLATION.has(equivalence));
  const message =
    maps.length === 0
      ? 'No concept map that is loaded fits the question.'
      : 'The concept maps have no translation of this code.';
  return {
    resourceType: 'Parameters',
    parameter: [
      { name: 'result', valueBoolean: result },
      ...(result ? [] : [{ name: 'message', valueString: message }]),
      ...matches.map(matchParameter),
    ],
  };
}

function codingsIn(input: Input): readonly Coding[] {
  const code = input.text('code');
  const coding = input.coding('coding');
  const concept = input.codings('codeableConcept');
  const own: Coding = { code, system: input.text('system'), version: input.text('version') };
  const codings = concept ?? (coding === undefined ? [own] : [coding]);
  const given = [code, coding, concept].filter((one) => one !== undefined).length;
  if (given !== 1 || codings.some((one) => one.code === undefined || one.system === undefined)) {
    const message = 'Give exactly one of code with system, coding and codeableConcept, each with code and system.';
    throw new Refused('parameter-missing', message, 'code');
  }
  return codings;
}

function mapsFor(terminology: Terminology, input: Input, on: JsonObject | undefined): readonly ConceptMapJson[] {
  const given = on ?? input.resource('conceptMap');
  if (given !== undefined) {
    if (given['resourceType'] === 'ConceptMap') return [given as unknown as ConceptMapJson];
    throw new Refused('parameter-invalid', 'The parameter conceptMap holds a ConceptMap.', 'conceptMap');
  }
  const url = input.text('url');
  if (url !== undefined) {
    const version = input.text('conceptMapVersion');
    return [namedMap(terminology, version === undefined ? url : `${bareUrl(url)}|${version}`)];
  }
  const fits = (asked: string | undefined, canonical: string | undefined) =>
    asked === undefined || (canonical !== undefined && bareUrl(canonical) === bareUrl(asked));
  return terminology
    .conceptMaps()
    .filter(
      (map) =>
        fits(input.text('source'), map.sourceCanonical ?? map.sourceUri) &&
        fits(input.text('target'), map.targetCanonical ?? map.targetUri),
    );
}

function namedMap(terminology: Terminology, canonical: string): ConceptMapJson {
  const found = terminology.conceptMap(canonical);
  if (found !== undefined) return found;
  const message = `The concept map ${canonical} is not loaded. Load the package or the resource that defines it, or correct the URL.`;
  throw new Refused('concept-map-not-found', message, canonical);
}

function forward(map: ConceptMapJson, asked: Asked): readonly Match[] {
  return (map.group ?? []).flatMap((group) => {
    if (!isOf(asked.coding, group.source, group.sourceVersion) || !isTarget(group.target, asked)) return [];
    const elements = group.element.filter(({ code }) => code === asked.coding.code);
    if (elements.length === 0) return unmapped(group, map, asked);
    return elements.flatMap(({ target = [] }) =>
      target
        .filter((one) => depends(one, asked))
        .map((one) => matchOf(one, { system: group.target, version: group.targetVersion }, map)),
    );
  });
}

function isOf({ system, version }: Coding, of: string | undefined, ofVersion: string | undefined): boolean {
  return of === system && (version === undefined || ofVersion === undefined || version === ofVersion);
}

function isTarget(target: string | undefined, { targetSystem }: Asked): boolean {
  return targetSystem === undefined || target === targetSystem;
}

function matchOf({ equivalence, code, display, product = [] }: MapTarget, system: Coding, map: ConceptMapJson): Match {
  return { equivalence, coding: { ...system, code, display }, products: product, map: map.url };
}

function backward(map: ConceptMapJson, asked: Asked): readonly Match[] {
  return (map.group ?? []).flatMap((group) => {
    if (!isOf(asked.coding, group.target, group.targetVersion) || !isTarget(group.source, asked)) return [];
    return group.element.flatMap(({ code, display, target = [] }) =>
      target
        .filter((one) => one.code === asked.coding.code && depends(one, asked))
        .map(
          ({ equivalence }): Match => ({
            equivalence: REVERSED[equivalence] ?? equivalence,
            coding: { system: group.source, version: group.sourceVersion, code, display },
            products: [],
            map: map.url,
          }),
        ),
    );
  });
}

/** What the map does with codes that it does not name. */
function unmapped({ unmapped: rule, target }: MapGroup, map: ConceptMapJson, asked: Asked): readonly Match[] {
  if (rule === undefined) return [];
  const { code, display } = asked.coding;
  if (rule.mode === 'provided')
    return [{ equivalence: 'equal', coding: { system: target, code, display }, products: [], map: map.url }];
  if (rule.mode === 'fixed') {
    const coding = { system: target, code: rule.code, display: rule.display };
    return [{ equivalence: 'inexact', coding, products: [], map: map.url }];
  }
  const trail = [...asked.trail, map.url ?? ''];
  if (rule.url === undefined) return [];
  if (trail.includes(bareUrl(rule.url))) {
    const message = `Concept maps send codes to each other in a circle: ${[...trail, rule.url].join(' → ')}. Break it.`;
    throw new Refused('concept-map-cycle', message, rule.url);
  }
  return forward(namedMap(asked.terminology, rule.url), { ...asked, trail });
}

function depends({ dependsOn = [] }: MapTarget, { dependencies }: Asked): boolean {
  return dependsOn.every(({ property, system, value }) =>
    dependencies.some(
      ({ element, codings, text }) =>
        element === property &&
        (text === value ||
          codings.some((one) => one.code === value && (system === undefined || one.system === system))),
    ),
  );
}

function dependencyFrom(parameter: JsonObject): Given {
  const parts = listIn(parameter['part']);
  const element = parts.find(({ name }) => name === 'element');
  const concept = parts.find(({ name }) => name === 'concept')?.['valueCodeableConcept'];
  const uri = element === undefined ? undefined : primitiveIn(element);
  if (typeof uri !== 'string' || !isObject(concept)) {
    throw new Refused(
      'parameter-invalid',
      'A dependency has the parts element (a uri) and concept (a CodeableConcept).',
      'dependency',
    );
  }
  const { text } = concept;
  return {
    element: uri,
    codings: listIn(concept['coding']).map(codingFrom),
    text: typeof text === 'string' ? text : undefined,
  };
}

function matchParameter({ equivalence, coding, products, map }: Match): Json {
  return {
    name: 'match',
    part: [
      { name: 'equivalence', valueCode: equivalence },
      ...(coding.code === undefined ? [] : [{ name: 'concept', valueCoding: { ...coding } }]),
      ...products.map(
        ({ property, system, value, display }): Json => ({
          name: 'product',
          part: [
            { name: 'element', valueUri: property },
            {
              name: 'concept',
              valueCoding: {
                ...(system === undefined ? {} : { system }),
                code: value,
                ...(display === undefined ? {} : { display }),
              },
            },
          ],
        }),
      ),
      ...(map === undefined ? [] : [{ name: 'source', valueUri: map }]),
    ],
  };
}
