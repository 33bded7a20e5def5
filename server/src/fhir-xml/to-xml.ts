// FHIR JSON as FHIR XML (https://hl7.org/fhir/R4/xml.html): elements in the order of the definitions, values as they were written. (pure)
import { Refused } from '../base/errors.ts';
import { isObject, isRawJson, type Json, type JsonObject, parseFaithful } from '../base/json.ts';
import { isResourceType } from '../fhir/definitions.ts';
import { escapeAttribute, isXmlText } from './characters.ts';
import { narrativeXml } from './narrative.ts';
import { DEPTH_MAX, FHIR, type Property, tableOf } from './type-table.ts';

export type ToXmlOptions = {
  /** Indented, for people. The narrative stays as it is either way. */
  readonly pretty?: boolean;
};
type Writer = {
  /** What stands before each element. */
  readonly breakAt: (depth: number) => string;
  readonly holder: Writer | undefined;
  /** Of the element, or of the outermost resource; with its place in a list, else -1. */
  readonly name: string;
  readonly at: number;
  readonly depth: number;
};

/**
 * The resource as XML, from JSON text or from what `parseFaithful` made of it. What R4's definitions do not have cannot be written:
 * throws Refused with the FHIRPath as `where`: `xml-element-unknown`, `xml-shape`, `xml-character`, `xml-narrative`, `xml-depth`.
 */
export function toXml(resource: string | JsonObject, { pretty = false }: ToXmlOptions = {}): string {
  const value = typeof resource === 'string' ? parseFaithful(resource) : resource;
  const breakAt = pretty ? (depth: number) => `\n${'  '.repeat(depth)}` : () => '';
  const writer: Writer = { breakAt, holder: undefined, name: '', at: -1, depth: 0 };
  return `<?xml version="1.0" encoding="UTF-8"?>${pretty ? '' : '\n'}${resourceXml(value, writer, ` xmlns="${FHIR}"`)}${pretty ? '\n' : ''}`;
}

function refused(code: string, message: string, writer: Writer): Refused {
  return new Refused(code, message, pathOf(writer));
}

function pathOf({ holder, name, at }: Writer): string {
  const step = at === -1 ? name : `${name}[${at}]`;
  return holder === undefined ? step : `${pathOf(holder)}.${step}`;
}

function resourceXml(value: Json, writer: Writer, declaration = ''): string {
  const type = isObject(value) ? value['resourceType'] : undefined;
  if (!isObject(value) || typeof type !== 'string' || !isResourceType(type)) {
    throw refused('xml-shape', 'A resource is an object with a resourceType that R4 has.', writer);
  }
  const inside = writer.name === '' ? { ...writer, name: type } : writer;
  return `${writer.breakAt(writer.depth)}<${type}${declaration}${contentXml(value, type, inside)}${closing(value, type, writer)}`;
}

// A resource without elements has no line of its own for its end.
function closing(value: JsonObject, type: string, writer: Writer): string {
  return Object.keys(value).length > 1 ? `${writer.breakAt(writer.depth)}</${type}>` : `</${type}>`;
}

/** From the attributes to the last child, without the end tag. */
function contentXml(value: JsonObject, type: string, writer: Writer): string {
  if (writer.depth >= DEPTH_MAX) throw refused('xml-depth', `Elements nest at most ${DEPTH_MAX} deep.`, writer);
  let attributes = '';
  let children = '';
  for (const property of propertiesIn(value, type, writer)) {
    for (const [at, item] of itemsOf(value, property, writer).entries()) {
      if (property.isAttribute) attributes += attributeXml(property, item.value, writer);
      else children += elementXml(property, item, deeper(writer, property, at));
    }
  }
  return `${attributes}>${children}`;
}

/** What the object has, in the order of the definitions. */
function propertiesIn(value: JsonObject, type: string, writer: Writer): readonly Property[] {
  const table = tableOf(type);
  const found = new Set<Property>();
  for (const key of Object.keys(value)) {
    // ExampleScenario.instance has an element of that name too.
    if (key === 'resourceType' && isResourceType(type)) continue;
    const name = key.startsWith('_') ? key.slice(1) : key;
    const property = table.get(name);
    if (property === undefined || (key !== name && !property.isPrimitive)) {
      const message = `${type} has an element here that R4 does not define, so XML cannot hold it.`;
      throw refused('xml-element-unknown', message, writer);
    }
    found.add(property);
  }
  return [...found].sort((a, b) => a.rank - b.rank);
}

function deeper(writer: Writer, { name, isList }: Property, at: number): Writer {
  return { breakAt: writer.breakAt, holder: writer, name, at: isList ? at : -1, depth: writer.depth + 1 };
}

type Item = { readonly value: Json | undefined; readonly companion: Json | undefined };

function itemsOf(holder: JsonObject, { name, isList, isPrimitive }: Property, writer: Writer): readonly Item[] {
  const value = holder[name];
  const companion = isPrimitive ? holder[`_${name}`] : undefined;
  if (value === undefined && companion === undefined) return [];
  if (!isList) return [{ value, companion }];
  const values = listIn(value, name, writer);
  const companions = listIn(companion, name, writer);
  return Array.from({ length: Math.max(values.length, companions.length) }, (_, at) => ({
    value: values[at] ?? undefined,
    companion: companions[at] ?? undefined,
  }));
}

function listIn(value: Json | undefined, name: string, writer: Writer): readonly Json[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  throw refused('xml-shape', `The element ${name} repeats, so that its JSON is an array.`, writer);
}

function attributeXml({ name }: Property, value: Json | undefined, writer: Writer): string {
  return ` ${name}="${textXml(value, writer)}"`;
}

function textXml(value: Json | undefined, writer: Writer): string {
  if (typeof value === 'string') {
    if (value === '') throw refused('xml-shape', 'A value is empty here, which XML cannot hold.', writer);
    if (isXmlText(value)) return escapeAttribute(value);
    throw refused('xml-character', 'A value has a character here that XML cannot hold.', writer);
  }
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (isRawJson(value)) return value.rawJSON;
  throw refused('xml-shape', 'A string, number or boolean stands here in FHIR.', writer);
}

function elementXml(property: Property, item: Item, writer: Writer): string {
  const { name, type } = property;
  const before = writer.breakAt(writer.depth);
  if (type === 'xhtml') return `${before}${divXml(item.value, writer)}`;
  if (property.isPrimitive) return `${before}${primitiveXml(property, item, writer)}`;
  if (!isObject(item.value) || Object.keys(item.value).length === 0) {
    throw refused('xml-shape', 'An object that is not empty stands here in FHIR.', writer);
  }
  if (type === 'Resource') {
    const inner = resourceXml(item.value, { ...writer, depth: writer.depth + 1 });
    return `${before}<${name}>${inner}${before}</${name}>`;
  }
  return `${before}<${name}${finished(contentXml(item.value, type, writer), name, before)}`;
}

function finished(content: string, name: string, before: string): string {
  return content.endsWith('>') && content.indexOf('>') === content.length - 1
    ? `${content.slice(0, -1)}/>`
    : `${content}${before}</${name}>`;
}

function primitiveXml({ name, type }: Property, { value, companion }: Item, writer: Writer): string {
  const attribute = value === undefined ? '' : ` value="${textXml(value, writer)}"`;
  if (companion === undefined) {
    if (attribute === '') throw refused('xml-shape', 'Neither value nor extension stands here.', writer);
    return `<${name}${attribute}/>`;
  }
  // In the definitions a primitive type has an element `value`, which in JSON does not stand beside the value.
  if (!isObject(companion) || Object.hasOwn(companion, 'value')) {
    throw refused('xml-shape', 'An object with id or extension stands beside a primitive value.', writer);
  }
  const content = contentXml(companion, type, writer);
  const end = content.indexOf('>');
  // The id comes first, as in the schema.
  const whole = `${content.slice(0, end)}${attribute}${content.slice(end)}`;
  return `<${name}${finished(whole, name, writer.breakAt(writer.depth))}`;
}

function divXml(value: Json | undefined, writer: Writer): string {
  const xml = typeof value === 'string' ? narrativeXml(value) : undefined;
  if (xml !== undefined) return xml;
  throw refused('xml-narrative', 'The narrative is not one well-formed XHTML div, so XML cannot hold it.', writer);
}
