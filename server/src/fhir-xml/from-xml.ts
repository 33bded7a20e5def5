// FHIR XML as FHIR JSON (https://hl7.org/fhir/R4/xml.html). Reads strictly what the definitions have, in their order; fetches and
// expands nothing.                                                                                                             (pure)
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { Refused } from '../base/errors.ts';
import { isResourceType } from '../fhir/definitions.ts';
import { byteOffsets, lineAndColumn } from '../fhir/json-text.ts';
import type { Issue } from '../validation/types.ts';
import { type Frame, frameOf, type Item, jsonOf, objectOf } from './frame.ts';
import { closeTag, divOf, type NarrativeReader, narrativeFrom, openTag, textIn } from './narrative-reader.ts';
import { DEPTH_MAX, FHIR, type Property, tableOf, XHTML } from './type-table.ts';

/** JSON text, or what is wrong with the XML: one issue, with line and column in its sentence and the bytes as its span. */
export type XmlRead =
  | { readonly json: string; readonly issues: readonly [] }
  | { readonly json: undefined; readonly issues: readonly [Issue] };

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const XMLNS = 'http://www.w3.org/2000/xmlns/';
/** `issue-type` of each reason. */
const ISSUE_TYPES: { readonly [reason: string]: string } = {
  'xml-value': 'value',
  'xml-empty': 'value',
  'xml-depth': 'too-costly',
  'xml-doctype': 'security',
};

type Reading = {
  /** Without a byte order mark, which took so many bytes. */
  readonly text: string;
  readonly markBytes: number;
  readonly parser: SaxesParser<{ xmlns: true }>;
  readonly frames: Frame[];
  narrative: NarrativeReader | undefined;
  /** String index of the tag being read. */
  start: number;
  json: string | undefined;
};
class Wrong extends Error {
  readonly reason: string;
  readonly index: number;
  constructor(reason: string, message: string, index: number) {
    super(message);
    this.reason = reason;
    this.index = index;
  }
}

/** Reads one resource. Comments and processing instructions outside the narrative are ignored; document types are refused. */
export function fromXml(xml: string): XmlRead {
  const text = xml.startsWith('\ufeff') ? xml.slice(1) : xml;
  const reading: Reading = {
    text,
    markBytes: text === xml ? 0 : 3,
    parser: new SaxesParser({ xmlns: true }),
    frames: [],
    narrative: undefined,
    start: 0,
    json: undefined,
  };
  try {
    listen(reading);
    reading.parser.write(text).close();
    if (reading.json === undefined) throw new Wrong('xml-syntax', 'There is no resource in the text', 0);
    return { json: reading.json, issues: [] };
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    return { json: undefined, issues: [issueOf(error, reading)] };
  }
}

/** As `fromXml`, for those who answer a refusal anyway: throws Refused with the FHIRPath as `where`. */
export function jsonFromXml(xml: string): string {
  const { json, issues } = fromXml(xml);
  if (json !== undefined) return json;
  throw new Refused(issues[0].reason, issues[0].message, issues[0].expression);
}

function issueOf({ reason, message, index }: Wrong, { text, markBytes, frames }: Reading): Issue {
  const { line, column } = lineAndColumn(text, index);
  const start = byteOffsets(text, markBytes)(index);
  return {
    severity: 'error',
    code: ISSUE_TYPES[reason] ?? 'structure',
    reason,
    message: `${message} (line ${line}, column ${column}).`,
    expression: pathOf(frames),
    span: { start, end: start },
  };
}

function pathOf(frames: readonly Frame[]): string | undefined {
  const [root] = frames;
  if (root === undefined) return undefined;
  const steps = frames.flatMap(({ property }, depth) => {
    if (property === undefined) return [];
    const place = frames[depth - 1]?.items.get(property)?.length ?? 0;
    return [property.isList ? `${property.name}[${place}]` : property.name];
  });
  return [root.type, ...steps].join('.');
}

function listen(reading: Reading): void {
  const { parser, text } = reading;
  // The parser's own words may hold what it read after a colon.
  parser.on('error', ({ message }) => {
    const why = message
      .replace(/^\d+:\d+: /, '')
      .replace(/:.*$/s, '')
      .replace(/\.$/, '');
    throw new Wrong('xml-syntax', `The text is not well-formed XML from here on: ${why}`, parser.position);
  });
  parser.on('doctype', () => {
    const start = text.lastIndexOf('<!DOCTYPE', parser.position);
    throw new Wrong(
      'xml-doctype',
      'Document types are refused, for their entities could fetch or fill the memory. Remove the DOCTYPE',
      start,
    );
  });
  parser.on('processinginstruction', () => {
    if (reading.narrative !== undefined)
      throw wrong(reading, 'xml-narrative', 'A narrative has no processing instructions. Remove it');
  });
  parser.on('opentagstart', () => {
    reading.start = text.lastIndexOf('<', parser.position - 1);
  });
  parser.on('opentag', (tag) => opened(reading, tag));
  parser.on('closetag', (tag) => closed(reading, tag));
  parser.on('text', (content) => characters(reading, content));
  parser.on('cdata', (content) => characters(reading, content));
}

function wrong({ start }: Reading, reason: string, message: string): Wrong {
  return new Wrong(reason, message, start);
}

function characters(reading: Reading, content: string): void {
  if (reading.narrative !== undefined) textIn(reading.narrative, content);
  else if (/[^ \t\r\n]/.test(content)) {
    throw new Wrong(
      'xml-text',
      'Text stands between elements. A value goes into the attribute "value"',
      reading.parser.position,
    );
  }
}

function opened(reading: Reading, tag: SaxesTagNS): void {
  if (reading.narrative !== undefined) {
    if (openTag(reading.narrative, tag)) return;
    throw wrong(
      reading,
      'xml-narrative',
      'A narrative holds XHTML only. Remove the element, or give it the namespace of XHTML',
    );
  }
  if (reading.frames.length >= DEPTH_MAX) throw wrong(reading, 'xml-depth', `Elements nest at most ${DEPTH_MAX} deep`);
  const holder = reading.frames.at(-1);
  if (holder === undefined || holder.property?.type === 'Resource') openedResource(reading, tag, holder);
  else openedElement(reading, tag, holder);
}

function openedResource(reading: Reading, tag: SaxesTagNS, holder: Frame | undefined): void {
  if (tag.uri !== FHIR) throw wrong(reading, 'xml-namespace', `A resource has the namespace ${FHIR}. Declare it`);
  if (!isResourceType(tag.local)) throw wrong(reading, 'xml-resource-unknown', 'R4 has no such resource type');
  if (holder?.resource !== undefined) throw wrong(reading, 'xml-repeated', 'One resource stands here, not several');
  const frame = frameOf(undefined, tag.local, { table: tableOf(tag.local), start: reading.start });
  takeAttributes(reading, tag, frame);
  reading.frames.push(frame);
}

function openedElement(reading: Reading, tag: SaxesTagNS, holder: Frame): void {
  const property = holder.table.get(tag.local);
  if (property === undefined || property.isAttribute || isValueOfPrimitive(holder, property)) {
    throw wrong(
      reading,
      'xml-element-unknown',
      `R4 defines no such element in ${holder.type}. Correct its name, or put it in an extension`,
    );
  }
  const namespace = property.type === 'xhtml' ? XHTML : FHIR;
  if (tag.uri !== namespace)
    throw wrong(reading, 'xml-namespace', `The element ${property.name} has the namespace ${namespace}. Declare it`);
  inOrder(reading, property, holder);
  if (property.type === 'xhtml') {
    reading.narrative = narrativeFrom(reading.start);
    openTag(reading.narrative, tag);
    return;
  }
  const frame = frameOf(property, property.type, { table: tableOf(property.type), start: reading.start });
  takeAttributes(reading, tag, frame);
  reading.frames.push(frame);
}

function isValueOfPrimitive({ property: of }: Frame, property: Property): boolean {
  return of?.isPrimitive === true && property.name === 'value';
}

function inOrder(reading: Reading, property: Property, holder: Frame): void {
  const last = holder.last;
  holder.last = property;
  if (last === undefined || property.rank > last.rank) return;
  if (property.rank < last.rank) {
    throw wrong(
      reading,
      'xml-order',
      `The element ${property.name} comes before ${last.name} in ${holder.type}. Put it there`,
    );
  }
  if (property !== last)
    throw wrong(reading, 'xml-repeated', `The element ${property.element} has one type, not several. Give one`);
  if (!property.isList)
    throw wrong(
      reading,
      'xml-repeated',
      `The element ${property.name} of ${holder.type} does not repeat. Give it once`,
    );
}

function takeAttributes(reading: Reading, tag: SaxesTagNS, frame: Frame): void {
  for (const { uri, local, value, prefix } of Object.values(tag.attributes)) {
    if (uri === XMLNS || prefix === 'xmlns' || uri === XSI) continue;
    if (uri === '' && value === '') throw wrong(reading, 'xml-empty', 'An attribute is empty. Leave it out');
    const property = frame.table.get(local);
    if (uri === '' && local === 'value' && frame.property?.isPrimitive === true)
      frame.value = primitiveOf(reading, frame, value);
    else if (uri === '' && property?.isAttribute === true) frame.items.set(property, [{ value, companion: undefined }]);
    else throw wrong(reading, 'xml-attribute-unknown', `R4 defines no such attribute for ${frame.type}. Remove it`);
  }
}

function primitiveOf(reading: Reading, { type }: Frame, text: string): Item['value'] {
  const value = jsonOf(type, text);
  if (value === undefined) throw wrong(reading, 'xml-value', `The value is no ${type}. Write it as R4 defines`);
  return value;
}

function closed(reading: Reading, tag: SaxesTagNS): void {
  const { narrative, frames } = reading;
  if (narrative !== undefined) {
    if (closeTag(narrative, tag)) closedNarrative(reading, narrative);
    return;
  }
  const frame = frames.pop();
  const holder = frames.at(-1);
  if (frame === undefined) return;
  if (frame.property === undefined) closedResource(reading, frame, holder);
  else if (holder !== undefined) add(holder, frame.property, itemOf(frame, frame.property));
}

function closedNarrative(reading: Reading, narrative: NarrativeReader): void {
  const holder = reading.frames.at(-1);
  const property = holder?.last;
  reading.narrative = undefined;
  if (holder === undefined || property === undefined) return;
  const source = reading.text.slice(narrative.start, reading.parser.position);
  add(holder, property, { value: divOf(narrative, source), companion: undefined });
}

function closedResource(reading: Reading, frame: Frame, holder: Frame | undefined): void {
  const resource = { resourceType: frame.type, ...objectOf(frame) };
  if (holder === undefined) reading.json = JSON.stringify(resource);
  else holder.resource = resource;
}

function itemOf(frame: Frame, property: Property): Item {
  const { isPrimitive, type } = property;
  const isEmpty = frame.items.size === 0;
  const nothing = type === 'Resource' ? frame.resource === undefined : isEmpty && frame.value === undefined;
  if (nothing) {
    const message = `The element ${property.name} is empty. Give it content, or leave it out`;
    throw new Wrong('xml-empty', message, frame.start);
  }
  if (type === 'Resource') return { value: frame.resource, companion: undefined };
  if (!isPrimitive) return { value: objectOf(frame), companion: undefined };
  return { value: frame.value, companion: isEmpty ? undefined : objectOf(frame) };
}

function add(holder: Frame, property: Property, item: Item): void {
  const items = holder.items.get(property);
  if (items === undefined) holder.items.set(property, [item]);
  else items.push(item);
}
