// What the server says it can do, read from its CapabilityStatement: types, search parameters, operations. Pure.
import type { Json } from '../api/types.ts';
import { get, getText, list, text } from '../fhir/read.ts';

export type Parameter = { readonly name: string; readonly kind: string };
export type TypeCapability = {
  readonly type: string;
  readonly parameters: readonly Parameter[];
  readonly includes: readonly string[];
  readonly revincludes: readonly string[];
  readonly operations: readonly string[];
};

export function readCapabilities(statement: Json): readonly TypeCapability[] {
  const common = parametersIn(get(statement, 'rest', 0, 'searchParam'));
  return list(get(statement, 'rest', 0, 'resource')).map((resource) => ({
    type: getText(resource, 'type') ?? '',
    parameters: withCommon(parametersIn(get(resource, 'searchParam')), common),
    includes: texts(get(resource, 'searchInclude')),
    revincludes: texts(get(resource, 'searchRevInclude')),
    operations: list(get(resource, 'operation')).map((one) => getText(one, 'name') ?? ''),
  }));
}

function parametersIn(value: Json | undefined): readonly Parameter[] {
  return list(value).map((one) => ({ name: getText(one, 'name') ?? '', kind: getText(one, 'type') ?? 'special' }));
}

/** Parameters of every type are listed once, for the server. */
function withCommon(own: readonly Parameter[], common: readonly Parameter[]): readonly Parameter[] {
  return [...own, ...common.filter(({ name }) => !own.some((one) => one.name === name))];
}

function texts(value: Json | undefined): readonly string[] {
  return list(value)
    .map(text)
    .filter((one) => one !== undefined);
}
