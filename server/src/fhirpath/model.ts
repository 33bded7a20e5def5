// The R4 type model as FHIRPath sees it: which children a type has, under which JSON properties, and which type is which.

import { ancestry, elementsOf, isPrimitiveType, isResourceType } from '../fhir/definitions.ts';
import { type Table, table } from './table.ts';
import { FhirPathError, type Position, type TypeName } from './types.ts';

/** One way a child may be written: a choice has several. `key` is the JSON property. */
export type Alternative = { readonly type: string; readonly key: string; readonly primitive: boolean };
export type Child = {
  readonly name: string;
  readonly isList: boolean;
  readonly alternatives: readonly Alternative[];
};

/** https://hl7.org/fhir/R4/datatypes.html: the primitives that specialise another one. */
const PRIMITIVE_BASES: Table<string> = table({
  code: 'string',
  id: 'string',
  markdown: 'string',
  url: 'uri',
  canonical: 'uri',
  uuid: 'uri',
  oid: 'uri',
  unsignedInt: 'integer',
  positiveInt: 'integer',
});
const SYSTEM_TYPES = new Set([
  'Boolean',
  'String',
  'Integer',
  'Decimal',
  'Date',
  'DateTime',
  'Time',
  'Quantity',
  'Any',
]);
/** FHIR primitives as the System types they convert to (https://hl7.org/fhir/R4/fhirpath.html#types). */
const SYSTEM_OF: Table<string> = table({
  boolean: 'System.Boolean',
  integer: 'System.Integer',
  unsignedInt: 'System.Integer',
  positiveInt: 'System.Integer',
  decimal: 'System.Decimal',
  date: 'System.Date',
  dateTime: 'System.DateTime',
  instant: 'System.DateTime',
  time: 'System.Time',
});

const PRIMITIVE_CHILDREN: readonly Child[] = [
  { name: 'id', isList: false, alternatives: [{ type: 'string', key: 'id', primitive: true }] },
  { name: 'extension', isList: true, alternatives: [{ type: 'Extension', key: 'extension', primitive: false }] },
];

const childrenCache = new Map<string, ReadonlyMap<string, Child>>();
const keysCache = new Map<string, ReadonlyMap<string, readonly [Child, Alternative]>>();
const lineageCache = new Map<string, ReadonlySet<string>>();

/** The children of a type by name, in the order of the definition. Those of a primitive are found in its companion. */
export function childrenOf(type: string): ReadonlyMap<string, Child> {
  return cached(childrenCache, type, () => {
    if (isPrimitiveType(type)) return new Map(PRIMITIVE_CHILDREN.map((child) => [child.name, child]));
    return new Map(elementsOf(type).map((element) => [element.name, childFrom(element)]));
  });
}

function childFrom(element: ReturnType<typeof elementsOf>[number]): Child {
  return {
    name: element.name,
    isList: element.isList,
    alternatives: element.types.map(({ type }) => ({
      type,
      key: element.isChoice ? element.name + type.slice(0, 1).toUpperCase() + type.slice(1) : element.name,
      primitive: isPrimitiveType(type),
    })),
  };
}

/** The child and the alternative that a JSON property of a type stands for. */
export function childrenByKey(type: string): ReadonlyMap<string, readonly [Child, Alternative]> {
  return cached(
    keysCache,
    type,
    () =>
      new Map(
        [...childrenOf(type).values()].flatMap((child) =>
          child.alternatives.map((alternative) => [alternative.key, [child, alternative] as const] as const),
        ),
      ),
  );
}

function cached<T>(cache: Map<string, T>, key: string, make: () => T): T {
  let value = cache.get(key);
  if (value === undefined) {
    value = make();
    cache.set(key, value);
  }
  return value;
}

export function isPrimitive(type: string): boolean {
  return isPrimitiveType(type);
}

/** True for a type that only says "some resource": which one, its `resourceType` says. */
export function isAbstractResource(type: string): boolean {
  return type === 'Resource' || type === 'DomainResource';
}

/** The type itself and all its bases: `code` → code, string, Element. */
export function lineage(type: string): ReadonlySet<string> {
  return cached(lineageCache, type, () => {
    if (type.startsWith('System.')) return new Set([type, 'System.Any']);
    if (!isPrimitiveType(type)) return new Set(ancestry(type));
    const bases = [type];
    for (let base = PRIMITIVE_BASES[type]; base !== undefined; base = PRIMITIVE_BASES[base]) bases.push(base);
    return new Set([...bases, 'Element']);
  });
}

/** Whether an item of `type` is a `wanted`, or of a type derived from it. */
export function isA(type: string, wanted: string): boolean {
  return type === wanted || lineage(type).has(wanted);
}

export function isKnownType(type: string): boolean {
  return isPrimitiveType(type) || ancestry(type).length > 0;
}

/** The System type that a FHIR primitive, or a System type, behaves as in operators; undefined for complex types. */
export function systemTypeOf(type: string): string | undefined {
  if (type.startsWith('System.')) return type;
  return SYSTEM_OF[type] ?? (isPrimitiveType(type) ? 'System.String' : undefined);
}

/**
 * The types that a name in `is`, `as` or `ofType` means: FHIR's first, then System's (N1, section 5.2).
 * `Quantity` means both, as a literal is one too.
 */
export function typesNamed(type: TypeName, at: Position): readonly string[] {
  const names: string[] = [];
  if (type.namespace !== 'System' && isKnownType(type.name)) names.push(type.name);
  const system = type.namespace === 'System' || (type.namespace === undefined && names.length === 0);
  // A System type that there is none of is no item's type, rather than a mistake.
  if (
    (system && (type.namespace === 'System' || SYSTEM_TYPES.has(type.name))) ||
    (type.namespace === undefined && type.name === 'Quantity')
  ) {
    names.push(`System.${type.name}`);
  }
  if (names.length === 0) throw new FhirPathError('semantic', `R4 has no type "${type.name}"`, at);
  return names;
}

/** Whether a name at the start of a path may be the type of the focus rather than an element. */
export function isTypeName(name: string): boolean {
  return isResourceType(name) || (/^[A-Z]/.test(name) && isKnownType(name));
}
