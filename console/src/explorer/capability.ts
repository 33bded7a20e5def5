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
  return list(get(statement, 'rest', 0, 'resource')).map((resource) => ({
    type: getText(resource, 'type') ?? '',
    parameters: list(get(resource, 'searchParam')).map((one) => ({
      name: getText(one, 'name') ?? '',
      kind: getText(one, 'type') ?? 'special',
    })),
    includes: texts(get(resource, 'searchInclude')),
    revincludes: texts(get(resource, 'searchRevInclude')),
    operations: list(get(resource, 'operation')).map((one) => getText(one, 'name') ?? ''),
  }));
}

function texts(value: Json | undefined): readonly string[] {
  return list(value)
    .map(text)
    .filter((one) => one !== undefined);
}
