// OBR to DiagnosticReport. Several OBRs of one filler order number are one report.
import type { Segment } from '../../hl7v2/types.ts';
import { type Context, emit, report } from '../context.ts';
import { collect, readConcept, readInstant, some, tableSystem } from '../datatypes/index.ts';
import { leaf, type Node } from '../sourced.ts';
import { clear, draft, set } from '../statement.ts';
import { fieldUnit } from '../unit.ts';
import type { OrderGroup } from './groups.ts';
import { fieldPart, whereIs } from './keys.ts';
import { setEffective, UNKNOWN_CODE, WITHDRAWN_MARK } from './observation.ts';
import { interpretersOf } from './people.ts';
import { orderIdentifiers } from './request.ts';
import { combinedStatus, isFinished, reportRule } from './status.ts';

/** What the orders of one report came to. */
export type ReportContent = {
  readonly key: string;
  readonly patientKey: string;
  readonly orders: readonly OrderGroup[];
  readonly requestKeys: readonly string[];
  readonly specimenKeys: readonly string[];
  readonly resultKeys: readonly string[];
  readonly forms: readonly Node[];
  /** A document of this report was taken back, so that none of those presented before may stay. */
  readonly formsWithdrawn: boolean;
  /** Statuses of all its results in this message, documents included. */
  readonly resultStatuses: readonly string[];
  /** Every result in the message was taken back as wrong (OBX-11 W). */
  readonly withdrawn: boolean;
};

export function emitReport(context: Context, content: ReportContent): void {
  const [first] = content.orders;
  if (first === undefined) return;
  const diagnostic = draft('DiagnosticReport', content.key, content.patientKey);
  set(diagnostic, 'identifier', some(orderIdentifiers(context, first)), {
    update: 'merge-by-type',
  });
  const status = readStatus(context, content);
  set(diagnostic, 'status', leaf(status, ...content.orders.map(({ obr }) => fieldUnit(obr, 25))));
  if (content.withdrawn) set(diagnostic, 'extension', [WITHDRAWN_MARK]);
  else clear(diagnostic, 'extension');
  set(diagnostic, 'basedOn', references('ServiceRequest', content.requestKeys));
  const sections = collect(content.orders, ({ obr }) =>
    readConcept(context.source, fieldPart(obr, 24), tableSystem('0074')),
  );
  set(diagnostic, 'category', some(sections.slice(0, 1)));
  set(diagnostic, 'code', readCode(context, first.obr));
  set(diagnostic, 'subject', { reference: `key:Patient|${content.patientKey}` });
  setEffective(context, diagnostic, first.obr);
  set(diagnostic, 'issued', latestIssue(context, content.orders));
  set(diagnostic, 'performer', some(content.orders.flatMap(({ obr }) => interpretersOf(context, obr, 34))));
  set(diagnostic, 'resultsInterpreter', some(content.orders.flatMap(({ obr }) => interpretersOf(context, obr, 32))));
  set(diagnostic, 'specimen', references('Specimen', content.specimenKeys));
  // A message that corrects one result names that one only: the others of the report stay.
  set(diagnostic, 'result', references('Observation', content.resultKeys), { update: 'merge-by-type', partial: true });
  if (content.forms.length > 0) set(diagnostic, 'presentedForm', content.forms);
  else if (content.formsWithdrawn) clear(diagnostic, 'presentedForm');
  emit(context, diagnostic);
}

function references(type: string, keys: readonly string[]): readonly Node[] | undefined {
  return some([...new Set(keys)].map((key) => ({ reference: `key:${type}|${key}` })));
}

function readCode(context: Context, obr: Segment): Node {
  const code = readConcept(context.source, fieldPart(obr, 4));
  if (code !== undefined) return code;
  report(context, {
    severity: 'warning',
    code: 'required',
    reason: 'report-code-missing',
    message: 'OBR-4 does not say what was asked for. The report is kept under an unknown code.',
    ...whereIs(obr, 4),
  });
  return UNKNOWN_CODE;
}

/** The newest of OBR-22. */
function latestIssue(context: Context, orders: readonly OrderGroup[]): Node | undefined {
  const issued = collect(orders, ({ obr }) => readInstant(context, fieldPart(obr, 22)));
  return issued.reduce<(typeof issued)[number] | undefined>(
    (latest, one) =>
      latest === undefined || Date.parse(String(one.value)) > Date.parse(String(latest.value)) ? one : latest,
    undefined,
  );
}

function readStatus(context: Context, content: ReportContent): string {
  const rules = content.orders.map(({ obr }) => reportRule(fieldPart(obr, 25).text));
  rules.forEach((rule, index) => {
    const obr = content.orders[index]?.obr;
    if (rule.remark !== undefined && obr !== undefined)
      report(context, { ...rule.remark, code: 'business-rule', ...whereIs(obr, 25) });
  });
  if (content.withdrawn) return withdrawnReport(context, content);
  const { status, disagree } = combinedStatus(rules.map((rule) => rule.status));
  const [first] = content.orders;
  if (disagree) reportDisagreement(context, first?.obr, 'of one report');
  const open = content.resultStatuses.filter((one) => ['preliminary', 'registered'].includes(one));
  if (isFinished(status) && open.length > 0) {
    report(context, {
      severity: 'warning',
      code: 'business-rule',
      reason: 'report-final-with-open-results',
      message:
        'The report is called final, yet some of its results are preliminary or pending. Each result keeps its own state.',
      ...whereIs(first?.obr, 25),
    });
  }
  return status;
}

// Table 0123 has no code for a report taken back; a corrected report whose results are all withdrawn is one.
function withdrawnReport(context: Context, { orders: [first] }: ReportContent): string {
  report(context, {
    severity: 'information',
    code: 'business-rule',
    reason: 'report-withdrawn-with-its-results',
    message: 'Every result of this report was withdrawn as wrong, so the report is withdrawn too.',
    ...whereIs(first?.obr, 25),
  });
  return 'entered-in-error';
}

export function reportDisagreement(context: Context, obr: Segment | undefined, where: string): void {
  report(context, {
    severity: 'warning',
    code: 'business-rule',
    reason: 'report-status-disagrees',
    message: `The OBRs ${where} have different states (OBR-25). The state of the first would stand for all by one published rule; here each report has its own.`,
    ...whereIs(obr, 25),
  });
}

/** Every order of the message against the first: the rule that one report is one message reads only the first OBR-25. */
export function compareWithFirst(context: Context, orders: readonly OrderGroup[]): void {
  const [first] = orders;
  if (first === undefined) return;
  const status = reportRule(fieldPart(first.obr, 25).text).status;
  const other = orders.find(({ obr }) => reportRule(fieldPart(obr, 25).text).status !== status);
  if (other !== undefined) reportDisagreement(context, other.obr, 'of this message');
}
