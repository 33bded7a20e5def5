// Snapshots: what a profile says, laid over what it constrains (https://hl7.org/fhir/R4/profiling.html#snapshot).             (pure)
import { Refused } from '../base/errors.ts';
import {
  cloned,
  type ElementNode,
  holderOf,
  nodeOf,
  segmentsOf,
  sliceNamed,
  splitSegment,
  treeOf,
} from './element-tree.ts';
import { type Library, STRUCTURE_BASE } from './library.ts';
import { bareUrl, choiceName } from './names.ts';
import type { ElementJson, StructureDefinition } from './structures.ts';

const BASES_MAX = 32;
const trees = new WeakMap<Library, Map<string, ElementNode>>();
const EXTENSION_SLICING = { discriminator: [{ type: 'value', path: 'url' }], ordered: false, rules: 'open' };
const TYPE_SLICING = { discriminator: [{ type: 'type', path: '$this' }], ordered: false, rules: 'open' };

/** The snapshot of a type or profile as a tree that nobody may change: its own where it carries one, else made from its differential. */
export function snapshotTree(library: Library, url: string): ElementNode {
  const plain = bareUrl(url);
  const made = trees.get(library) ?? new Map<string, ElementNode>();
  trees.set(library, made);
  const known = made.get(plain);
  if (known !== undefined) return known;
  const structure = library.structure(plain);
  if (structure === undefined)
    throw new Refused('profile-not-loaded', `The profile ${plain} is not loaded. Load the package that has it.`, plain);
  const published = structure.snapshot?.element ?? [];
  const tree = (published.length > 0 ? publishedTree(published) : undefined) ?? generateSnapshot(library, structure);
  made.set(plain, tree);
  return tree;
}

// A few published snapshots name slices of elements that they leave out; what they constrain stands in the differential too.
function publishedTree(elements: readonly ElementJson[]): ElementNode | undefined {
  try {
    return treeOf(elements);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The snapshot made from the differential, whether or not the structure carries one. */
export function generateSnapshot(library: Library, structure: StructureDefinition): ElementNode {
  const { url, baseDefinition } = structure;
  if (baseDefinition === undefined)
    throw new Refused('profile-without-base', `The profile ${url} has no baseDefinition.`, url);
  if (depthOf(library, structure) > BASES_MAX) {
    throw new Refused('profile-bases-circular', `The profiles under ${url} go round in circles.`, url);
  }
  const base = cloned(snapshotTree(library, baseDefinition));
  const root: ElementNode = { ...base, name: structure.type };
  const around: Around = { library, url, choices: new Map() };
  for (const element of structure.differential?.element ?? []) apply(root, element, around);
  return root;
}

function depthOf(library: Library, structure: StructureDefinition): number {
  let depth = 0;
  for (let at: StructureDefinition | undefined = structure; at?.baseDefinition && depth <= BASES_MAX; depth++) {
    at = library.structure(at.baseDefinition);
  }
  return depth;
}

/** `choices`: the types that a choice had before it was narrowed. */
type Around = {
  readonly library: Library;
  readonly url: string;
  readonly choices: Map<ElementNode, ElementJson['type'] & object>;
};

function apply(root: ElementNode, element: ElementJson, around: Around): void {
  let at = root;
  for (const segment of segmentsOf(element)) at = step(at, segment, { ...around, root });
  at.element = merged(at.element, element);
}

function step(node: ElementNode, segment: string, around: Around & { root: ElementNode }): ElementNode {
  const [name, slice] = splitSegment(segment);
  const child = childNamed(node, name, around) ?? narrowed(node, name, around);
  if (child === undefined) {
    throw new Refused(
      'profile-unknown-element',
      `The profile ${around.url} constrains an element that its base does not have: ${name}.`,
      around.url,
    );
  }
  return slice === undefined ? child : ensureSlice(child, slice);
}

function childNamed(node: ElementNode, name: string, around: Around & { root: ElementNode }): ElementNode | undefined {
  if (node.children.length === 0) node.children.push(...childrenOfType(node, around));
  return node.children.find((one) => one.name === name);
}

/**
 * `valueQuantity` says that `value[x]` is a Quantity. As HL7's publisher writes it: the choice is closed to the types named so,
 * and has a slice for each; inside a slice, where no other type is spoken of, the choice itself is narrowed.
 */
function narrowed(node: ElementNode, name: string, around: Around & { root: ElementNode }): ElementNode | undefined {
  for (const child of node.children) {
    if (!child.name.endsWith('[x]') || !name.startsWith(child.name.slice(0, -3))) continue;
    const known = child.slices.find((one) => one.slice === name);
    if (known !== undefined) return known;
    const before = around.choices.get(child) ?? child.element.type;
    const type = before?.find((one) => choiceName(child.name.slice(0, -3), one.code) === name);
    if (type === undefined) continue;
    const others = around.choices.has(child) ? (child.element.type ?? []) : [];
    if (before !== undefined) around.choices.set(child, before);
    if (!others.some((one) => one.code === type.code)) child.element = { ...child.element, type: [...others, type] };
    if (node.slice !== undefined) return child;
    child.element = { ...child.element, slicing: { ...TYPE_SLICING, rules: 'closed' } };
    return ensureSlice(child, name);
  }
  return undefined;
}

/** Children that the type of an element gives it, for a profile that goes into them. */
export function childrenOfType(
  { element }: ElementNode,
  { library, root }: { readonly library: Library; readonly root: ElementNode },
): readonly ElementNode[] {
  if (element.contentReference !== undefined) {
    const wanted = element.contentReference.slice(element.contentReference.indexOf('#') + 1);
    let at: ElementNode | undefined = root;
    for (const name of wanted.split('.').slice(1)) at = at?.children.find((one) => one.name === name);
    return (at?.children ?? []).map(cloned);
  }
  const [type, ...others] = element.type ?? [];
  if (type === undefined) return [];
  if (others.length > 0) return typeTree(library, 'Element');
  const profile = type.profile?.length === 1 ? type.profile[0] : undefined;
  if (profile !== undefined && library.structure(profile) !== undefined)
    return snapshotTree(library, profile).children.map(cloned);
  return typeTree(library, type.code);
}

function typeTree(library: Library, code: string): readonly ElementNode[] {
  const url = code.includes('://') ? `${STRUCTURE_BASE}string` : STRUCTURE_BASE + code;
  return library.structure(url) === undefined ? [] : snapshotTree(library, url).children.map(cloned);
}

function ensureSlice(node: ElementNode, slice: string): ElementNode {
  const known = sliceNamed(node, slice);
  if (known !== undefined) return known;
  const holder = holderOf(node, slice);
  if (holder.element.slicing === undefined) {
    if (node.name === 'extension' || node.name === 'modifierExtension') {
      holder.element = { ...holder.element, slicing: EXTENSION_SLICING };
    } else if (node.name.endsWith('[x]')) holder.element = { ...holder.element, slicing: TYPE_SLICING };
  }
  const { slicing: _, ...element } = holder.element;
  const made: ElementNode = { ...nodeOf({ ...element, min: 0, sliceName: slice }, slice), name: node.name };
  made.children.push(...holder.children.map(cloned));
  const type = typeOfChoiceSlice(node, slice);
  if (type !== undefined) made.element = { ...made.element, type: [type] };
  holder.slices.push(made);
  return made;
}

function typeOfChoiceSlice(node: ElementNode, slice: string) {
  if (!node.name.endsWith('[x]')) return undefined;
  const stem = node.name.slice(0, -3);
  return node.element.type?.find((one) => choiceName(stem, one.code) === slice);
}

/** What the differential says replaces what was; constraints add up. */
function merged(base: ElementJson, diff: ElementJson): ElementJson {
  const { constraint = [], ...said } = diff;
  const added = constraint.filter(({ key }) => !base.constraint?.some((one) => one.key === key));
  const all = [...(base.constraint ?? []), ...added];
  return { ...base, ...said, ...(all.length === 0 ? {} : { constraint: all }) };
}
