// A SearchParameter resource as what it defines, or as what is wrong with it.                                                (pure)
// https://hl7.org/fhir/R4/searchparameter.html
import type { JsonObject } from '../base/json.ts';
import { isResourceType, RESOURCE_TYPES } from '../fhir/index.ts';
import { FhirPathError } from '../fhirpath/index.ts';
import type { Definition } from './custom.ts';
import { evaluatorOf, refusedCall } from './evaluate.ts';
import { pathsOf } from './expression.ts';
import { list, textOf } from './leaves/place.ts';
import { parameterOf } from './parameters.ts';
import type { Kind } from './types.ts';

/** Why a definition is refused; `position` is an element of the SearchParameter. */
export type Problem = { readonly code: string; readonly message: string; readonly position: string };
export type Defined = { readonly definitions: readonly Definition[]; readonly problems: readonly Problem[] };

const KINDS: readonly string[] = ['token', 'string', 'date', 'number', 'quantity', 'reference', 'uri'];
const CODE = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
/** R4's own definitions are what is here already, and may be kept like any other resource. */
const R4 = 'http://hl7.org/fhir/SearchParameter/';
const NOT_DOMAIN = new Set(['Bundle', 'Binary', 'Parameters']);
const NOTHING: Defined = { definitions: [], problems: [] };

/** What is not active defines nothing, whatever else it says. */
export function definitionsOf(resource: JsonObject): Defined {
  const url = textOf(resource, 'url') ?? '';
  if (resource['status'] !== 'active' || url.startsWith(R4)) return NOTHING;
  const code = textOf(resource, 'code') ?? '';
  const kind = textOf(resource, 'type') ?? '';
  const expression = textOf(resource, 'expression') ?? '';
  const problem = (reason: string, element: string, message: string): Defined => ({
    definitions: [],
    problems: [{ code: `definition-${reason}`, message, position: `SearchParameter.${element}` }],
  });
  if (!CODE.test(code))
    return problem(
      'code',
      'code',
      'A code begins with a letter and goes on with letters, digits, "-" and "_", 64 at most.',
    );
  if (!KINDS.includes(kind))
    return problem('type', 'type', `Parameters of type ${kind} are not made here. Known: ${KINDS.join(', ')}.`);
  if (expression === '')
    return problem('expression', 'expression', 'An active SearchParameter needs an expression: what is to be indexed?');
  const types = typesOf(list(resource['base']).map(String));
  const taken = types.find((type) => parameterOf(type, code) !== undefined);
  if (taken !== undefined)
    return problem('collision', 'code', `"${code}" of ${taken} is a parameter of FHIR R4 itself. Choose another code.`);
  const targets = list(resource['target']).map(String).filter(isResourceType);
  const definitions = types.map((type) => ({
    ...{ type, code, kind: kind as Kind, expression, url },
    targets: targets.length === 0 ? undefined : targets,
  }));
  const wrong = definitions.map(wrongWith).find((one) => one !== undefined);
  return wrong === undefined ? { definitions, problems: [] } : problem('expression', 'expression', wrong);
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
    const refused = refusedCall(expression);
    if (refused !== undefined) return refused;
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
