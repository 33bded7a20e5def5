// OBX of type ED or RP to DocumentReference, and the form it takes in the report. Long documents come in pieces, each in an OBX of
// its own; they are put together here, because no reader could use a piece.
import type { Segment } from '../../hl7v2/types.ts';
import { type Context, emit, ignore, report } from '../context.ts';
import {
  beginsDocument,
  collect,
  partOf,
  readConcept,
  readEncapsulated,
  readInstant,
  readPointer,
  readTime,
} from '../datatypes/index.ts';
import { leaf, type Node, type NodeObject } from '../sourced.ts';
import { clear, draft, set } from '../statement.ts';
import { fieldUnit, repetitionsOf } from '../unit.ts';
import { codeKey, fieldPart, subId, whereIs } from './keys.ts';
import { readLines } from './notes.ts';
import { type Place, type ResultRun, WITHDRAWN_MARK } from './observation.ts';
import { resultRule } from './status.ts';
import { valueType } from './value.ts';

/** A document larger than this stands in the DocumentReference only; the report then describes it by type, size and hash. */
export const PRESENTED_FORM_BYTES_MAX = 1_000_000;

const DOC_STATUS: { readonly [status: string]: string } = {
  final: 'final',
  preliminary: 'preliminary',
  registered: 'preliminary',
  corrected: 'amended',
  amended: 'amended',
  'entered-in-error': 'entered-in-error',
};

/** True when this OBX carries a further piece of the document that the one before began. */
export function continuesDocument(before: Segment, obx: Segment): boolean {
  if (valueType(before) !== 'ED' || valueType(obx) !== 'ED') return false;
  if (codeKey(fieldPart(before, 3)) !== codeKey(fieldPart(obx, 3))) return false;
  const piece = fieldPart(obx, 5);
  if (piece.at(5).text === '' || beginsDocument(piece)) return false;
  const unnamed = piece.at(2).text === '' && piece.at(3).text === '';
  return unnamed || subId(fieldPart(before, 4)) === subId(fieldPart(obx, 4)) || isSigned(before);
}

// A document whose first piece shows its kind can only go on in pieces that do not.
function isSigned(obx: Segment): boolean {
  return beginsDocument(fieldPart(obx, 5)) || fieldPart(obx, 5).at(3).text.toUpperCase() === 'PDF';
}

/** What emitting a document gives: its form in the report, and the status its OBX has. */
export type EmittedDocument = { readonly form: Node | undefined; readonly status: string };

export function emitDocument(context: Context, run: ResultRun, place: Place): EmittedDocument {
  const [obx] = run.segments;
  if (obx === undefined) return { form: undefined, status: 'unknown' };
  const rule = resultRule(fieldPart(obx, 11).text);
  if (rule.remark !== undefined) report(context, { ...rule.remark, code: 'business-rule', ...whereIs(obx, 11) });
  const withdrawn = rule.status === 'entered-in-error';
  const document = draft('DocumentReference', run.key, place.patientKey);
  const states = run.segments.map((one) => fieldUnit(one, 11));
  set(document, 'status', leaf(withdrawn ? 'entered-in-error' : 'current', ...states));
  const docStatus = DOC_STATUS[rule.status];
  set(document, 'docStatus', docStatus === undefined ? undefined : leaf(docStatus, ...states));
  if (rule.remark?.reason === 'wrong-patient-withdrawal') set(document, 'extension', [WITHDRAWN_MARK]);
  else clear(document, 'extension');
  const title = readConcept(context.source, fieldPart(obx, 3));
  set(document, 'type', title);
  set(document, 'subject', { reference: `key:Patient|${place.patientKey}` });
  set(document, 'date', readInstant(context, fieldPart(obx, 14)) ?? readInstant(context, fieldPart(place.obr, 22)));
  set(document, 'description', readLines(run.notes, 3));
  const content = rule.says === 'all' ? readContent(context, run) : undefined;
  if (content !== undefined)
    set(
      document,
      'content',
      content.whole.map((attachment) => ({ attachment })),
    );
  set(document, 'context', contextOf(context, place));
  emit(context, document);
  setAside(context, run);
  return { form: withdrawn ? undefined : content?.inReport, status: rule.status };
}

type Content = { readonly whole: readonly Node[]; readonly inReport: Node | undefined };

function readContent(context: Context, run: ResultRun): Content | undefined {
  const [obx] = run.segments;
  const parts = run.segments.flatMap((segment) => repetitionsOf(segment, 5).map(partOf));
  const title = titleOf(obx);
  const titled = (attachment: NodeObject): NodeObject => ({ ...attachment, title });
  if (obx !== undefined && valueType(obx) === 'RP') {
    const pointers = collect(parts, (part) => readPointer(context, part)).map(titled);
    return pointers.length === 0 ? undefined : { whole: pointers, inReport: pointers[0] };
  }
  const document = readEncapsulated(context, parts);
  if (document === undefined) {
    report(context, {
      severity: 'warning',
      code: 'required',
      reason: 'document-empty',
      message: 'An OBX of type ED carries no data; there is no document to keep.',
      ...whereIs(obx, 3),
    });
    return undefined;
  }
  const form = document.sizeBytes <= PRESENTED_FORM_BYTES_MAX ? document.whole : document.summary;
  return { whole: [titled(document.whole)], inReport: titled(form) };
}

function titleOf(obx: Segment | undefined): string | undefined {
  const code = fieldPart(obx, 3);
  const title = code.at(2).text || code.at(9).text || code.at(1).text;
  return title === '' ? undefined : title;
}

function contextOf(context: Context, place: Place): Node | undefined {
  const related =
    place.requestKey === undefined ? undefined : [{ reference: `key:ServiceRequest|${place.requestKey}` }];
  const start = readTime(context, fieldPart(place.obr, 7));
  const period = start?.value === undefined ? undefined : { start };
  return related === undefined && period === undefined ? undefined : { period, related };
}

function setAside(context: Context, run: ResultRun): void {
  const [, ...continuing] = run.segments;
  for (const obx of run.segments) {
    ignore(context, 'set-id', obx, { fields: [1] });
    ignore(context, 'value-type', obx, { fields: [2] });
    // Sub-ids number the pieces of a document.
    ignore(context, 'numbers-pieces', obx, { fields: [4] });
  }
  for (const obx of continuing) {
    ignore(context, 'continues-result', obx, { fields: [3, 14] });
    for (const component of [1, 2, 3, 4]) ignore(context, 'continues-result', obx, { fields: [5], component });
  }
  for (const nte of run.notes) ignore(context, 'set-id', nte, { fields: [1] });
  for (const nte of run.notes) ignore(context, 'note-source', nte, { fields: [2] });
}
