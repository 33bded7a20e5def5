// A GraphQL schema of R4, made from its definitions: each type with its elements, each reference with what it refers to.
// https://hl7.org/fhir/R4/graphql.html
import {
  GraphQLBoolean,
  type GraphQLFieldConfig,
  GraphQLID,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
} from 'graphql';
import type { JsonObject } from '../base/json.ts';
import { elementsOf, isPrimitiveType } from '../fhir/definitions.ts';
import { RESOURCE_TYPES } from '../fhir/index.ts';
import { knownParameters } from '../search/index.ts';
import type { Query } from './query.ts';

/** How the fields are answered; one of these is made for each request. */
export type GraphSource = {
  readonly read: (type: string, id: string) => Promise<JsonObject | undefined>;
  readonly search: (type: string, query: Query) => Promise<readonly JsonObject[]>;
  /** What a reference of a resource leads to. */
  readonly follow: (reference: string) => Promise<JsonObject | undefined>;
};
type Field = GraphQLFieldConfig<JsonObject, GraphSource>;
type Fields = { readonly [name: string]: Field };

/** Decimals keep their digits: what is read is what was written. */
const decimal = new GraphQLScalarType({ name: 'decimal', serialize: (value) => value });
const PRIMITIVES: { readonly [type: string]: GraphQLScalarType } = {
  boolean: GraphQLBoolean,
  integer: GraphQLInt,
  positiveInt: GraphQLInt,
  unsignedInt: GraphQLInt,
  decimal,
};
const objects = new Map<string, GraphQLObjectType<JsonObject, GraphSource>>();
const schemas = new Map<string, GraphQLSchema>();

const anyResource: GraphQLUnionType = new GraphQLUnionType({
  name: 'Resource',
  types: () => RESOURCE_TYPES.map(objectOf),
  resolveType: (value: JsonObject) => String(value['resourceType']),
});

/** The schema of the server, or that of one resource of a type. Made when first asked for. */
export function schemaOf(type: string | undefined): GraphQLSchema {
  const name = type ?? '';
  const known = schemas.get(name);
  if (known !== undefined) return known;
  const query = type === undefined ? new GraphQLObjectType({ name: 'Query', fields: rootFields }) : objectOf(type);
  const made = new GraphQLSchema({ query });
  schemas.set(name, made);
  return made;
}

function rootFields(): Fields {
  const fields: { [name: string]: Field } = {};
  for (const type of RESOURCE_TYPES) {
    fields[type] = {
      type: objectOf(type),
      args: { id: { type: new GraphQLNonNull(GraphQLID) } },
      resolve: (_root, { id }, source) => source.read(type, String(id)),
    };
    fields[`${type}List`] = {
      type: new GraphQLList(objectOf(type)),
      args: Object.fromEntries(argumentsOf(type).map((name) => [nameOf(name), { type: GraphQLString }])),
      resolve: (_root, given, source) => source.search(type, queryFrom(type, given)),
    };
  }
  return fields;
}

function argumentsOf(type: string): readonly string[] {
  return [...knownParameters(type), '_count', '_sort'];
}

/** GraphQL's names have no hyphen; a parameter's has no other character that theirs lack. */
function nameOf(parameter: string): string {
  return parameter.replaceAll('-', '_');
}

function queryFrom(type: string, given: { readonly [name: string]: unknown }): Query {
  const names = new Map(argumentsOf(type).map((name) => [nameOf(name), name]));
  return Object.entries(given).map(([name, value]) => [names.get(name) ?? name, String(value)]);
}

function objectOf(type: string): GraphQLObjectType<JsonObject, GraphSource> {
  const known = objects.get(type);
  if (known !== undefined) return known;
  const made = new GraphQLObjectType<JsonObject, GraphSource>({
    name: type.replaceAll('.', '_'),
    fields: () => fieldsOf(type),
  });
  objects.set(type, made);
  return made;
}

function fieldsOf(type: string): Fields {
  const fields: { [name: string]: Field } = { resourceType: { type: GraphQLString } };
  for (const { name, isChoice, isList, types } of elementsOf(type)) {
    for (const { type: of } of types) {
      const field = isChoice ? `${name}${of.charAt(0).toUpperCase()}${of.slice(1)}` : name;
      const single = outputOf(of);
      fields[field] = { type: isList ? new GraphQLList(single) : single };
    }
  }
  if (type === 'Reference')
    fields['resource'] = {
      type: anyResource,
      resolve: (reference, _arguments, source) =>
        typeof reference['reference'] === 'string' ? source.follow(reference['reference']) : undefined,
    };
  return fields;
}

function outputOf(type: string): GraphQLOutputType {
  if (isPrimitiveType(type)) return PRIMITIVES[type] ?? GraphQLString;
  return type === 'Resource' ? anyResource : objectOf(type);
}
