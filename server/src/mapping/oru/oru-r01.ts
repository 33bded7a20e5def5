// ORU^R01: results of one or more patients. Order of work on one screen; what each segment becomes is in the files beside it.
import type { Segment } from '../../hl7v2/types.ts';
import { type Context, ignore, mappedResult, refusedResult, report } from '../context.ts';
import { patientKeyOf } from '../patient/key.ts';
import { emitPatient } from '../patient/patient.ts';
import { emitProvenance, setAsideEnvelope } from '../provenance.ts';
import type { Node } from '../sourced.ts';
import type { MappingResult } from '../types.ts';
import { repetitionsOf } from '../unit.ts';
import { continuesDocument, emitDocument } from './documents.ts';
import { type OrderGroup, type PatientGroup, type ResultGroup, readGroups } from './groups.ts';
import { fieldPart, type Numbers, orderNumbers, requestKey, resultKey, strayNumbers, subId, whereIs } from './keys.ts';
import { emitObservation, type Place, type ResultRun } from './observation.ts';
import { compareWithFirst, emitReport, type ReportContent } from './report.ts';
import { emitRequest } from './request.ts';
import { type EmittedSpecimens, emitSpecimens } from './specimen.ts';
import { DOCUMENT_TYPES, isText, valueType } from './value.ts';

export function mapOruR01(context: Context): MappingResult {
  const groups = readGroups(context.message.segments);
  const keyed = groups.map((group) => ({ group, key: keyOf(context, group.pid) }));
  const nameless = keyed.find(({ key }) => key === undefined);
  if (groups.length === 0 || nameless !== undefined) {
    return refusedResult(context, {
      severity: 'error',
      code: 'required',
      reason: 'patient-identifier-missing',
      message:
        'No identifier in PID tells whose results these are. Ask the sender for PID-3 with its assigning authority.',
      expression: nameless === undefined ? 'PID' : 'PID-3',
      span: nameless?.group.pid.span,
    });
  }
  for (const { group, key } of keyed) if (key !== undefined) mapPatient(context, group, key);
  // A Provenance belongs to one patient; a message about several has none, so that no record shows whom else it spoke of.
  const keys = new Set(keyed.map(({ key }) => key));
  const [only] = keys;
  if (keys.size === 1 && only !== undefined) emitProvenance(context, only);
  setAsideEnvelope(context);
  return mappedResult(context);
}

function keyOf(context: Context, pid: Segment): string | undefined {
  const ids = repetitionsOf(pid, 3);
  const all = ids.length > 0 ? ids : [...repetitionsOf(pid, 2), ...repetitionsOf(pid, 4)];
  return patientKeyOf(context.source, all)?.key;
}

function mapPatient(context: Context, group: PatientGroup, patientKey: string): void {
  emitPatient(context, patientKey, group.pid, group.pd1);
  for (const visit of group.visits) ignore(context, 'visit-of-result', visit);
  const seen: Seen = new Map();
  const reports = new Map<string, ReportContent>();
  for (const order of group.orders) {
    const content = mapOrder(context, order, { patientKey, seen, patientNotes: group.notes });
    const before = reports.get(content.key);
    reports.set(content.key, before === undefined ? content : joined(before, content));
  }
  for (const content of reports.values()) emitReport(context, content);
  if (reports.size > 1) compareWithFirst(context, group.orders);
  mapStrays(context, group, { patientKey, seen });
}

function joined(a: ReportContent, b: ReportContent): ReportContent {
  return {
    ...a,
    orders: [...a.orders, ...b.orders],
    requestKeys: [...a.requestKeys, ...b.requestKeys],
    specimenKeys: [...a.specimenKeys, ...b.specimenKeys],
    resultKeys: [...a.resultKeys, ...b.resultKeys],
    forms: [...a.forms, ...b.forms],
    formsWithdrawn: a.formsWithdrawn || b.formsWithdrawn,
    resultStatuses: [...a.resultStatuses, ...b.resultStatuses],
    withdrawn: a.withdrawn && b.withdrawn,
  };
}

/** How often a result key has been met in this message. */
type Seen = Map<string, number>;
type OrderPlace = { readonly patientKey: string; readonly seen: Seen; readonly patientNotes: readonly Segment[] };

function mapOrder(context: Context, order: OrderGroup, place: OrderPlace): ReportContent {
  const { patientKey } = place;
  const numbers = orderNumbers(patientKey, order, context.header.controlId);
  if (numbers.fallback) reportFallback(context, order.obr);
  const specimens = emitSpecimens(context, order, { patientKey, numbers });
  const request = requestKey(patientKey, order, numbers);
  const { patientNotes } = place;
  emitRequest(context, order, { key: request, patientKey, specimenKeys: specimens.keys, patientNotes });
  const results = mapResults(context, order.results, { ...place, numbers, order, request, specimens });
  const codes = order.results.map(({ obx }) => fieldPart(obx, 11).text.toUpperCase());
  return {
    key: numbers.key,
    patientKey,
    orders: [order],
    requestKeys: [request],
    specimenKeys: specimens.keys,
    ...results,
    withdrawn: codes.length > 0 && codes.every((code) => code === 'W'),
  };
}

function reportFallback(context: Context, obr: Segment): void {
  report(context, {
    severity: 'warning',
    code: 'required',
    reason: 'filler-order-number-missing',
    message:
      'The order has no number (OBR-3, OBR-2), so a later correction cannot be recognised as one. Ask the sender for OBR-3.',
    ...whereIs(obr, 3),
  });
}

type ResultsPlace = OrderPlace & {
  readonly numbers: Numbers;
  readonly order: OrderGroup;
  readonly request: string;
  readonly specimens: EmittedSpecimens;
};
type Results = Pick<ReportContent, 'resultKeys' | 'forms' | 'formsWithdrawn' | 'resultStatuses'>;

function mapResults(context: Context, groups: readonly ResultGroup[], place: ResultsPlace): Results {
  const resultKeys: string[] = [];
  const forms: Node[] = [];
  let formsWithdrawn = false;
  const resultStatuses: string[] = [];
  for (const members of runsOf(groups)) {
    const [first] = members;
    if (first === undefined) continue;
    const run = runOf(context, members, place);
    const at = placeOf(place, first);
    if (DOCUMENT_TYPES.has(valueType(first.obx))) {
      const document = emitDocument(context, run, at);
      if (document.form !== undefined) forms.push(document.form);
      formsWithdrawn ||= document.status === 'entered-in-error';
      resultStatuses.push(document.status);
    } else {
      resultStatuses.push(emitObservation(context, run, at));
      resultKeys.push(run.key);
    }
  }
  return { resultKeys, forms, formsWithdrawn, resultStatuses };
}

function placeOf({ patientKey, numbers, order, request, specimens }: ResultsPlace, { specimen }: ResultGroup): Place {
  const own = specimen === undefined ? undefined : specimens.byGroup.get(specimen);
  const only = specimens.keys.length === 1 ? specimens.keys[0] : undefined;
  return { patientKey, numbers, obr: order.obr, requestKey: request, specimenKey: own ?? only };
}

/** Results that stand one after the other and are one: lines of a text, pieces of a document. */
export function runsOf(groups: readonly ResultGroup[]): readonly (readonly ResultGroup[])[] {
  const runs: ResultGroup[][] = [];
  for (const group of groups) {
    const run = runs.at(-1);
    const before = run?.at(-1);
    if (run !== undefined && before !== undefined && continues(before, group)) run.push(group);
    else runs.push([group]);
  }
  return runs;
}

function continues(before: ResultGroup, { obx, specimen }: ResultGroup): boolean {
  if (before.notes.length > 0 || before.specimen !== specimen) return false;
  return continuesDocument(before.obx, obx) || continuesText(before.obx, obx);
}

function continuesText(before: Segment, obx: Segment): boolean {
  const code = fieldPart(obx, 3).at(1).text;
  return (
    isText(valueType(obx)) &&
    valueType(before) === valueType(obx) &&
    code !== '' &&
    code === fieldPart(before, 3).at(1).text &&
    subId(fieldPart(before, 4)) === subId(fieldPart(obx, 4)) &&
    fieldPart(before, 11).text === fieldPart(obx, 11).text
  );
}

function runOf(
  context: Context,
  members: readonly ResultGroup[],
  { numbers, seen }: Pick<ResultsPlace, 'numbers' | 'seen'>,
): ResultRun {
  const segments = members.map(({ obx }) => obx);
  const notes = members.flatMap((member) => member.notes);
  const [obx] = segments;
  const key = obx === undefined ? numbers.key : resultKey(numbers.key, obx);
  const times = (seen.get(key) ?? 0) + 1;
  seen.set(key, times);
  if (times === 1) return { segments, notes, key };
  report(context, {
    severity: 'warning',
    code: 'duplicate',
    reason: 'observation-repeated',
    message:
      'The same test stands more than once in one order without a sub-id (OBX-4) to tell them apart, so a correction may reach the wrong one.',
    ...whereIs(obx, 4),
  });
  return { segments, notes, key: `${key}#${times}` };
}

type StrayPlace = { readonly patientKey: string; readonly seen: Seen };

/** Results before any OBR are kept, each on its own, and reported. */
function mapStrays(context: Context, group: PatientGroup, { patientKey, seen }: StrayPlace): void {
  const numbers = strayNumbers(patientKey, context.header.controlId);
  const place: Place = { patientKey, numbers, obr: undefined, requestKey: undefined, specimenKey: undefined };
  for (const members of runsOf(group.strays)) {
    const run = runOf(context, members, { numbers, seen });
    const [obx] = run.segments;
    if (obx === undefined) continue;
    report(context, {
      severity: 'warning',
      code: 'structure',
      reason: 'observation-without-order',
      message: 'This OBX stands before any OBR: what was asked, and when, is not known.',
      ...whereIs(obx, 3),
    });
    if (DOCUMENT_TYPES.has(valueType(obx))) emitDocument(context, run, place);
    else emitObservation(context, run, place);
  }
}
