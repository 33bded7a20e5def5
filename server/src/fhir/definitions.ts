// The types of FHIR R4 as a table: which elements each has, how often, of which types, and which codes a required binding allows.
import table from './definitions.gen.json' with { type: 'json' };

/** A type an element may have: a data type, or a nested element by its path (`Patient.contact`). */
export type TypeRef = {
  readonly type: string;
  /** References only: resource types it may point at; undefined for any. */
  readonly targets: readonly string[] | undefined;
};
export type ElementDefinition = {
  /** Without `[x]`. */
  readonly name: string;
  readonly isChoice: boolean;
  readonly min: number;
  readonly isList: boolean;
  readonly types: readonly TypeRef[];
  /** Name of the value set of a required binding. */
  readonly codes: string | undefined;
};

const TYPES: { readonly [path: string]: string } = table.types;
const CODES: { readonly [valueSet: string]: { readonly [system: string]: string | undefined } } = table.codes;
const RESOURCES: ReadonlySet<string> = new Set(table.resources.split(' '));
const PRIMITIVES: ReadonlySet<string> = new Set(table.primitives.split(' '));

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
  const lineage: string[] = [];
  for (let at = path; at !== '' && at in TYPES; at = baseOf(at)) lineage.unshift(at);
  return lineage;
}

/** All elements of a type or nested element, those of its base types first. */
export function elementsOf(path: string): readonly ElementDefinition[] {
  return ancestry(path).flatMap((type) => (TYPES[type] ?? '').split('; ').slice(1).map(elementFrom));
}

/** Codes per system of a required binding; undefined when the value set cannot be listed (units, currencies, media types). */
export function codesOf(valueSet: string): ReadonlyMap<string, ReadonlySet<string>> | undefined {
  const codes = CODES[valueSet];
  if (codes === undefined) return undefined;
  return new Map(Object.entries(codes).map(([system, text]) => [system, new Set((text ?? '').split(' '))]));
}

function baseOf(path: string): string {
  return (TYPES[path] ?? '').split('; ', 1)[0] ?? '';
}

// `gender 0..1 code {administrative-gender}`
function elementFrom(text: string): ElementDefinition {
  const [name = '', range = '', types = '', codes] = text.split(' ');
  const isChoice = name.endsWith('[x]');
  return {
    name: isChoice ? name.slice(0, -3) : name,
    isChoice,
    min: Number(range[0]),
    isList: range.endsWith('*'),
    types: types.split('|').map(typeFrom),
    codes: codes?.slice(1, -1),
  };
}

function typeFrom(text: string): TypeRef {
  const open = text.indexOf('(');
  if (open === -1) return { type: text.startsWith('@') ? text.slice(1) : text, targets: undefined };
  return { type: text.slice(0, open), targets: text.slice(open + 1, -1).split(',') };
}
