// CE, CWE, CNE, CF, IS and ID to CodeableConcept; ST, TX and FT to text.
import { type Leaf, leaf, type Node, type NodeObject } from '../sourced.ts';
import { type Part, take } from './part.ts';
import { codeSystem, type Sender, tableSystem } from './systems.ts';

type Slots = {
  readonly code: number;
  readonly display: number;
  readonly system: number;
  readonly version: number;
  readonly oid: number;
};
/** Where CWE keeps its three codings; CE and CF have the first six components only. */
const CODINGS: readonly Slots[] = [
  { code: 1, display: 2, system: 3, version: 7, oid: 14 },
  { code: 4, display: 5, system: 6, version: 8, oid: 17 },
  { code: 10, display: 11, system: 12, version: 13, oid: 20 },
];
const ORIGINAL_TEXT = 9;

/** What a code of another system was, beside a FHIR code that cannot say it. */
export function alternateCode(system: string, part: Part): NodeObject {
  return {
    extension: [
      {
        url: 'http://hl7.org/fhir/StructureDefinition/alternate-codes',
        valueCodeableConcept: { coding: [{ system, code: leaf(part.text, part.unit) }] },
      },
    ],
  };
}

/** A field bound to an HL7 table most of whose codes FHIR keeps in a system of its own. */
export type Binding = { readonly table: string; readonly codes: ReadonlySet<string>; readonly system: string };

/** CE, CWE, CNE or CF. `bound` is the system of a first coding that names none, where the field is bound to one. */
export function readConcept(sender: Sender, part: Part, bound?: string | Binding): NodeObject | undefined {
  const coding = CODINGS.flatMap((slots, index): Node[] => {
    if (codeText(part.at(slots.code)) === undefined) return [];
    return [readCoding(sender, part, { ...slots, bound: index === 0 ? bound : undefined })];
  });
  const text = take(part.at(ORIGINAL_TEXT)) ?? uncodedText(part);
  if (coding.length === 0 && text === undefined) return undefined;
  return { coding: coding.length === 0 ? undefined : coding, text };
}

function readCoding(sender: Sender, part: Part, slots: Slots & { readonly bound: string | Binding | undefined }): Node {
  const [oid, name, code] = [part.at(slots.oid), part.at(slots.system), part.at(slots.code)];
  const system =
    boundSystem(slots.bound, name.text, code.text) ?? codeSystem(sender, oid.text) ?? codeSystem(sender, name.text);
  return {
    system: system === undefined ? undefined : leaf(system, oid.unit, name.unit),
    version: take(part.at(slots.version)),
    code: leaf(codeText(code), code.unit),
    display: take(part.at(slots.display)),
  };
}

function boundSystem(bound: string | Binding | undefined, name: string, code: string): string | undefined {
  if (bound === undefined || (name !== '' && typeof bound === 'string')) return undefined;
  if (typeof bound === 'string') return bound;
  if (name !== '' && name.toUpperCase() !== `HL7${bound.table}`) return undefined;
  return bound.codes.has(code) ? bound.system : tableSystem(bound.table);
}

// FHIR codes hold single spaces only; runs of them are the sender's padding.
function codeText(part: Part): string | undefined {
  return part.text === '' ? undefined : part.text.replaceAll(/\s+/g, ' ');
}

/** A text without a code is what the sender wrote, not the display of something. */
function uncodedText(part: Part): Leaf | undefined {
  const slots = CODINGS.find(({ code, display }) => part.at(code).text === '' && part.at(display).text !== '');
  return slots === undefined ? undefined : take(part.at(slots.display));
}

/** IS or ID of an HL7 table, such as `0001`, as a concept. */
export function readTableCode(part: Part, table: string): NodeObject | undefined {
  const code = codeText(part);
  if (code === undefined) return undefined;
  return { coding: [{ system: tableSystem(table), code: leaf(code, part.unit) }] };
}

/** ST, TX and FT: the whole part as text. Delimiters that a sender forgot to escape are put back, so no words are lost. */
export function readText(part: Part): Leaf | undefined {
  const units = part.units();
  const text = wholeText(part, '^').trimEnd();
  return text.trim() === '' ? undefined : leaf(text, ...units);
}

function wholeText(part: Part, delimiter: string): string {
  if (part.size <= 1)
    return part.size === 0 || part.at(1).size <= 1 ? (part.unit?.text ?? '') : wholeText(part.at(1), '&');
  const texts = Array.from({ length: part.size }, (_, index) => wholeText(part.at(index + 1), '&'));
  while (texts.at(-1) === '') texts.pop();
  return texts.join(delimiter);
}
