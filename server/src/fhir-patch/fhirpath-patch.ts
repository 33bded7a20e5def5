// FHIRPath Patch (https://hl7.org/fhir/R4/fhirpatch.html) by the definitions of R4.                                           (pure)
import { Refused } from '../base/errors.ts';
import type { Json, JsonObject } from '../base/json.ts';
import { itemsIn, type Slot, withItems } from './element-slot.ts';
import { type Operation, operationsOf } from './patch-operation.ts';
import { listOf, nodesOf, placeOf, type Target, targetOf } from './patch-place.ts';
import { appended, type Fitted, fitted } from './patch-value.ts';
import { rebuilt } from './rebuild.ts';

export type FhirPathPatchOptions = {
  /** The type of the resource, from the URL that was patched. */
  readonly type: string;
};

/**
 * The resource with all operations applied in order, or none: the resource given is not changed. What is left empty goes. The
 * outcome is not validated here. Throws Refused with the place in the Parameters as `where`: `patch-shape`, `patch-path`,
 * `patch-path-missing`, `patch-path-many`, `patch-list`, `patch-element-unknown`, `patch-element-present`, `patch-type`, `patch-too-large`.
 */
export function applyFhirPathPatch(resource: JsonObject, parameters: Json, { type }: FhirPathPatchOptions): JsonObject {
  if (resource['resourceType'] !== type) throw new Refused('patch-path', `The resource is no ${type}.`, 'resourceType');
  return operationsOf(parameters).reduce((made, operation) => stepped(made, operation, type), resource);
}

function stepped(resource: JsonObject, operation: Operation, type: string): JsonObject {
  switch (operation.kind) {
    case 'add':
      return added(resource, operation, type);
    case 'delete':
      return deleted(resource, operation, type);
    case 'replace':
      return replaced(resource, operation, type);
    case 'insert':
    case 'move':
      return relisted(resource, operation, type);
  }
}

type Of<Kind extends Operation['kind']> = Extract<Operation, { readonly kind: Kind }>;

function added(resource: JsonObject, { at, path, name, given }: Of<'add'>, type: string): JsonObject {
  const place = placeOf(resource, one(nodesOf(resource, { at, path, type }), at, 'add'));
  return rebuilt(resource, place.tokens, (holder) => appended(holder, place.type, { name, given }));
}

function deleted(resource: JsonObject, { at, path }: Of<'delete'>, type: string): JsonObject {
  const nodes = nodesOf(resource, { at, path, type });
  // "Path of the element to delete (if found)"
  if (nodes.length === 0) return resource;
  const target = targetOf(resource, one(nodes, at, 'delete'), `${at}.part(path)`);
  return changed(resource, target, (items) => items.toSpliced(target.index, 1));
}

function replaced(resource: JsonObject, { at, path, given }: Of<'replace'>, type: string): JsonObject {
  const target = targetOf(resource, one(nodesOf(resource, { at, path, type }), at, 'replace'), `${at}.part(path)`);
  const { slot, item } = fitted(target.slot, given);
  if (slot.property === target.slot.property) {
    return changed(resource, target, (items) => items.with(target.index, item));
  }
  // Another type of a choice: the property takes another name, in the same place.
  return rebuilt(resource, target.holder, (holder) => renamed(holder, target.slot, { slot, item }));
}

function renamed(holder: JsonObject, from: Slot, { slot, item }: Fitted): JsonObject {
  const kept = Object.entries(holder).flatMap(([key, value]): [string, Json | undefined][] => {
    if (key === `_${from.property}`) return holder[from.property] === undefined ? [[slot.property, null]] : [];
    return key === from.property ? [[slot.property, null]] : [[key, value]];
  });
  return withItems(Object.fromEntries(kept), slot, [item]);
}

function relisted(resource: JsonObject, operation: Of<'insert'> | Of<'move'>, type: string): JsonObject {
  const { at, path } = operation;
  const list = listOf(resource, { at, path, type });
  return changed(resource, list, (items) => {
    if (operation.kind === 'insert') {
      within(operation.index, items.length, `${at}.part(index)`);
      return items.toSpliced(operation.index, 0, fitted(list.slot, operation.given).item);
    }
    within(operation.source, items.length - 1, `${at}.part(source)`);
    within(operation.destination, items.length - 1, `${at}.part(destination)`);
    const moved = items.slice(operation.source, operation.source + 1);
    return items.toSpliced(operation.source, 1).toSpliced(operation.destination, 0, ...moved);
  });
}

type Items = ReturnType<typeof itemsIn>;

function changed(
  resource: JsonObject,
  { holder, slot }: Omit<Target, 'index'>,
  change: (items: Items) => Items,
): JsonObject {
  return rebuilt(resource, holder, (object) => withItems(object, slot, change(itemsIn(object, slot))));
}

function within(place: number, last: number, where: string): void {
  if (place <= last) return;
  const message =
    last < 0
      ? 'The list is empty: there is nothing to move.'
      : `The list has no such place. Give one from 0 to ${last}.`;
  throw new Refused('patch-list', message, where);
}

function one<T>(nodes: readonly T[], at: string, kind: string): T {
  const [node, ...others] = nodes;
  if (node === undefined) {
    const message = `The path finds nothing to ${kind}. Read the resource again, and name what it has.`;
    throw new Refused('patch-path-missing', message, `${at}.part(path)`);
  }
  if (others.length > 0) {
    const message = `The path finds ${nodes.length} elements, and ${kind} takes one. Narrow it, by an index or where().`;
    throw new Refused('patch-path-many', message, `${at}.part(path)`);
  }
  return node;
}
