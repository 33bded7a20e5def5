// Turns what a profile says beyond its base type into checks. What the base type demands is checked by the generated code.
import { type Json, objectIn } from '../base/json.ts';
import { type ElementDefinition, elementsOf, isPrimitiveType, type TypeRef } from '../fhir/definitions.ts';
import type { ElementNode } from '../fhir/element-tree.ts';
import type { Library } from '../fhir/library.ts';
import type { Constraint, ElementJson } from '../fhir/structures.ts';
import { type Context, isList } from './context.ts';
import { matcherOf } from './discriminators.ts';
import { type ChildSpec, checkChild, choiceKeys } from './profile-child.ts';
import { valueChecks } from './profile-value.ts';
import type { PartCheck, Slice, Slicing } from './slicing.ts';

export type Around = {
  readonly library: Library;
  readonly root: ElementNode;
  /** Canonical URL of the profile. */
  readonly profile: string;
  readonly invariants: (constraints: readonly Constraint[], type: string) => PartCheck | undefined;
};
/** What the base type says of an element. */
export type Base = {
  /** Where its children are described: `HumanName`, `Patient.contact`. */
  readonly type: string;
  readonly element: ElementDefinition | undefined;
};

const TYPE_THIS = [{ type: 'type', path: '$this' }];
const URL_THIS = [{ type: 'value', path: 'url' }];

/** Undefined when the profile adds nothing here or below. */
export function nodeCheck(node: ElementNode, base: Base, around: Around): PartCheck | undefined {
  const checks = [...valueChecks(node, base, around), ...childChecks(node, base, around)];
  const [only] = checks;
  if (only === undefined || checks.length === 1) return only;
  return (value, context, companion) => {
    for (const check of checks) check(value, context, companion);
  };
}

function childChecks(node: ElementNode, base: Base, around: Around): readonly PartCheck[] {
  const primitive = isPrimitiveType(base.type);
  const described = elementsOf(primitive ? 'Element' : base.type);
  const specs = node.children.flatMap((child) => {
    const stem = child.name.replace('[x]', '');
    const element = described.find((one) => one.name === stem);
    return element === undefined ? [] : (childSpec(child, element, around) ?? []);
  });
  if (specs.length === 0) return [];
  return [
    (value, context, companion) => {
      const owner = objectIn(primitive ? companion : value);
      if (owner !== undefined) for (const spec of specs) checkChild(owner, spec, context);
    },
  ];
}

function childSpec(child: ElementNode, element: ElementDefinition, around: Around): ChildSpec | undefined {
  const { min = 0, max = '*' } = child.element;
  const most = max === '*' ? Number.POSITIVE_INFINITY : Number(max);
  const allowed =
    child.element.type === undefined || !element.isChoice
      ? undefined
      : new Set(child.element.type.map(({ code }) => code));
  const narrowed = allowed !== undefined && element.types.some(({ type }) => !allowed.has(type));
  const spec: ChildSpec = {
    name: element.name,
    isChoice: element.isChoice,
    isList: element.isList,
    keys: choiceKeys(element.name, element.isChoice ? element.types.map(({ type }) => type) : []),
    allowed: narrowed ? allowed : undefined,
    min: min > element.min ? min : 0,
    max: most < (element.isList ? Number.POSITIVE_INFINITY : 1) ? most : Number.POSITIVE_INFINITY,
    check: nodeCheck(child, baseOf(child.element, element), around),
    slicing: slicingOf(child, element, around),
    profile: around.profile,
  };
  const silent = spec.min === 0 && spec.max === Number.POSITIVE_INFINITY && spec.allowed === undefined;
  return silent && spec.check === undefined && spec.slicing === undefined ? undefined : spec;
}

/** Where the children of an element are described: with its one type, or nowhere when it may be of several. */
function baseOf({ type, contentReference }: ElementJson, element: ElementDefinition): Base {
  if (contentReference !== undefined) {
    return { type: contentReference.slice(contentReference.indexOf('#') + 1).replace(/:[^.]*/g, ''), element };
  }
  const [first, ...others] = type ?? [];
  const own: TypeRef | undefined = element.types[0];
  if (first === undefined || others.length > 0)
    return { type: element.isChoice ? 'Element' : (own?.type ?? 'Element'), element };
  const isNested = first.code === 'BackboneElement' || first.code === 'Element';
  return { type: (isNested || first.code.includes('://') ? own?.type : first.code) ?? first.code, element };
}

function slicingOf(node: ElementNode, element: ElementDefinition, around: Around): Slicing | undefined {
  if (node.slices.length === 0) return undefined;
  const { slicing } = node.element;
  const implied = element.isChoice ? TYPE_THIS : element.types[0]?.type === 'Extension' ? URL_THIS : [];
  const discriminators = slicing?.discriminator ?? implied;
  const slices = node.slices.map((slice): Slice => {
    const { min = 0, max = '*' } = slice.element;
    return {
      name: slice.slice ?? '',
      min,
      max: max === '*' ? Number.POSITIVE_INFINITY : Number(max),
      matches: extensionMatch(slice, element) ?? matcherOf(slice, discriminators, around) ?? (() => false),
      check: nodeCheck(slice, baseOf(slice.element, element), around),
      slicing: slicingOf(slice, element, around),
    };
  });
  return { rules: slicing?.rules ?? 'open', ordered: slicing?.ordered ?? false, slices, profile: around.profile };
}

// An extension is known by its URL even where its definition is not loaded.
function extensionMatch(slice: ElementNode, element: ElementDefinition): Slice['matches'] | undefined {
  if (element.types[0]?.type !== 'Extension') return undefined;
  const url = slice.element.type?.[0]?.profile?.[0];
  if (url === undefined) return undefined;
  return ({ value }) => objectIn(value)?.['url'] === url;
}

/** A check of a whole value, for those who have no companion. */
export function asCheck(check: PartCheck | undefined): (value: Json, context: Context) => void {
  return (value, context) => {
    if (!isList(value)) check?.(value, context, undefined);
  };
}
