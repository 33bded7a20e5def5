// What compiled expressions call: one object, given to every function that the compiler writes.
import { isObject, isRawJson, type Json, type JsonObject } from '../../base/json.ts';
import { isResourceType } from '../../fhir/definitions.ts';
import { isA, isPrimitive, systemTypeOf } from '../model.ts';
import { NONE, node, resourceTypeOf } from '../node.ts';
import { type Context, FhirPathError, type Node } from '../types.ts';
import { COLLECTION_FUNCTIONS, partsNamed, repeat } from './collections.ts';
import { CONVERSIONS } from './conversions.ts';
import { compareNumbers, toDouble } from './decimals.ts';
import { listOf, referencedType, resolveOne } from './navigate.ts';
import { calculate, NUMBER_FUNCTIONS, signed } from './numbers.ts';
import { STRING_FUNCTIONS, stringNode, textOf } from './strings.ts';
import { compare, distinct, equalAll, equivalentAll, includes } from './values.ts';

export const RUNTIME = {
  NONE,
  strings: STRING_FUNCTIONS,
  numbers: NUMBER_FUNCTIONS,
  collections: COLLECTION_FUNCTIONS,
  conversions: CONVERSIONS,
  listOf,
  childrenNamed: partsNamed,
  resourceTypeOf,
  distinct,
  includes,
  equalAll,
  equivalentAll,
  compare,
  compareNumbers,
  calculate,
  signed,
  repeat,
  resolveOne,
  referencedType,
  isPrimitive: (type: string) => isPrimitive(type) || type.startsWith('System.'),
  isOneOf: (type: string, wanted: readonly string[]) => wanted.some((one) => isA(type, one)),
  several,
  exhausted,
  objectOr: (value: Json | undefined) => (isObject(value) ? value : undefined),
  choiceIn,
  sameNumber: (left: Json, right: Json) => left === right || compareNumbers(left, right) === 0,
  not: (value: boolean | undefined) => (value === undefined ? undefined : !value),
  truthOf,
  booleanOf,
  text,
  textOf: (item: Node | undefined, name: string) => (item?.value === undefined ? undefined : textOf(item, name)),
  textOr: (item: Node | undefined) => (item?.value === undefined ? '' : textOf(item, '&')),
  textNodes: (texts: readonly string[]) => texts.map(stringNode),
  wholeOr,
  valuesOf,
  clock,
  variable,
  resourceIn: (context: Context, focus: Json) => context.resource ?? resourceOr(focus),
  rootIn: (context: Context, focus: Json) => context.rootResource ?? context.resource ?? resourceOr(focus),
  rootNode,
  asked,
  conformsTo,
  checkModifiers,
} as const;

function several(): never {
  throw new FhirPathError('singleton', 'Several items where one is due');
}

function exhausted(): never {
  throw new FhirPathError('limit', 'The expression looks at too many items');
}

function choiceIn(holder: JsonObject, keys: ReadonlyMap<string, string>): string | undefined {
  for (const key in holder) {
    if (keys.has(key)) return key;
    if (key.startsWith('_') && keys.has(key.slice(1))) return key.slice(1);
  }
  return undefined;
}

/** One item where a Boolean is due: any item but `false` is true (N1, section 4.5). */
function truthOf(value: Json | undefined, type: string): boolean | undefined {
  if (systemTypeOf(type) !== 'System.Boolean') return true;
  return typeof value === 'boolean' ? value : undefined;
}

function booleanOf(item: Node): boolean | undefined {
  if (typeof item.value === 'boolean') return item.value;
  throw new FhirPathError('operand', 'allTrue() and its like work on Booleans');
}

function text(value: Json | undefined, name: string): string | undefined {
  if (typeof value === 'string' || value === undefined) return value;
  throw new FhirPathError('operand', `${name}() works on strings`);
}

function wholeOr(item: Node | undefined): number {
  if (item === undefined) return Number.NaN;
  const number = toDouble(item.value);
  if (!Number.isInteger(number)) throw new FhirPathError('operand', 'A place in a collection is an integer');
  return number;
}

/** The System value of one primitive. */
function valuesOf(nodes: readonly Node[]): readonly Node[] {
  const [item] = nodes;
  if (item?.value === undefined || nodes.length !== 1) return NONE;
  const type = systemTypeOf(item.type);
  return type === undefined || isObject(item.value) ? NONE : [node(item.value, type)];
}

const INSTANT = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d+)?)(?:Z|[+-]\d\d:\d\d)$/;

function clock(context: Context, type: string): string {
  const match = INSTANT.exec(context.now ?? '');
  if (match === null) throw new FhirPathError('missing-context', 'now() and today() need an instant in the context');
  const [instant, day = '', time = ''] = match;
  return type === 'System.DateTime' ? instant : type === 'System.Date' ? day : time;
}

function variable(context: Context, name: string): readonly Node[] {
  const { variables } = context;
  if (variables === undefined || !Object.hasOwn(variables, name)) {
    throw new FhirPathError('missing-context', `The context has no %${name}`);
  }
  const value = variables[name];
  if (value === undefined || value === null) return NONE;
  if (Array.isArray(value)) return value.map((one: Json | Node) => (isNode(one) ? one : nodeOf(one)));
  return [nodeOf(value as Json)];
}

function isNode(value: Json | Node): value is Node {
  return typeof value === 'object' && value !== null && 'companion' in value && 'type' in value && 'index' in value;
}

function nodeOf(value: Json): Node {
  if (typeof value === 'string') return node(value, 'System.String');
  if (typeof value === 'boolean') return node(value, 'System.Boolean');
  if (typeof value === 'number') return node(value, Number.isInteger(value) ? 'System.Integer' : 'System.Decimal');
  if (isRawJson(value)) return node(value, 'System.Decimal');
  return rootNode(value, 'Resource');
}

function resourceOr(focus: Json): JsonObject | undefined {
  return isObject(focus) && isResourceType(String(focus['resourceType'])) ? focus : undefined;
}

function rootNode(value: Json | undefined, type: string): Node {
  const known = resourceTypeOf(value, type);
  return { value, companion: undefined, type: known, parent: undefined, name: known, index: -1 };
}

type Asked = 'memberOf' | 'htmlChecks' | 'subsumes' | 'conformsTo';

function asked<Name extends Asked>(context: Context, name: Name): NonNullable<Context[Name]> {
  const answer = context[name];
  if (answer === undefined) throw new FhirPathError('missing-context', `The context has no ${name}`);
  return answer;
}

const BASE = 'http://hl7.org/fhir/StructureDefinition/';

/** A base type's own definition is told by the type; other profiles are the context's. */
function conformsTo(context: Context, item: Node, profile: string): boolean | undefined {
  const name = profile.startsWith(BASE) ? profile.slice(BASE.length) : '';
  if (isResourceType(name)) return resourceTypeOf(item.value, item.type) === name;
  return asked(context, 'conformsTo')(item, profile);
}

function checkModifiers(nodes: readonly Node[], known: readonly string[]): readonly Node[] {
  for (const item of nodes) {
    for (const extension of partsNamed(item, 'modifierExtension')) {
      const url = isObject(extension.value) ? extension.value['url'] : undefined;
      if (typeof url !== 'string' || !known.includes(url)) {
        throw new FhirPathError('operand', 'There is a modifier extension that the expression does not know');
      }
    }
  }
  return nodes;
}
