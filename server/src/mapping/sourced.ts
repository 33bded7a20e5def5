// Sourced values: a tree shaped like the resource whose leaves know the units they were made from. Data-type mappings return
// such trees and never handle paths; `materialise` turns a tree into plain JSON, and its leaves into origins.
import type { Json } from '../base/json.ts';
import type { Unit } from './unit.ts';

const leafMark: unique symbol = Symbol('leaf');

/** A value and the units it was made from. `value` undefined: the units said "none" (`""`), which is said by leaving the element out. */
export type Leaf = { readonly [leafMark]: true; readonly value: Json | undefined; readonly from: readonly Unit[] };

/** Constants stand as they are; only leaves carry origins. */
export type Node = Leaf | string | number | boolean | readonly (Node | undefined)[] | NodeObject;
export type NodeObject = { readonly [key: string]: Node | undefined };

/** A leaf made from units: `leaf('male', unit)`. Undefined units are skipped. */
export function leaf(value: Json | undefined, ...from: readonly (Unit | undefined)[]): Leaf {
  const known = from.some((unit) => unit === undefined) ? from.filter((unit) => unit !== undefined) : from;
  return { [leafMark]: true, value, from: known as readonly Unit[] };
}

export function isLeaf(node: Node): node is Leaf {
  return typeof node === 'object' && leafMark in node;
}

export type Placed = { readonly path: string; readonly unit: Unit };

/**
 * Plain JSON of a tree, with empty objects and lists left out; every leaf's units are appended to `placed` with their path. A unit
 * that left no value is placed only where the sender wrote `""`: then leaving the element out is what it said.
 */
export function materialise(node: Node, path: string, placed: Placed[]): Json | undefined {
  if (typeof node !== 'object') return node;
  if (isLeaf(node)) {
    for (const unit of node.from) if (node.value !== undefined || unit.isNull) placed.push({ path, unit });
    return node.value;
  }
  return Array.isArray(node) ? listOf(node, path, placed) : objectOf(node as NodeObject, path, placed);
}

function listOf(nodes: readonly (Node | undefined)[], path: string, placed: Placed[]): Json | undefined {
  const list: Json[] = [];
  for (const node of nodes) {
    if (node === undefined) continue;
    const value = materialise(node, `${path}[${list.length}]`, placed);
    if (value !== undefined) list.push(value);
  }
  return list.length === 0 ? undefined : list;
}

function objectOf(node: NodeObject, path: string, placed: Placed[]): Json | undefined {
  const object: { [key: string]: Json } = {};
  let size = 0;
  for (const key in node) {
    const part = node[key];
    if (part === undefined) continue;
    const value = materialise(part, path === '' ? key : `${path}.${key}`, placed);
    if (value === undefined) continue;
    object[key] = value;
    size++;
  }
  return size === 0 ? undefined : object;
}

/** Every unit below a node, in order. */
export function unitsBelow(node: Node): readonly Unit[] {
  const placed: Placed[] = [];
  materialise(node, '', placed);
  return placed.map((one) => one.unit);
}
