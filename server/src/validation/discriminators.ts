// Discriminators: how a value tells which slice it is (https://hl7.org/fhir/R4/profiling.html#discriminator).
import { type Json, objectIn, objectsIn } from '../base/json.ts';
import { codeSetOf } from '../fhir/code-sets.ts';
import { isPrimitiveType } from '../fhir/definitions.ts';
import type { ElementNode } from '../fhir/element-tree.ts';
import type { Library } from '../fhir/library.ts';
import { childrenOfType, snapshotTree } from '../fhir/snapshot.ts';
import type { Discriminator } from '../fhir/structures.ts';
import { boundTo, codeFault, membershipOf } from './bindings.ts';
import { type Context, isList, textIn } from './context.ts';
import { isFixed, meetsPattern } from './patterns.ts';
import { passes } from './quietly.ts';
import { resolved } from './resolve.ts';
import type { Item } from './slicing.ts';

type Found = { readonly value: Json | undefined; readonly type: string | undefined };
type Step =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'extension'; readonly url: string }
  | { readonly kind: 'resolve' }
  | { readonly kind: 'ofType'; readonly type: string };
type Criterion = (value: Json | undefined) => boolean;
type Around = { readonly library: Library; readonly root: ElementNode };

const STEP = /extension\(\s*['"]([^'"]+)['"]\s*\)|resolve\(\)|(?:ofType|as)\(\s*(?:FHIR\.)?(\w+)\s*\)|\$this|(\w+)/g;
const CRITERIA_DEPTH_MAX = 6;

/** Whether an item is of the slice; undefined when the slice says nothing by which it could be told. */
export function matcherOf(
  slice: ElementNode,
  discriminators: readonly Discriminator[],
  around: Around,
): ((item: Item, context: Context) => boolean) | undefined {
  const tests = discriminators.map((one) => testOf(slice, one, around));
  const told = tests.filter((test) => test !== undefined);
  if (told.length === 0) return undefined;
  return (item, context) => told.every((test) => test(item, context));
}

function testOf(slice: ElementNode, { type, path }: Discriminator, around: Around) {
  const steps = stepsOf(path);
  const targets = nodesAt(slice, steps, around);
  const found = (item: Item, context: Context) => walk({ value: item.value, type: item.type }, steps, context);
  if (type === 'type') return typeTest(targets, found);
  if (type === 'profile') return profileTest(profilesAt(slice, steps, around), found);
  if (type === 'exists') {
    const wanted = targets.some(({ element }) => element.max === '0')
      ? false
      : targets.some(({ element }) => (element.min ?? 0) > 0);
    return (item: Item, context: Context) => found(item, context).length > 0 === wanted;
  }
  const criteria = targets
    .map((target) => criterionOf(target, { ...around, depth: 0 }))
    .filter((one) => one !== undefined);
  if (criteria.length === 0) return undefined;
  return (item: Item, context: Context) =>
    found(item, context).some(({ value }) => criteria.some((meets) => meets(value)));
}

function stepsOf(path: string): readonly Step[] {
  return [...path.matchAll(STEP)].flatMap(([whole, url, type, name]): readonly Step[] => {
    if (url !== undefined) return [{ kind: 'extension', url }];
    if (whole === 'resolve()') return [{ kind: 'resolve' }];
    if (type !== undefined) return [{ kind: 'ofType', type }];
    return name === undefined ? [] : [{ kind: 'name', name }];
  });
}

/** The elements of the slice that a path leads to; several when it goes through slices. */
function nodesAt(slice: ElementNode, steps: readonly Step[], around: Around): readonly ElementNode[] {
  let at: readonly ElementNode[] = [slice];
  for (const step of steps) at = at.flatMap((node) => next(node, step, around));
  return at;
}

function next(node: ElementNode, step: Step, around: Around): readonly ElementNode[] {
  if (step.kind === 'ofType') return [node];
  if (step.kind === 'resolve') {
    const target = node.element.type?.[0]?.targetProfile ?? [];
    return target
      .filter((url) => around.library.structure(url) !== undefined)
      .map((url) => snapshotTree(around.library, url));
  }
  const children = node.children.length > 0 ? node.children : childrenOfType(node, around);
  const name = step.kind === 'extension' ? 'extension' : step.name;
  const child = children.find((one) => one.name === name || one.name === `${name}[x]`);
  if (child === undefined) return [];
  if (step.kind === 'extension') {
    return child.slices.filter(({ element }) => element.type?.[0]?.profile?.includes(step.url) === true);
  }
  return [child, ...child.slices];
}

function typeTest(targets: readonly ElementNode[], found: (item: Item, context: Context) => readonly Found[]) {
  const codes = new Set(
    targets.flatMap(
      ({ element, name, children }) => element.type?.map(({ code }) => code) ?? (children.length > 0 ? [name] : []),
    ),
  );
  return (item: Item, context: Context) =>
    found(item, context).some(({ value, type }) => codes.has(type ?? textIn(objectIn(value)?.['resourceType']) ?? ''));
}

/** The profiles that what a path leads to must meet: those of its type, or of what a reference points at. */
function profilesAt(slice: ElementNode, steps: readonly Step[], around: Around): readonly string[] {
  const resolves = steps.at(-1)?.kind === 'resolve';
  const nodes = nodesAt(slice, resolves ? steps.slice(0, -1) : steps, around);
  const types = nodes.flatMap(({ element }) => element.type ?? []);
  return types.flatMap(({ profile = [], targetProfile = [] }) => (resolves ? targetProfile : profile));
}

function profileTest(urls: readonly string[], found: (item: Item, context: Context) => readonly Found[]) {
  if (urls.length === 0) return undefined;
  return (item: Item, context: Context) =>
    found(item, context).some(({ value }) => value !== undefined && urls.some((url) => passes(value, url, context)));
}

/** What makes a value one of a slice: fixed values, patterns, required bindings, its own or those of what it must hold. */
function criterionOf(node: ElementNode, around: Around & { depth: number }): Criterion | undefined {
  const { element } = node;
  const tests: Criterion[] = [];
  for (const [name, wanted] of Object.entries(element)) {
    if (name.startsWith('fixed')) tests.push((value) => isFixed(value, wanted as Json));
    else if (name.startsWith('pattern')) tests.push((value) => meetsPattern(value, wanted as Json));
  }
  if (tests.length === 0) tests.push(...insideCriteria(node, around));
  if (tests.length === 0) tests.push(...bindingCriterion(node, around.library));
  return tests.length === 0 ? undefined : (value) => tests.every((meets) => meets(value));
}

function insideCriteria(node: ElementNode, around: Around & { depth: number }): readonly Criterion[] {
  if (around.depth >= CRITERIA_DEPTH_MAX) return [];
  return [
    ...node.children,
    ...node.children.flatMap(({ slices }) => slices.filter(({ element }) => (element.min ?? 0) > 0)),
  ].flatMap((child) => {
    const inner = criterionOf(child, { ...around, depth: around.depth + 1 });
    if (inner === undefined || child.name.endsWith('[x]')) return [];
    return [
      (value: Json | undefined) => {
        const held = objectIn(value)?.[child.name];
        return isList(held) ? held.some((one) => inner(one)) : held !== undefined && inner(held);
      },
    ];
  });
}

function bindingCriterion({ element }: ElementNode, library: Library): readonly Criterion[] {
  const { binding } = element;
  if (binding?.strength !== 'required' || binding.valueSet === undefined) return [];
  const bound = boundTo(binding.valueSet, 'required', codeSetOf(library, binding.valueSet));
  return [
    (value) => {
      const object = objectIn(value);
      if (object !== undefined) return membershipOf(object, bound) === 'in';
      return (
        typeof value === 'string' && bound.set !== undefined && codeFault(value, () => undefined, bound) === undefined
      );
    },
  ];
}

function walk(from: Found, steps: readonly Step[], context: Context): readonly Found[] {
  let at: readonly Found[] = from.value === undefined ? [] : [from];
  for (const step of steps) at = at.flatMap((one) => walkStep(one, step, context));
  return at;
}

function walkStep(one: Found, step: Step, context: Context): readonly Found[] {
  const object = objectIn(one.value);
  if (step.kind === 'ofType') return one.type === undefined || one.type === step.type ? [one] : [];
  if (object === undefined) return [];
  if (step.kind === 'extension') {
    return objectsIn(object['extension'])
      .filter(({ url }) => url === step.url)
      .map((value) => ({ value, type: undefined }));
  }
  if (step.kind === 'resolve') {
    const target = resolved(textIn(object['reference']), context);
    return target === undefined ? [] : [{ value: target, type: textIn(target['resourceType']) }];
  }
  const held = object[step.name];
  if (held !== undefined) return (isList(held) ? held : [held]).map((value) => ({ value, type: undefined }));
  const choice = Object.keys(object).find(
    (key) => key.startsWith(step.name) && /^[A-Z]/.test(key.slice(step.name.length)),
  );
  if (choice === undefined) return [];
  const capital = choice.slice(step.name.length);
  const lower = capital.slice(0, 1).toLowerCase() + capital.slice(1);
  return [{ value: object[choice], type: isPrimitiveType(lower) ? lower : capital }];
}
