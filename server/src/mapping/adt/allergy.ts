// AL1 to AllergyIntolerance. No AL1 means that nothing was said about allergies; "none known" is a statement of its own.
import type { Segment } from '../../hl7v2/types.ts';
import { type Context, emit, ignore, report } from '../context.ts';
import { readConcept, readText } from '../datatypes/concept.ts';
import { type Part, partOf, some } from '../datatypes/part.ts';
import { codeSystem, tableSystem } from '../datatypes/systems.ts';
import { readTime } from '../datatypes/time.ts';
import { noKnownAllergy, SNOMED } from '../no-known-allergy.ts';
import { leaf, type Node, type NodeObject } from '../sourced.ts';
import { draft, set } from '../statement.ts';
import { firstOf, repetitionsOf, segmentPosition, unitsOf } from '../unit.ts';

export function emitAllergy(context: Context, patientKey: string, al1: Segment): void {
  ignore(context, 'set-id', al1, { fields: [1] });
  const substance = partOf(firstOf(al1, 3));
  const code = readAllergyCode(context, substance);
  if (code === undefined) {
    withoutSubstance(context, al1);
    return;
  }
  const allergy = draft('AllergyIntolerance', allergyKey(context, patientKey, substance), patientKey);
  set(allergy, 'clinicalStatus', {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
  });
  const kind = partOf(firstOf(al1, 2));
  if (ALLERGY_KINDS.includes(kind.at(1).text.toUpperCase())) set(allergy, 'type', leaf('allergy', kind.at(1).unit));
  set(allergy, 'category', category(kind));
  set(allergy, 'criticality', criticality(partOf(firstOf(al1, 4))));
  set(allergy, 'code', code);
  set(allergy, 'patient', { reference: `key:Patient|${patientKey}` });
  set(allergy, 'onsetDateTime', readTime(context, partOf(firstOf(al1, 6))));
  set(allergy, 'reaction', reactions(al1));
  emit(context, allergy);
}

/** A text such as NKDA is given the code that says the same, so that it can meet what others say. */
function readAllergyCode(context: Context, part: Part): NodeObject | undefined {
  const read = readConcept(context.source, part);
  const none = noKnownAllergy(part.at(1).text) ?? noKnownAllergy(part.at(2).text);
  if (read === undefined || none === undefined) return read;
  const { code, display, sent } = none;
  if (sent === code) return read;
  const unit = noKnownAllergy(part.at(1).text) === undefined ? part.at(2).unit : part.at(1).unit;
  const before = Array.isArray(read['coding']) ? (read['coding'] as readonly Node[]) : [];
  return {
    ...read,
    coding: [{ system: SNOMED, code: leaf(code, unit), display }, ...before],
    text: read['text'] ?? leaf(sent, unit),
  };
}

/** What the patient is allergic to names the allergy: said again with another severity, it is still the same one. */
function allergyKey(context: Context, patientKey: string, part: Part): string {
  const [code, text, system] = [part.at(1).text, part.at(2).text, part.at(3).text];
  const what = code === '' ? text.toUpperCase() : `${codeSystem(context.source, system) ?? ''}|${code}`;
  return `${patientKey}|al1|${what}`;
}

const ALLERGY_KINDS = ['DA', 'FA', 'MA', 'EA', 'AA', 'PA', 'LA'];
const CATEGORY: { readonly [code: string]: string } = {
  DA: 'medication',
  FA: 'food',
  EA: 'environment',
  AA: 'biologic',
  PA: 'environment',
  LA: 'environment',
};

function category(part: Part): Node | undefined {
  const known = CATEGORY[part.at(1).text.toUpperCase()];
  return known === undefined ? undefined : [leaf(known, part.at(1).unit, part.at(2).unit, part.at(3).unit)];
}

/** Table 0128. "Moderate" says nothing about how dangerous the next exposure is; it is kept as severity of the reaction. */
const CRITICALITY: { readonly [code: string]: string } = { SV: 'high', MI: 'low', U: 'unable-to-assess' };
const SEVERITY: { readonly [code: string]: string } = { SV: 'severe', MO: 'moderate', MI: 'mild' };

function criticality(part: Part): Node | undefined {
  const known = CRITICALITY[part.at(1).text.toUpperCase()];
  return known === undefined ? undefined : leaf(known, part.at(1).unit, part.at(2).unit, part.at(3).unit);
}

function reactions(al1: Segment): Node | undefined {
  const severity = partOf(firstOf(al1, 4)).at(1);
  const known = SEVERITY[severity.text.toUpperCase()];
  const manifestation = repetitionsOf(al1, 5).flatMap((at): Node[] => {
    const text = readText(partOf(at));
    return text === undefined ? [] : [{ text: leaf(text.value, ...unitsOf(at)) }];
  });
  if (manifestation.length > 0)
    return [{ manifestation, severity: known === undefined ? undefined : leaf(known, severity.unit) }];
  if (known === undefined || CRITICALITY[severity.text.toUpperCase()] !== undefined) return undefined;
  // FHIR asks for a manifestation beside a severity; which one is not known.
  const unknown = {
    coding: [{ system: tableSystem('0128'), code: leaf(severity.text, severity.unit) }],
    text: 'Not stated',
  };
  return some([{ manifestation: [unknown], severity: leaf(known, severity.unit) }]);
}

function withoutSubstance(context: Context, al1: Segment): void {
  report(context, {
    severity: 'warning',
    code: 'required',
    reason: 'allergy-without-substance',
    message:
      'AL1-3 says neither a code nor a text, so it is not known what the patient is allergic to. Nothing was recorded; ask the sender.',
    expression: `${segmentPosition(al1)}-3`,
    span: al1.span,
  });
}
