// Steps through a resource where the type is known only at run time: children by name, all children, descendants, references.
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { type Alternative, type Child, childrenByKey, childrenOf, isAbstractResource, isPrimitive } from '../model.ts';
import { NONE, resourceTypeOf } from '../node.ts';
import { type Context, FhirPathError, type Node } from '../types.ts';

/** Items that one step may give. */
const ITEMS_MAX = 1_000_000;

export function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return NONE;
  return Array.isArray(value) ? (value as readonly Json[]) : [value as Json];
}

/** The children of one node under one name. */
export function childrenNamed(item: Node, name: string): readonly Node[] {
  const holder = holderOf(item);
  const child = childrenOf(typeOf(item)).get(name);
  if (holder === undefined || child === undefined) return NONE;
  const found: Node[] = [];
  for (const alternative of child.alternatives) collect(found, { item, holder, child, alternative });
  return found;
}

export function typeOf(item: Node): string {
  return isAbstractResource(item.type) ? resourceTypeOf(item.value, item.type) : item.type;
}

/** Where the properties of a node are: in its value, or in the companion of a primitive. */
function holderOf(item: Node): JsonObject | undefined {
  const holder = isPrimitive(item.type) ? item.companion : item.value;
  return isObject(holder) ? holder : undefined;
}

type Place = {
  readonly item: Node;
  readonly holder: JsonObject;
  readonly child: Child;
  readonly alternative: Alternative;
};

function collect(found: Node[], { item, holder, child, alternative }: Place): void {
  const { key, primitive } = alternative;
  const companion = primitive ? holder[`_${key}`] : undefined;
  const value = holder[key];
  if (value === undefined && companion === undefined) return;
  const values = listOf(value);
  const companions = listOf(companion);
  const length = Math.max(values.length, companions.length);
  for (let index = 0; index < length; index += 1) {
    const [one, other] = [values[index] ?? undefined, companions[index] ?? undefined];
    if (one === undefined && other === undefined) continue;
    const type = isAbstractResource(alternative.type) ? resourceTypeOf(one, alternative.type) : alternative.type;
    found.push({ value: one, companion: other, type, parent: item, name: key, index: child.isList ? index : -1 });
  }
}

/** All children, in the order in which the JSON has them. */
export function children(nodes: readonly Node[]): readonly Node[] {
  const found: Node[] = [];
  for (const item of nodes) childrenInto(found, item);
  return found;
}

function childrenInto(found: Node[], item: Node): void {
  const holder = holderOf(item);
  if (holder === undefined) return;
  const known = childrenByKey(typeOf(item));
  for (const key in holder) {
    const bare = key.startsWith('_') ? key.slice(1) : key;
    // A companion is met with its value, unless there is no value.
    if (bare !== key && holder[bare] !== undefined) continue;
    const entry = known.get(bare);
    if (entry !== undefined) collect(found, { item, holder, child: entry[0], alternative: entry[1] });
  }
  if (found.length > ITEMS_MAX) throw new FhirPathError('limit', `More than ${ITEMS_MAX} items`);
}

/** Children, their children, and so on; each before its own children's children, as repeat(children()) meets them. */
export function descendants(nodes: readonly Node[]): readonly Node[] {
  const found: Node[] = [];
  for (const item of nodes) childrenInto(found, item);
  for (let next = 0; next < found.length; next += 1) {
    const item = found[next];
    if (item !== undefined) childrenInto(found, item);
  }
  return found;
}

/** What a reference, or a uri that is one, points at; undefined when nobody knows. */
export function resolveOne(item: Node, context: Context): Node | undefined {
  const text = referenceText(item);
  if (text === undefined) return undefined;
  const found = text.startsWith('#') ? containedOne(text.slice(1), context) : context.resolve?.(text);
  if (found === undefined) return undefined;
  const type = resourceTypeOf(found, 'Resource');
  return { value: found, companion: undefined, type, parent: undefined, name: type, index: -1 };
}

function referenceText(item: Node): string | undefined {
  const text = isObject(item.value) ? item.value['reference'] : item.value;
  return typeof text === 'string' ? text : undefined;
}

function containedOne(id: string, context: Context): JsonObject | undefined {
  for (const holder of [context.resource, context.rootResource]) {
    if (holder === undefined) continue;
    if (id === '') return context.rootResource ?? holder;
    for (const one of listOf(holder['contained'])) if (isObject(one) && one['id'] === id) return one;
  }
  return undefined;
}

const LITERAL = /(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;
const DIRECT = /^([A-Z][A-Za-z]+)[/?]/;

/**
 * The type of resource that a reference means, told from what it says (`Patient/1`, `Patient?identifier=...`, `type`), else from
 * what it resolves to. Search parameters ask `resolve() is Patient` about resources that need not be at hand.
 */
export function referencedType(item: Node, context: Context): string | undefined {
  const text = referenceText(item);
  const said = text === undefined ? undefined : (DIRECT.exec(text)?.[1] ?? LITERAL.exec(text)?.[1]);
  if (said !== undefined && !text?.startsWith('#') && childrenOf(said).size > 0) return said;
  const found = resolveOne(item, context);
  if (found !== undefined) return found.type;
  const type = isObject(item.value) ? item.value['type'] : undefined;
  return typeof type === 'string' ? type.slice(type.lastIndexOf('/') + 1) : undefined;
}
