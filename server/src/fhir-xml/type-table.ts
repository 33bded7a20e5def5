// Types as XML needs them: the JSON properties of each in the order of its elements, and which of them XML writes as attributes.  (pure)
import { ancestry, elementsOf, isPrimitiveType, isResourceType } from '../fhir/definitions.ts';

export const FHIR = 'http://hl7.org/fhir';
export const XHTML = 'http://www.w3.org/1999/xhtml';
/** Elements within elements, in either direction; R4's own types need a tenth of it. */
export const DEPTH_MAX = 128;

export type Property = {
  /** As in JSON, and as the XML element is called: `valueQuantity`. */
  readonly name: string;
  /** `value` for `value[x]`: of these a holder has one. */
  readonly element: string;
  readonly type: string;
  readonly isList: boolean;
  readonly isPrimitive: boolean;
  /** `id` of what is no resource, and `url` of an extension (https://hl7.org/fhir/R4/xml.html). */
  readonly isAttribute: boolean;
  readonly rank: number;
};
/** In order. */
export type TypeTable = ReadonlyMap<string, Property>;

const known = new Map<string, TypeTable>();

/** Empty for a type that R4 does not have. */
export function tableOf(type: string): TypeTable {
  const made = known.get(type);
  if (made !== undefined) return made;
  const isResource = isResourceType(type);
  const table = new Map<string, Property>();
  elementsOf(type).forEach((element, rank) => {
    for (const { type: of } of element.types) {
      const name = element.isChoice ? `${element.name}${of.charAt(0).toUpperCase()}${of.slice(1)}` : element.name;
      const isAttribute = !isResource && (name === 'id' || (name === 'url' && isExtension(type)));
      const shape = { isList: element.isList, isPrimitive: isPrimitiveType(of), isAttribute };
      table.set(name, { name, element: element.name, type: of, rank, ...shape });
    }
  });
  known.set(type, table);
  return table;
}

function isExtension(type: string): boolean {
  return type === 'Extension' || ancestry(type).includes('Extension');
}
