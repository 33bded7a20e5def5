// A snapshot as a tree: elements with their children and slices, as profiles are merged and compiled.                         (pure)
import type { ElementJson } from './structures.ts';

export type ElementNode = {
  /** Last segment of the path: `value[x]`. The type for a root. */
  readonly name: string;
  /** Of a slice: its whole name, `a` or, for a slice of the slice a, `a/b`. */
  readonly slice: string | undefined;
  /** Without what the tree says: paths and ids are those of where it was taken from. */
  element: ElementJson;
  readonly children: ElementNode[];
  readonly slices: ElementNode[];
};

/** Elements in the order of a snapshot, parents first. Throws RangeError when a parent is missing. */
export function treeOf(elements: readonly ElementJson[]): ElementNode {
  const [first, ...rest] = elements;
  if (first === undefined) throw new RangeError('a snapshot without elements');
  const root = nodeOf(first, undefined);
  for (const element of rest) place(root, element);
  return root;
}

export function segmentsOf({ id, path, sliceName }: ElementJson): readonly string[] {
  return (id ?? (sliceName === undefined ? path : `${path}:${sliceName}`)).split('.').slice(1);
}

/** `coding:BPCode` as its name and slice. */
export function splitSegment(segment: string): readonly [name: string, slice: string | undefined] {
  const colon = segment.indexOf(':');
  return colon === -1 ? [segment, undefined] : [segment.slice(0, colon), segment.slice(colon + 1)];
}

export function sliceNamed(node: ElementNode, slice: string): ElementNode | undefined {
  for (const one of node.slices) {
    if (one.slice === slice) return one;
    if (one.slice !== undefined && slice.startsWith(`${one.slice}/`)) return sliceNamed(one, slice) ?? undefined;
  }
  return undefined;
}

export function cloned(node: ElementNode): ElementNode {
  return { ...node, children: node.children.map(cloned), slices: node.slices.map(cloned) };
}

/** The tree as a snapshot: ids and paths anew. */
export function flattened(root: ElementNode): readonly ElementJson[] {
  return under(root, root.name, root.name);
}

function under(node: ElementNode, path: string, id: string): readonly ElementJson[] {
  return [
    { ...node.element, path, id },
    ...node.children.flatMap((child) => withSlices(child, `${path}.${child.name}`, `${id}.${child.name}`)),
  ];
}

function withSlices(node: ElementNode, path: string, id: string): readonly ElementJson[] {
  return [...under(node, path, id), ...slicesOf(node).flatMap((one) => under(one, path, `${id}:${one.slice}`))];
}

/** All slices, those of slices behind their own. */
export function slicesOf(node: ElementNode): readonly ElementNode[] {
  return node.slices.flatMap((one) => [one, ...slicesOf(one)]);
}

export function nodeOf(element: ElementJson, slice: string | undefined): ElementNode {
  const name = element.path.slice(element.path.lastIndexOf('.') + 1);
  return { name, slice, element, children: [], slices: [] };
}

function place(root: ElementNode, element: ElementJson): void {
  const segments = segmentsOf(element);
  let at = root;
  for (const [index, segment] of segments.entries()) {
    const [name, slice] = splitSegment(segment);
    const last = index === segments.length - 1;
    let child = at.children.find((one) => one.name === name);
    if (last && slice === undefined) {
      at.children.push({ ...nodeOf(element, undefined), name });
      return;
    }
    if (child === undefined) throw new RangeError(`no parent of ${element.id}`);
    if (slice !== undefined) {
      if (last) {
        holderOf(child, slice).slices.push({ ...nodeOf(element, slice), name });
        return;
      }
      child = sliceNamed(child, slice);
      if (child === undefined) throw new RangeError(`no slice of ${element.id}`);
    }
    at = child;
  }
}

/** The node that a slice belongs to: the slice `a` for `a/b`, else the sliced element. */
export function holderOf(node: ElementNode, slice: string): ElementNode {
  const parent = slice.lastIndexOf('/');
  return parent === -1 ? node : (sliceNamed(node, slice.slice(0, parent)) ?? node);
}
