// Functions of whole collections (http://hl7.org/fhirpath/N1, sections 5.1 to 5.4 and 5.8), where order and equality matter.

import { isPrimitive, systemTypeOf } from '../model.ts';
import { NONE, node } from '../node.ts';
import { type Table, table } from '../table.ts';
import { type Context, FhirPathError, type Node } from '../types.ts';
import { boundaryOf, precisionOf } from './boundaries.ts';
import { children, childrenNamed, descendants, typeOf } from './navigate.ts';
import { textOf } from './strings.ts';
import { bounded, distinct, includes } from './values.ts';

export type CollectionFunction = {
  readonly least: number;
  readonly most: number;
  readonly run: (nodes: readonly Node[], parameters: readonly (readonly Node[])[], context: Context) => readonly Node[];
};

const TRUE: readonly Node[] = [node(true, 'System.Boolean')];
const FALSE: readonly Node[] = [node(false, 'System.Boolean')];

function truth(value: boolean): readonly Node[] {
  return value ? TRUE : FALSE;
}

function plain(run: (nodes: readonly Node[]) => readonly Node[]): CollectionFunction {
  return { least: 0, most: 0, run };
}

function withOther(
  run: (nodes: readonly Node[], other: readonly Node[], context: Context) => readonly Node[],
): CollectionFunction {
  return {
    least: 1,
    most: 1,
    run: (nodes, [other = NONE], context) => {
      bounded(nodes.length * other.length);
      return run(nodes, other, context);
    },
  };
}

export const COLLECTION_FUNCTIONS: Table<CollectionFunction> = table({
  children: plain(children),
  descendants: plain(descendants),
  distinct: { least: 0, most: 0, run: (nodes, _none, context) => distinct(nodes, context) },
  isDistinct: {
    least: 0,
    most: 0,
    run: (nodes, _none, context) => truth(distinct(nodes, context).length === nodes.length),
  },
  union: withOther((nodes, other, context) => distinct([...nodes, ...other], context)),
  combine: withOther((nodes, other) => [...nodes, ...other]),
  intersect: withOther((nodes, other, context) =>
    distinct(
      nodes.filter((one) => includes(other, one, context)),
      context,
    ),
  ),
  exclude: withOther((nodes, other, context) => nodes.filter((one) => !includes(other, one, context))),
  subsetOf: withOther((nodes, other, context) => truth(nodes.every((one) => includes(other, one, context)))),
  supersetOf: withOther((nodes, other, context) => truth(other.every((one) => includes(nodes, one, context)))),
  join: { least: 0, most: 1, run: join },
  type: plain((nodes) => nodes.map(typeInfo)),
  lowBoundary: { least: 0, most: 1, run: (nodes, parameters) => boundary(nodes, parameters, 'low') },
  highBoundary: { least: 0, most: 1, run: (nodes, parameters) => boundary(nodes, parameters, 'high') },
  precision: plain((nodes) => one(nodes).flatMap((item) => precisionOf(item) ?? [])),
});

function one(nodes: readonly Node[]): readonly Node[] {
  if (nodes.length > 1) throw new FhirPathError('singleton', 'Several items where one is due');
  return nodes;
}

function boundary(
  nodes: readonly Node[],
  [digits = NONE]: readonly (readonly Node[])[],
  side: 'low' | 'high',
): readonly Node[] {
  return one(nodes).flatMap((item) => boundaryOf(item, { side, precision: one(digits)[0] }) ?? []);
}

function join(nodes: readonly Node[], [separator = NONE]: readonly (readonly Node[])[]): readonly Node[] {
  if (nodes.length === 0) return NONE;
  const between = separator[0] === undefined ? '' : textOf(separator[0], 'join');
  const texts = nodes.filter((item) => item.value !== undefined).map((item) => textOf(item, 'join'));
  return [node(texts.join(between), 'System.String')];
}

/** `type()` gives a TypeInfo, whose parts are read by name. */
function typeInfo(item: Node): Node {
  const type = typeOf(item);
  const system = type.startsWith('System.');
  const name = system ? type.slice('System.'.length) : type.includes('.') ? 'BackboneElement' : type;
  return node({ namespace: system ? 'System' : 'FHIR', name }, 'System.TypeInfo');
}

/** What the projection gives, of that what it gives, and so on; an equal item is not taken twice. */
export function repeat(
  start: readonly Node[],
  projection: (item: Node) => readonly Node[],
  context: Context,
): readonly Node[] {
  const found: Node[] = [];
  let fresh = start.flatMap((item) => projection(item));
  while (fresh.length > 0) {
    const before = found.length;
    bounded(before * fresh.length);
    for (const item of fresh) if (!known(found, item, context)) found.push(item);
    if (found.length > ITEMS_MAX) throw new FhirPathError('limit', `More than ${ITEMS_MAX} items`);
    fresh = found.slice(before).flatMap((item) => projection(item));
  }
  return found;
}

const ITEMS_MAX = 100_000;

/** Elements that are the same object are the same; that spares comparing large trees. */
function known(found: readonly Node[], item: Node, context: Context): boolean {
  if (typeof item.value === 'object' && found.some((other) => other.value === item.value)) return true;
  return includes(found, item, context);
}

/** Parts by name: of a TypeInfo, the value of a primitive, children of anything else. */
export function partsNamed(item: Node, name: string): readonly Node[] {
  if (!item.type.startsWith('System.')) {
    return name === 'value' && isPrimitive(item.type) ? ownValueOf(item) : childrenNamed(item, name);
  }
  const { value } = item;
  if (systemTypeOf(item.type) !== 'System.TypeInfo' || typeof value !== 'object' || value === null) return NONE;
  const part = (value as { readonly [key: string]: string | undefined })[name];
  return typeof part === 'string' ? [node(part, 'System.String')] : NONE;
}

/** The System value of a primitive. */
function ownValueOf({ value, type }: Node): readonly Node[] {
  return value === undefined ? NONE : [node(value, systemTypeOf(type) ?? type)];
}
