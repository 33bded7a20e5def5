// What PID says of a patient that FHIR keeps in extensions. Each is an entry of its own: a message that has one leaves the others.
import type { Segment } from '../../hl7v2/types.ts';
import { type Context, report } from '../context.ts';
import { readText } from '../datatypes/concept.ts';
import { type Part, partOf } from '../datatypes/part.ts';
import { leaf, type Node } from '../sourced.ts';
import { clearTypes, type Draft, set } from '../statement.ts';
import { fieldUnit, firstOf, isNullField, type Unit, valueAt } from '../unit.ts';
import { absent } from './absent.ts';
import { readEthnicCategory, siteConcept } from './codes.ts';

export const PSEUDO_PERSON = 'https://vouch.dev/fhir/StructureDefinition/pseudo-person';
const HL7 = 'http://hl7.org/fhir/StructureDefinition';
const UK_CORE = 'https://fhir.hl7.org.uk/StructureDefinition';

type Rule = {
  readonly field: number;
  readonly url: string;
  /** What stands beside `url`: the value, or inner extensions. Undefined where the field says nothing usable. */
  readonly content: (context: Context, part: Part) => { readonly [key: string]: Node } | undefined;
};

const RULES: readonly Rule[] = [
  { field: 6, url: `${HL7}/patient-mothersMaidenName`, content: (_context, part) => string(part.at(1)) },
  {
    field: 17,
    url: `${HL7}/patient-religion`,
    content: (context, part) => concept(siteConcept(context, part, 'religion')),
  },
  {
    field: 22,
    url: `${UK_CORE}/Extension-UKCore-EthnicCategory`,
    content: (context, part) => concept(readEthnicCategory(context, part)),
  },
  { field: 23, url: `${HL7}/patient-birthPlace`, content: (_context, part) => place(part) },
  {
    field: 26,
    url: `${HL7}/patient-citizenship`,
    content: (context, part) => inner(siteConcept(context, part, 'citizenship')),
  },
  {
    field: 28,
    url: `${HL7}/patient-nationality`,
    content: (context, part) => inner(siteConcept(context, part, 'nationality')),
  },
];

export function sayExtensions(context: Context, into: Draft, pid: Segment): void {
  const said = RULES.flatMap((rule) => {
    const content = rule.content(context, partOf(firstOf(pid, rule.field)));
    return content === undefined ? [] : [{ url: rule.url, ...content }];
  });
  const gone = RULES.filter(({ field }) => isNullField(pid, field)).map(({ field, url }) =>
    none(url, fieldUnit(pid, field)),
  );
  const pseudo = readPseudoPerson(context, pid);
  const entries = pseudo === undefined ? said : [...said, pseudo];
  if (entries.length > 0) set(into, 'extension', [...entries, ...gone], { partial: true });
  else if (gone.length > 0) clearTypes(into, 'extension', gone);
}

function none(url: string, unit: Unit | undefined): Node {
  return { url, ...absent(unit) };
}

function string(part: Part): { readonly [key: string]: Node } | undefined {
  return part.text === '' ? undefined : { valueString: leaf(part.text, part.unit) };
}

function concept(node: Node | undefined): { readonly [key: string]: Node } | undefined {
  return node === undefined ? undefined : { valueCodeableConcept: node };
}

function inner(node: Node | undefined): { readonly [key: string]: Node } | undefined {
  return node === undefined ? undefined : { extension: [{ url: 'code', valueCodeableConcept: node }] };
}

function place(part: Part): { readonly [key: string]: Node } | undefined {
  const text = readText(part);
  return text === undefined ? undefined : { valueAddress: { text } };
}

/** PID-31: Y is a stand-in for somebody not identified, matched by nothing but its id; N and `""` make it a person. */
function readPseudoPerson(context: Context, pid: Segment): Node | undefined {
  const unit = fieldUnit(pid, 31);
  if (unit === undefined) return undefined;
  if (unit.isNull) return { url: PSEUDO_PERSON, valueBoolean: false, _valueBoolean: absent(unit) };
  const said = valueAt(firstOf(pid, 31), 1)?.text.trim().toUpperCase();
  if (said === 'Y' || said === 'N') return { url: PSEUDO_PERSON, valueBoolean: leaf(said === 'Y', unit) };
  report(context, {
    severity: 'warning',
    code: 'code-invalid',
    reason: 'yes-no-code-unknown',
    message: 'PID-31 says whether the patient is a stand-in; it is neither Y nor N and was left out.',
    at: unit,
  });
  return undefined;
}
