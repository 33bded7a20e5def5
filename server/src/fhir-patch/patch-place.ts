// Where in a resource the path of a patch points: the objects and properties behind FHIRPath nodes.                            (pure)
import { Refused } from '../base/errors.ts';
import { isObject, type JsonObject } from '../base/json.ts';
import { isPrimitiveType } from '../fhir/definitions.ts';
import { compile, FhirPathError, type Node, parseExpression } from '../fhirpath/index.ts';
import { elementNamed, itemsIn, type Slot, slotOf } from './element-slot.ts';
import { isList, valueAt } from './pointer.ts';
import type { Tokens } from './rebuild.ts';

/** One repeat of an element: the object that holds it, the slot there and the place in the slot. */
export type Target = { readonly holder: Tokens; readonly slot: Slot; readonly index: number };
/** The path of an operation, for a resource of this type. */
export type Asked = { readonly path: string; readonly type: string; readonly at: string };
/** An object that can take elements: a resource, a complex value, or what stands beside a primitive. */
export type Place = { readonly tokens: Tokens; readonly type: string };

const PATH_CHARS_MAX = 5_000;

/** What the path finds in the resource itself; anything computed, or of another resource, is refused. */
export function nodesOf(resource: JsonObject, { path, type, at }: Asked): readonly Node[] {
  const where = `${at}.part(path)`;
  if (path.length > PATH_CHARS_MAX) {
    throw new Refused('patch-path', `A path has at most ${PATH_CHARS_MAX} characters.`, where);
  }
  const nodes = withReason(where, () =>
    compile(path, { type, mode: 'located', strict: true, untrusted: true })(resource, {
      resource,
      rootResource: resource,
    }),
  );
  for (const node of nodes) {
    if (rootTokens(rootOf(node), resource) !== undefined && node.name !== undefined) continue;
    const message =
      'The path finds a value that does not stand in this resource itself. Name an element of the resource.';
    throw new Refused('patch-path', message, where);
  }
  return nodes;
}

function withReason<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof FhirPathError)) throw error;
    throw new Refused('patch-path', `The path cannot be used (${error.code}): ${error.message}. Correct it.`, where);
  }
}

/** The resource itself, or one that it contains and that a reference led to. */
function rootTokens({ value }: Node, resource: JsonObject): Tokens | undefined {
  if (value === resource) return [];
  const contained = resource['contained'];
  const place = isList(contained) && value !== undefined ? contained.indexOf(value) : -1;
  return place === -1 ? undefined : ['contained', place];
}

function rootOf(node: Node): Node {
  return node.parent === undefined ? node : rootOf(node.parent);
}

/** For `add`: the object that the node is, or that stands beside it if it is a primitive. */
export function placeOf(resource: JsonObject, node: Node): Place {
  return { tokens: tokensOf(resource, node, isPrimitiveType(node.type)), type: node.type };
}

function tokensOf(resource: JsonObject, node: Node, asCompanion: boolean): Tokens {
  if (node.parent === undefined) return rootTokens(node, resource) ?? [];
  const name = asCompanion ? `_${node.name}` : (node.name ?? '');
  const before = tokensOf(resource, node.parent, isPrimitiveType(node.parent.type));
  return node.index < 0 ? [...before, name] : [...before, name, node.index];
}

export function targetOf(resource: JsonObject, node: Node, where: string): Target {
  const slot = node.parent === undefined ? undefined : slotOf(node.parent.type, node.name ?? '');
  if (node.parent === undefined || slot === undefined) {
    throw new Refused('patch-path', 'The path names a resource as a whole. Name an element of it.', where);
  }
  return { holder: placeOf(resource, node.parent).tokens, slot, index: Math.max(node.index, 0) };
}

/** For `insert` and `move`: the list that the path names as a whole. */
export function listOf(resource: JsonObject, asked: Asked): Omit<Target, 'index'> {
  const where = `${asked.at}.part(path)`;
  const nodes = nodesOf(resource, asked);
  const [first] = nodes;
  const list = first === undefined ? absentList(resource, asked) : targetOf(resource, first, where);
  if (!list.slot.element.isList) {
    throw new Refused(
      'patch-list',
      `The element ${list.slot.element.name} does not repeat. Use add or replace.`,
      where,
    );
  }
  const holder = valueAt(resource, list.holder.map(String));
  const items = isObject(holder) ? itemsIn(holder, list.slot).length : 0;
  if (items !== nodes.length || nodes.some((node) => node.parent !== first?.parent || node.name !== first?.name)) {
    const message =
      'The path names a part of a list, or several lists. Name one whole list, such as Patient.name[0].given.';
    throw new Refused('patch-list', message, where);
  }
  return list;
}

/** A list without items has no node, so that its holder is found instead. */
function absentList(resource: JsonObject, { path, type, at }: Asked): Omit<Target, 'index'> {
  const where = `${at}.part(path)`;
  const ast = withReason(where, () => parseExpression(path));
  if (ast.kind === 'member') {
    const before = path.slice(0, ast.at.offset).trimEnd();
    const nodes = nodesOf(resource, { path: ast.on === undefined ? '$this' : before.replace(/\.$/, ''), type, at });
    const [node] = nodes;
    const element = node === undefined ? undefined : elementNamed(node.type, ast.name);
    if (node !== undefined && nodes.length === 1 && element !== undefined) {
      const slot = slotOf(node.type, element.name);
      if (slot !== undefined) return { holder: placeOf(resource, node).tokens, slot };
    }
  }
  throw new Refused('patch-path-missing', 'The path finds no list. Name the list of an element that is there.', where);
}
