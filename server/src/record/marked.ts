// Resources that are served otherwise than their source said them: ruled to be about somebody else, or resting on what was
// withdrawn. Everything else stays as it was written.                                                                        (pure)
import { type Edit, itemsAt, type Member, splice, topLevelMembers } from '../fhir/json-text.ts';

/** `restsOn`: names of what was withdrawn and is still relied on, such as `Observation/1`. */
export type Mark = { readonly withdrawn: boolean; readonly restsOn: readonly string[] };

/** The same mark as results that a laboratory takes back as another patient's have (mapping/oru). */
const WITHDRAWAL = 'urn:vouch:extension:withdrawal';
const RESTS_ON = 'urn:vouch:extension:rests-on-withdrawn';
const ERROR = 'entered-in-error';
const VERIFIED: { readonly [type: string]: string } = {
  AllergyIntolerance: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification',
  Condition: 'http://terminology.hl7.org/CodeSystem/condition-ver-status',
};
/** Types whose `status` has the code `entered-in-error`. */
const STATUS: ReadonlySet<string> = new Set(
  'Observation DiagnosticReport Consent MedicationRequest MedicationStatement MedicationAdministration MedicationDispense Immunization Flag Encounter Procedure ServiceRequest CarePlan CareTeam Goal Composition DocumentReference RiskAssessment ClinicalImpression DetectedIssue List FamilyMemberHistory Communication Device QuestionnaireResponse Media Specimen'.split(
    ' ',
  ),
);

/** JSON text of a resource, with the mark that it carries. */
export function markedText(type: string, text: string, mark: Mark): string {
  const members = topLevelMembers(text);
  const status = mark.withdrawn ? statusEdits(type, members) : [];
  return splice(text, [...status, ...extensionEdits(text, members, mark)]);
}

function statusEdits(type: string, members: readonly Member[]): readonly Edit[] {
  const system = VERIFIED[type];
  if (system !== undefined)
    return [
      put(members, 'verificationStatus', JSON.stringify({ coding: [{ system, code: ERROR }] })),
      // Neither profile lets what never was so be active (ait-2, con-5).
      ...without(members, 'clinicalStatus'),
    ];
  return STATUS.has(type) ? [put(members, 'status', `"${ERROR}"`)] : [];
}

function extensionEdits(text: string, members: readonly Member[], { withdrawn, restsOn }: Mark): readonly Edit[] {
  const made = [
    ...(withdrawn ? [{ url: WITHDRAWAL, valueCode: 'wrong-patient' }] : []),
    ...restsOn.map((reference) => ({ url: RESTS_ON, valueReference: { reference } })),
  ].map((one) => JSON.stringify(one));
  if (made.length === 0) return [];
  const known = members.find((member) => member.name === 'extension');
  if (known === undefined) return [put(members, 'extension', `[${made.join(',')}]`)];
  const last = itemsAt(text, known.valueStart).at(-1);
  const at = last?.end ?? known.valueStart + 1;
  return [{ start: at, end: at, text: `${last === undefined ? '' : ','}${made.join(',')}` }];
}

/** Sets a member, behind the type where there is none yet. */
function put(members: readonly Member[], name: string, value: string): Edit {
  const known = members.find((member) => member.name === name);
  if (known !== undefined) return { start: known.valueStart, end: known.valueEnd, text: value };
  const at = members.find((member) => member.name === 'resourceType')?.valueEnd ?? 0;
  return { start: at, end: at, text: `,"${name}":${value}` };
}

/** Takes a member out, with the comma before it, or after it where it is the first. */
function without(members: readonly Member[], name: string): readonly Edit[] {
  const place = members.findIndex((member) => member.name === name);
  const found = members[place];
  if (found === undefined) return [];
  const before = members[place - 1];
  if (before !== undefined) return [{ start: before.valueEnd, end: found.valueEnd, text: '' }];
  return [{ start: found.nameStart, end: members[place + 1]?.nameStart ?? found.valueEnd, text: '' }];
}

/** What a served text says that it rests on. */
export function restsOnIn(text: string): readonly string[] {
  const extension = topLevelMembers(text).find((member) => member.name === 'extension');
  if (extension === undefined) return [];
  return itemsAt(text, extension.valueStart).flatMap(({ start, end }) => {
    const one: unknown = JSON.parse(text.slice(start, end));
    if (typeof one !== 'object' || one === null || Reflect.get(one, 'url') !== RESTS_ON) return [];
    const reference: unknown = Reflect.get(one, 'valueReference');
    const name = typeof reference === 'object' && reference !== null ? Reflect.get(reference, 'reference') : undefined;
    return typeof name === 'string' ? [name] : [];
  });
}
