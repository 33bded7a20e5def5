// A receipt in HL7 v2: parsed, routed by MSH-9, mapped. What is not understood is refused with what would be.
import type { Instant } from '../base/ids.ts';
import { header, parse, wireTime } from '../hl7v2/index.ts';
import type { Header, Message } from '../hl7v2/types.ts';
import type { Issue } from '../validation/types.ts';
import { mapAdt } from './adt/adt.ts';
import { ADT_EVENTS } from './adt/events.ts';
import { type Context, type Finding, ignoredResult, issueOf, openContext, refusedResult } from './context.ts';
import { mapOruR01 } from './oru/index.ts';
import type { MappingInput, MappingResult, Source } from './types.ts';
import { fieldUnit, firstOf, valueAt } from './unit.ts';

export function mapHl7v2({ bytes, source, receivedAt, listMapped = false }: MappingInput): MappingResult {
  const parsed = parse(bytes);
  if (!parsed.ok) return unparsable(parsed.refusal, bytes);
  const { message } = parsed;
  const about = header(message);
  const issues = wireIssues(message);
  const trouble = routingTrouble(message, about);
  if (trouble !== undefined) return refusedResult({ message, issues }, trouble);
  const said = saidAtOf(message, source, receivedAt);
  const context = openContext({ message, header: about, source, receivedAt, listMapped, ...said });
  context.issues.push(...issues);
  return route(context);
}

function route(context: Context): MappingResult {
  const { type } = context.header;
  if (ACKNOWLEDGEMENTS.has(type)) return ignoredResult(context, 'acknowledgement');
  if (type === 'ORU') return mapOruR01(context);
  const event = ADT_EVENTS[triggerOf(context.message, context.header)];
  return event === undefined
    ? refusedResult(context, unsupported(context.message, context.header))
    : mapAdt(context, event);
}

const ACKNOWLEDGEMENTS = new Set(['ACK', 'MCF']);
const VERSION = /^2\.[2-8](?:\.\d+)?$/;

/** MSH-9.2; senders of v2.2 may have it in EVN-1 only. */
function triggerOf(message: Message, about: Header): string {
  return about.trigger !== '' ? about.trigger : (fieldUnit(message.first('EVN'), 1)?.text.trim() ?? '');
}

function routingTrouble(message: Message, about: Header): Finding | undefined {
  const msh = message.first('MSH');
  const span = (field: number) => (msh !== undefined && msh.fieldCount >= field ? msh.field(field).span : msh?.span);
  if (about.type === '')
    return {
      severity: 'error',
      code: 'required',
      reason: 'message-type-missing',
      message:
        'MSH-9 does not say what kind of message this is. The sender has to send it again with a type such as ADT^A01.',
      expression: 'MSH-9',
      span: span(9),
    };
  if (about.version !== '' && !VERSION.test(about.version))
    return {
      severity: 'error',
      code: 'not-supported',
      reason: 'version-not-supported',
      message:
        'MSH-12 is not an HL7 version between 2.2 and 2.8. Send one of those, or ask for the mapping of this sender to be extended.',
      expression: 'MSH-12',
      span: span(12),
    };
  if (ACKNOWLEDGEMENTS.has(about.type) || isSupported(message, about)) return undefined;
  return unsupported(message, about);
}

function isSupported(message: Message, about: Header): boolean {
  if (about.type === 'ORU') return about.trigger === '' || about.trigger === 'R01';
  return about.type === 'ADT' && Object.hasOwn(ADT_EVENTS, triggerOf(message, about));
}

function unsupported(message: Message, about: Header): Finding {
  const msh = message.first('MSH');
  const sent = /^[A-Z0-9]{1,7}$/.test(about.type + about.trigger)
    ? `${about.type} ${about.trigger}`.trim()
    : 'This message type';
  const events = Object.keys(ADT_EVENTS).join(' ');
  return {
    severity: 'error',
    code: 'not-supported',
    reason: 'message-type-not-supported',
    message: `${sent} is not mapped. Supported are ADT (${events}), ORU R01 and acknowledgements. Stop sending it here, or ask for a mapping.`,
    expression: 'MSH-9',
    span: msh?.field(9).span,
  };
}

const SUFFICIENT = new Set(['minute', 'second', 'fraction']);

/** When the sender recorded what it says: EVN-2, else MSH-7, else when we had it. A day alone cannot put messages in order. */
function saidAtOf(message: Message, source: Source, receivedAt: Instant): Pick<Context, 'saidAt' | 'saidBy'> {
  const places = [
    ['EVN-2', firstOf(message.first('EVN'), 2)],
    ['MSH-7', firstOf(message.first('MSH'), 7)],
  ] as const;
  for (const [saidBy, at] of places) {
    const time = wireTime(valueAt(at, 1)?.text ?? '', { zone: source.timeZone });
    if (time.ok && SUFFICIENT.has(time.precision))
      return { saidAt: new Date(time.value).toISOString() as Instant, saidBy };
  }
  return { saidAt: receivedAt, saidBy: 'receipt' };
}

function wireIssues(message: Message): Issue[] {
  return message.findings.map(({ code, severity, message: text, span }) =>
    issueOf({ severity, code: 'structure', reason: code, message: text, span }),
  );
}

function unparsable(refusal: { code: string; message: string; span: Issue['span'] }, bytes: Uint8Array): MappingResult {
  const { code, message, span } = refusal;
  const whole = { start: 0, end: bytes.length };
  const issue = issueOf({ severity: 'fatal', code: 'structure', reason: code, message, span });
  const entry = { position: 'message', disposition: 'unmapped', by: undefined, span: whole } as const;
  const entries = bytes.length === 0 ? [] : [entry];
  const { length } = entries;
  return {
    outcome: 'refused',
    issues: [issue],
    loss: { populated: length, mapped: 0, ignored: 0, unmapped: length, entries },
  };
}
