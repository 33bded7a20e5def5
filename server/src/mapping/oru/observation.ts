// One OBX, or the OBXs that continue its text, to one Observation.
import { decimal } from '../../base/json.ts';
import type { Segment } from '../../hl7v2/types.ts';
import { type Context, emit, ignore, report } from '../context.ts';
import {
  type Binding,
  collect,
  decimalText,
  list,
  partOf,
  readConcept,
  readEntityIdentifier,
  readInstant,
  readPeriodOf,
  readTime,
  readUnit,
  some,
  tableSystem,
  VALUE_ELEMENTS,
  type Value,
} from '../datatypes/index.ts';
import { leaf, type Node } from '../sourced.ts';
import { clear, type Draft, draft, set } from '../statement.ts';
import { fieldUnit, isNullField, repetitionsOf } from '../unit.ts';
import { fieldPart, type Numbers, subId, whereIs } from './keys.ts';
import { readNotes } from './notes.ts';
import { codedOrganisationsOf, organisationsOf, staffOf } from './people.ts';
import { type ResultRule, resultRule } from './status.ts';
import { rangeNodes, readReferenceRange, readValue, valueType } from './value.ts';

/** Where a result stands: whose it is, and what it belongs to. */
export type Place = {
  readonly patientKey: string;
  readonly numbers: Numbers;
  readonly obr: Segment | undefined;
  readonly requestKey: string | undefined;
  readonly specimenKey: string | undefined;
};
/** The OBXs of one observation in order, and the notes that follow them. */
export type ResultRun = {
  readonly segments: readonly Segment[];
  readonly notes: readonly Segment[];
  readonly key: string;
};

const EXTENSION = 'http://hl7.org/fhir/StructureDefinition';
/** A code that must be there, and that the sender did not give. */
export const UNKNOWN_CODE = { extension: [{ url: `${EXTENSION}/data-absent-reason`, valueCode: 'unknown' }] };
/** Marks a result that was taken back as wrong; truth and the notices to readers look for it. */
export const WITHDRAWN_MARK = { url: 'urn:vouch:extension:withdrawal', valueCode: 'wrong-patient' };
const INTERPRETATION: Binding = {
  table: '0078',
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation',
  codes: new Set(
    'A AA B CAR D DET E EX EXP H HH HU I IE IND L LL LU N NCL ND NEG NR NS POS R RR S SDD SYN-R SYN-S U UNE W WR < >'.split(
      ' ',
    ),
  ),
};

/** Emits the Observation; returns the status it was given. */
export function emitObservation(context: Context, run: ResultRun, place: Place): string {
  const [obx] = run.segments;
  if (obx === undefined) return 'unknown';
  const rule = resultRule(fieldPart(obx, 11).text);
  remarkOn(context, obx, rule);
  const observation = draft('Observation', run.key, place.patientKey);
  set(observation, 'status', leaf(rule.status, ...run.segments.map((one) => fieldUnit(one, 11))));
  set(observation, 'extension', some(readExtensions(context, obx, rule)));
  set(observation, 'code', readCode(context, obx));
  set(observation, 'subject', { reference: `key:Patient|${place.patientKey}` });
  if (rule.says === 'all') {
    setContext(context, observation, { obx, place });
    setValue(context, observation, { run, rule });
    setDetails(context, observation, { obx, run });
    dropCompanions(observation);
  }
  emit(context, observation);
  setAside(context, run, rule);
  return rule.status;
}

function remarkOn(context: Context, obx: Segment, rule: ResultRule): void {
  if (rule.remark === undefined) return;
  report(context, { ...rule.remark, code: 'business-rule', ...whereIs(obx, 11) });
}

function readExtensions(context: Context, obx: Segment, rule: ResultRule): readonly Node[] {
  const withdrawn = rule.remark?.reason === 'wrong-patient-withdrawal' ? WITHDRAWN_MARK : undefined;
  if (rule.says === 'status') return list(subExtension(obx));
  const nature = collect(repetitionsOf(obx, 10), (at) => readConcept(context.source, partOf(at), tableSystem('0080')));
  const analysed = readTime(context, fieldPart(obx, 19));
  return list(
    withdrawn,
    subExtension(obx),
    ...nature.map((concept) => ({
      url: `${EXTENSION}/observation-nature-of-abnormal-test`,
      valueCodeableConcept: concept,
    })),
    analysed?.value === undefined
      ? undefined
      : { url: `${EXTENSION}/observation-analysis-date-time`, valueDateTime: analysed },
  );
}

function subExtension(obx: Segment | undefined): Node | undefined {
  const part = fieldPart(obx, 4);
  const text = subId(part);
  if (text === '') return undefined;
  const value = leaf(text, ...part.units());
  return {
    url: `${EXTENSION}/observation-v2-subid`,
    extension: [{ url: 'original-sub-identifier', valueString: value }],
  };
}

/** A result without a code cannot be understood, yet its value is not thrown away. */
function readCode(context: Context, obx: Segment): Node {
  const code = readConcept(context.source, fieldPart(obx, 3));
  if (code !== undefined) return code;
  report(context, {
    severity: 'warning',
    code: 'required',
    reason: 'observation-code-missing',
    message: 'OBX-3 does not say what was observed. The value is kept under an unknown code.',
    expression: `OBX${obx.occurrence > 1 ? `[${obx.occurrence}]` : ''}-3`,
    span: obx.span,
  });
  return UNKNOWN_CODE;
}

function setContext(context: Context, into: Draft, { obx, place }: { obx: Segment; place: Place }): void {
  const identifier = readEntityIdentifier(context, fieldPart(obx, 21), 'FILL');
  set(into, 'identifier', identifier && [identifier]);
  if (place.requestKey !== undefined) set(into, 'basedOn', [{ reference: `key:ServiceRequest|${place.requestKey}` }]);
  const category = categoryOf(context, place.obr);
  set(into, 'category', category && [category]);
  const own = readTime(context, fieldPart(obx, 14));
  if (own?.value !== undefined) set(into, 'effectiveDateTime', own);
  else setEffective(context, into, place.obr);
  set(into, 'issued', readInstant(context, fieldPart(place.obr, 22)));
  if (place.specimenKey !== undefined) set(into, 'specimen', { reference: `key:Specimen|${place.specimenKey}` });
  const performers = [
    ...staffOf(context, obx, 16),
    ...codedOrganisationsOf(context, obx, 15),
    ...organisationsOf(context, obx, 23),
  ];
  set(into, 'performer', some(performers));
}

/** OBR-7, and OBR-8 where the observation took a while. */
export function setEffective(context: Context, into: Draft, obr: Segment | undefined): void {
  const [start, end] = [fieldPart(obr, 7), fieldPart(obr, 8)];
  if (end.text === '' || end.text === start.text) set(into, 'effectiveDateTime', readTime(context, start));
  else set(into, 'effectivePeriod', readPeriodOf(context, start, end));
}

const LABORATORY = new Set([
  'BG',
  'BLB',
  'CG',
  'CH',
  'CP',
  'GE',
  'HM',
  'IMM',
  'LAB',
  'MB',
  'MCB',
  'MYC',
  'OSL',
  'SP',
  'SR',
  'TX',
  'VR',
]);
const IMAGING = new Set(['AU', 'CT', 'CUS', 'NMR', 'NMS', 'OUS', 'RAD', 'RUS', 'RX', 'VUS', 'XRC']);

/** What kind of observation it is, by the section that reports it (OBR-24), or by what the source is. */
function categoryOf(context: Context, obr: Segment | undefined): Node | undefined {
  const section = fieldPart(obr, 24).text.toUpperCase();
  const unit = fieldUnit(obr, 24);
  const system = 'http://terminology.hl7.org/CodeSystem/observation-category';
  if (LABORATORY.has(section)) return { coding: [{ system, code: leaf('laboratory', unit) }] };
  if (IMAGING.has(section)) return { coding: [{ system, code: leaf('imaging', unit) }] };
  return context.source.kind === 'lab' ? { coding: [{ system, code: 'laboratory' }] } : undefined;
}

type Valued = { readonly run: ResultRun; readonly rule: ResultRule };

/** A value takes the place of any said before, whatever its type; a code that says "none" clears it, and silence leaves it alone. */
function setValue(context: Context, into: Draft, { run, rule }: Valued): void {
  const { first, further } = readValue(context, run.segments);
  const [obx] = run.segments;
  if (first !== undefined) {
    set(into, first.element, first.node);
    setFurther(context, into, { run, further });
    return;
  }
  const saidNull = isNullField(obx, 5) && fieldUnit(obx, 5);
  const absent = rule.absent ?? (saidNull ? 'unknown' : undefined);
  if (absent === undefined) return;
  clear(into, 'value[x]', saidNull || fieldUnit(obx, 11));
  const system = 'http://terminology.hl7.org/CodeSystem/data-absent-reason';
  set(into, 'dataAbsentReason', { coding: [{ system, code: leaf(absent, fieldUnit(obx, 11)) }] });
}

/** What was said of a value goes with it. */
const COMPANIONS = ['extension', 'dataAbsentReason', 'interpretation', 'note', 'referenceRange', 'component'];

/**
 * An OBX with a value takes the place of the whole result before it: the flag, the range and the comment of a potassium of 6.9 must
 * not stay beside the 4.4 that corrects it. An OBX without one (taken back, pending) leaves them where they are.
 */
function dropCompanions(into: Draft): void {
  const said = [...into.elements].some(([element, one]) => isValue(element) && one.action === 'set');
  if (!said && !into.elements.has('dataAbsentReason')) return;
  for (const element of COMPANIONS) if (!into.elements.has(element)) clear(into, element);
}

function isValue(element: string): boolean {
  return VALUE_ELEMENTS.some((one) => one === element);
}

/** FHIR has one value for an Observation; further repetitions of OBX-5 become components of the same code. */
function setFurther(
  context: Context,
  into: Draft,
  { run, further }: { run: ResultRun; further: readonly Value[] },
): void {
  const [obx] = run.segments;
  if (further.length === 0 || obx === undefined) return;
  const code = readConcept(context.source, fieldPart(obx, 3));
  set(
    into,
    'component',
    further.map((value) => ({ code, [value.element]: value.node })),
  );
  report(context, {
    severity: 'information',
    code: 'structure',
    reason: 'observation-value-repeats',
    message: 'OBX-5 holds more than one value; the first is the value, the others are components of the same code.',
    ...whereIs(obx, 5),
  });
}

function setDetails(context: Context, into: Draft, { obx, run }: { obx: Segment; run: ResultRun }): void {
  setInterpretation(context, into, obx);
  set(into, 'note', readNotes(context, run.notes));
  set(into, 'bodySite', readConcept(context.source, fieldPart(obx, 20)));
  const methods = repetitionsOf(obx, 17).map((at) => readConcept(context.source, partOf(at)));
  set(into, 'method', methods[0]);
  set(into, 'device', readDevice(context, obx));
  set(into, 'referenceRange', rangeNodes(readRange(context, obx)));
}

function setInterpretation(context: Context, into: Draft, obx: Segment): void {
  if (isNullField(obx, 8)) {
    clear(into, 'interpretation', fieldUnit(obx, 8));
    return;
  }
  const flags = collect(repetitionsOf(obx, 8), (at) => readConcept(context.source, partOf(at), INTERPRETATION));
  set(into, 'interpretation', some(flags));
}

function readDevice(context: Context, obx: Segment): Node | undefined {
  const identifier = readEntityIdentifier(context, fieldPart(obx, 18));
  return identifier === undefined ? undefined : { identifier };
}

function readRange(context: Context, obx: Segment): Node | undefined {
  const numeric = ['NM', 'SN'].includes(valueType(obx));
  const range = fieldPart(obx, 7);
  return readReferenceRange(range, (digits) => {
    const unit = numeric ? readUnit(context, fieldPart(obx, 6)) : undefined;
    return { value: leaf(decimal(decimalText(digits) ?? '0'), range.unit), ...unit };
  });
}

/** What OBX says about itself, and what continuing lines repeat. */
function setAside(context: Context, run: ResultRun, rule: ResultRule): void {
  const [, ...continuing] = run.segments;
  for (const obx of run.segments) {
    ignore(context, 'set-id', obx, { fields: [1] });
    ignore(context, 'value-type', obx, { fields: [2] });
    if (rule.says === 'status') ignore(context, 'status-only-result', obx);
  }
  for (const obx of continuing)
    ignore(context, 'continues-result', obx, { fields: [3, 4, 6, 7, 8, 14, 15, 16, 17, 18, 19, 23, 24, 25] });
  if (rule.says === 'status') for (const nte of run.notes) ignore(context, 'status-only-result', nte);
}
