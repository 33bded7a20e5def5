// A SearchParameter resource as what it defines, or as what is wrong with it.                                                (pure)
// https://hl7.org/fhir/R4/searchparameter.html
import type { JsonObject } from '../base/json.ts';
import { isResourceType, RESOURCE_TYPES } from '../fhir/index.ts';
import { FhirPathError } from '../fhirpath/index.ts';
import { type CustomTable, type Definition, NO_CUSTOM } from './custom.ts';
import { componentsOf, wrongWithComponents } from './definition-composite.ts';
import { evaluatorOf, refusedCall } from './evaluate.ts';
import { pathsOf } from './expression.ts';
import { list, textOf } from './leaves/place.ts';
import { parameterOf } from './parameters.ts';
import type { Kind } from './types.ts';

/** Why a definition is refused; `position` is an element of the SearchParameter. */
export type Problem = { readonly code: string; readonly message: string; readonly position: string };
export type Defined = { readonly definitions: readonly Definition[]; readonly problems: readonly Problem[] };

const KINDS: readonly string[] = [
  ...['token', 'string', 'date', 'number', 'quantity', 'reference', 'uri'],
  ...['composite', 'special'],
];
const CODE = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
/** R4's own definitions are what is here already, and may be kept like any other resource. */
const R4 = 'http://hl7.org/fhir/SearchParameter/';
/** The one special parameter of R4 that is about a value; https://hl7.org/fhir/R4/location.html#near */
const NEAR = `${R4}Location-near`;
const NOT_DOMAIN = new Set(['Bundle', 'Binary', 'Parameters']);
const NOTHING: Defined = { definitions: [], problems: [] };

/** What is not active defines nothing, whatever else it says. `custom`: what components may be defined by, beside R4's own. */
export function definitionsOf(resource: JsonObject, custom: CustomTable = NO_CUSTOM): Defined {
  const url = textOf(resource, 'url') ?? '';
  if (resource['status'] !== 'active' || url.startsWith(R4)) return NOTHING;
  const code = textOf(resource, 'code') ?? '';
  const kind = textOf(resource, 'type') ?? '';
  const expression = textOf(resource, 'expression') ?? '';
  const types = typesOf(list(resource['base']).map(String));
  const wrong = wrongWithWhole({ code, kind, expression, types }, resource);
  if (wrong !== undefined) return refused(wrong);
  const targets = list(resource['target']).map(String).filter(isResourceType);
  const read = kind === 'composite' ? componentsOf(resource, custom) : { components: undefined };
  if ('wrong' in read) return refused(['component', 'component', read.wrong]);
  const definitions = types.map((type) => ({
    ...{ type, code, kind: kind as Kind, expression, url, components: read.components },
    targets: targets.length === 0 ? undefined : targets,
  }));
  for (const definition of definitions) {
    const own = wrongWith(definition);
    if (own !== undefined) return refused(['expression', 'expression', own]);
    const inside = wrongWithComponents(definition);
    if (inside !== undefined) return refused(['expression', `component[${inside.place}].expression`, inside.wrong]);
  }
  return { definitions, problems: [] };
}

type Wrong = readonly [reason: string, element: string, message: string];

function refused([reason, element, message]: Wrong): Defined {
  const problem = { code: `definition-${reason}`, message, position: `SearchParameter.${element}` };
  return { definitions: [], problems: [problem] };
}

type Whole = Pick<Definition, 'code' | 'expression'> & { readonly kind: string; readonly types: readonly string[] };

function wrongWithWhole({ code, kind, expression, types }: Whole, resource: JsonObject): Wrong | undefined {
  if (!CODE.test(code)) {
    const form = 'A code begins with a letter and goes on with letters, digits, "-" and "_", 64 at most.';
    return ['code', 'code', form];
  }
  if (!KINDS.includes(kind))
    return ['type', 'type', `Parameters of type ${kind} are not made here. Known: ${KINDS.join(', ')}.`];
  if (kind === 'special' && textOf(resource, 'derivedFrom') !== NEAR)
    return [
      'special',
      'type',
      `What a parameter of type special means stands in words alone, which no server can carry out. Give it another type; or, for what lies within a distance, say derivedFrom ${NEAR}.`,
    ];
  if (expression === '')
    return ['expression', 'expression', 'An active SearchParameter needs an expression: what is to be indexed?'];
  const taken = types.find((type) => parameterOf(type, code) !== undefined);
  return taken === undefined
    ? undefined
    : ['collision', 'code', `"${code}" of ${taken} is a parameter of FHIR R4 itself. Choose another code.`];
}

function typesOf(bases: readonly string[]): readonly string[] {
  const types = bases.flatMap((base): readonly string[] => {
    if (base === 'Resource') return RESOURCE_TYPES;
    return base === 'DomainResource' ? RESOURCE_TYPES.filter((type) => !NOT_DOMAIN.has(type)) : [base];
  });
  return [...new Set(types)].filter(isResourceType);
}

/** In words, with line and column. */
function wrongWith({ type, kind, expression }: Definition): string | undefined {
  try {
    const call = refusedCall(expression);
    if (call !== undefined) return call;
    if (evaluatorOf(type, expression) === undefined)
      return `The expression says nothing of ${type}, which is one of its base types (line 1, column 1).`;
  } catch (error) {
    if (!(error instanceof FhirPathError)) throw error;
    return `The expression cannot be compiled for ${type}: ${error.message}.`;
  }
  // What ends in elements of which no such parameter can be made would index nothing for ever.
  return pathsOf(expression, type, kind)?.length === 0
    ? `The expression leads to no elements of ${type} that a parameter of type ${kind} can be made of (line 1, column 1).`
    : undefined;
}
