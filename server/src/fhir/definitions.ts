// The types of FHIR R4 as tables: which elements each has, how often, of which types, bound to which value set.               (pure)
import { baseLibrary, STRUCTURE_BASE } from './library.ts';
import r4 from './r4.gen.json' with { type: 'json' };
import type { Binding, Constraint, ElementJson, ElementType } from './structures.ts';

/** A type an element may have: a data type, or a nested element by its path (`Patient.contact`). */
export type TypeRef = {
  readonly type: string;
  /** References only: resource types it may point at; undefined for any. */
  readonly targets: readonly string[] | undefined;
  /** Profile that the value conforms to, such as SimpleQuantity. */
  readonly profile?: string;
};
export type ElementDefinition = {
  /** Without `[x]`. */
  readonly name: string;
  readonly isChoice: boolean;
  readonly min: number;
  readonly isList: boolean;
  readonly types: readonly TypeRef[];
  readonly binding: Binding | undefined;
  /** Those of the element itself; what its type demands stands with the type. */
  readonly constraints: readonly Constraint[];
  readonly isSummary: boolean;
  readonly isModifier: boolean;
};

const RESOURCES: ReadonlySet<string> = new Set(r4.resources.split(' '));
const PRIMITIVES: ReadonlySet<string> = new Set([...r4.primitives.split(' '), 'xhtml']);
const FHIR_TYPE = 'http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type';
const nested = new Map<string, readonly ElementDefinition[]>();

export const RESOURCE_TYPES: readonly string[] = [...RESOURCES];

/** A concrete resource type of R4, such as `Patient`; not `Resource` or `DomainResource`. */
export function isResourceType(name: string): boolean {
  return RESOURCES.has(name);
}

export function isPrimitiveType(name: string): boolean {
  return PRIMITIVES.has(name);
}

/** Base type first: `['Resource', 'DomainResource', 'Patient']`. Empty for an unknown type. */
export function ancestry(path: string): readonly string[] {
  if (path.includes('.')) return nestedElement(path) === undefined ? [] : [...ancestry(baseOfNested(path)), path];
  const lineage: string[] = [];
  for (let at = structureOf(path); at !== undefined; at = baseLibrary().structure(at.baseDefinition ?? '')) {
    lineage.unshift(at.type);
  }
  return lineage;
}

/** All elements of a type or nested element, those of its base types first. */
export function elementsOf(path: string): readonly ElementDefinition[] {
  const known = nested.get(path);
  if (known !== undefined) return known;
  const children = (snapshotOf(path) ?? []).filter((one) => isChild(one.path, path)).map(elementFrom);
  nested.set(path, children);
  return children;
}

/** The constraints of a type or nested element itself. */
export function constraintsOf(path: string): readonly Constraint[] {
  return nestedElement(path)?.constraint ?? [];
}

function structureOf(type: string) {
  return baseLibrary().structure(STRUCTURE_BASE + type);
}

function snapshotOf(path: string): readonly ElementJson[] | undefined {
  return structureOf(path.split('.', 1)[0] ?? path)?.snapshot?.element;
}

function nestedElement(path: string): ElementJson | undefined {
  return snapshotOf(path)?.find((one) => one.path === path);
}

function baseOfNested(path: string): string {
  return nestedElement(path)?.type?.[0]?.code ?? 'BackboneElement';
}

function isChild(path: string, parent: string): boolean {
  return path.startsWith(`${parent}.`) && !path.includes('.', parent.length + 1);
}

function elementFrom(element: ElementJson): ElementDefinition {
  const name = element.path.slice(element.path.lastIndexOf('.') + 1);
  const isChoice = name.endsWith('[x]');
  const content = element.contentReference;
  return {
    name: isChoice ? name.slice(0, -3) : name,
    isChoice,
    min: element.min ?? 0,
    isList: element.max !== '1' && element.max !== '0',
    types:
      content === undefined
        ? (element.type ?? []).map((type) => typeFrom(type, element.path))
        : [{ type: content.slice(content.indexOf('#') + 1), targets: undefined }],
    binding: element.binding,
    constraints: element.constraint ?? [],
    isSummary: element.isSummary ?? false,
    isModifier: element.isModifier ?? false,
  };
}

function typeFrom(type: ElementType, path: string): TypeRef {
  if (type.code === 'BackboneElement' || type.code === 'Element') return { type: path, targets: undefined };
  const code = typeCode(type, path);
  const targets = (type.targetProfile ?? []).map((profile) => profile.slice(STRUCTURE_BASE.length));
  const profile = type.profile?.[0];
  return {
    type: code,
    targets: code !== 'Reference' || targets.length === 0 || targets.includes('Resource') ? undefined : targets.sort(),
    ...(profile === undefined ? {} : { profile }),
  };
}

/** The FHIR type behind a System type of an `id` or `url`. */
export function typeCode(type: ElementType, path: string): string {
  // The published Resource.id says string; the text of the specification and every server say id.
  if (/^[A-Z]\w*\.id$/.test(path) && isResourcePath(path)) return 'id';
  if (!type.code.startsWith('http://hl7.org/fhirpath/')) return type.code;
  return type.extension?.find((one) => one.url === FHIR_TYPE)?.valueUrl ?? 'string';
}

function isResourcePath(path: string): boolean {
  const type = path.slice(0, path.indexOf('.'));
  return RESOURCES.has(type) || type === 'Resource' || type === 'DomainResource';
}
