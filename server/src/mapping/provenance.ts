// One Provenance per message: who said so, when it was recorded and when it happened, by which event.
import type { Segment } from '../hl7v2/types.ts';
import { type Context, emit, ignore } from './context.ts';
import { partOf } from './datatypes/part.ts';
import { localSystem, tableSystem } from './datatypes/systems.ts';
import { readTime } from './datatypes/time.ts';
import { siteConcept } from './patient/codes.ts';
import { practitionerReference } from './practitioner.ts';
import { leaf, type Node } from './sourced.ts';
import { draft, set } from './statement.ts';
import { fieldUnit, firstOf, repetitionsOf, type Unit, valueAt } from './unit.ts';

/** Resources that a message is about; the doctors and wards it names in passing are not its subject. */
const IN_PASSING = new Set(['Practitioner', 'Organization', 'Location', 'Provenance']);
const PARTICIPANT = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';

/** Add it last: it points at what the message has said so far. Says nothing when there is nothing to point at. */
export function emitProvenance(context: Context, patientKey: string): void {
  const targets = context.statements.filter((one) => !IN_PASSING.has(one.resourceType));
  if (targets.length === 0) return;
  const msh = context.message.first('MSH');
  const evn = context.message.first('EVN');
  const controlId = valueAt(firstOf(msh, 10), 1);
  const provenance = draft('Provenance', provenanceKey(context, patientKey, controlId), patientKey);
  set(
    provenance,
    'target',
    targets.map(({ resourceType, key }) => ({ reference: `key:${resourceType}|${key}` })),
  );
  set(provenance, 'occurredDateTime', readTime(context, partOf(firstOf(evn, 6))));
  set(provenance, 'recorded', leaf(context.saidAt, recordedUnit(context, msh, evn)));
  set(provenance, 'location', place(valueAt(firstOf(evn, 7), 1)));
  set(provenance, 'reason', some(siteConcept(context, partOf(firstOf(evn, 4)), '0062')));
  set(provenance, 'activity', activity(context, msh));
  set(provenance, 'agent', agents(context, msh, evn));
  set(provenance, 'entity', controlId && [entity(context, controlId)]);
  emit(context, provenance);
}

function provenanceKey({ header, saidAt }: Context, patientKey: string, controlId: Unit | undefined): string {
  if (controlId === undefined) return ['message', saidAt, header.trigger, patientKey].join('|');
  return ['message', header.sendingApplication, header.sendingFacility, controlId.text.trim()].join('|');
}

// The field that gave saidAt; the other one says when the message was sent on.
function recordedUnit(context: Context, msh: Segment | undefined, evn: Segment | undefined): Unit | undefined {
  const recorded = fieldUnit(evn, 2);
  const sent = fieldUnit(msh, 7);
  if (recorded !== undefined && context.saidBy === 'EVN-2') return recorded;
  return context.saidBy === 'MSH-7' ? sent : undefined;
}

function place(facility: Unit | undefined): Node | undefined {
  return facility === undefined ? undefined : { display: leaf(facility.text.trim(), facility) };
}

function some(node: Node | undefined): Node | undefined {
  return node === undefined ? undefined : [node];
}

function activity({ header }: Context, msh: Segment | undefined): Node {
  const trigger = firstOf(msh, 9);
  const code = leaf(header.trigger === '' ? header.type : header.trigger, valueAt(trigger, 2) ?? valueAt(trigger, 1));
  return { coding: [{ system: tableSystem('0003'), code }] };
}

function agents(context: Context, msh: Segment | undefined, evn: Segment | undefined): readonly Node[] {
  const sender: Node = {
    type: { coding: [{ system: PARTICIPANT, code: 'author' }] },
    who: {
      identifier: facility(context, msh),
      display: leaf(context.header.sendingApplication || context.source.name, valueAt(firstOf(msh, 3), 1)),
    },
  };
  const operators = repetitionsOf(evn, 5).flatMap((at): Node[] => {
    const who = practitionerReference(context, partOf(at));
    return who === undefined ? [] : [{ type: { coding: [{ system: PARTICIPANT, code: 'enterer' }] }, who }];
  });
  return [sender, ...operators];
}

function facility(context: Context, msh: Segment | undefined): Node | undefined {
  const unit = valueAt(firstOf(msh, 4), 1);
  return unit === undefined
    ? undefined
    : { system: localSystem(context.source, 'id', 'facility'), value: leaf(unit.text.trim(), unit) };
}

function entity(context: Context, controlId: Unit): Node {
  const identifier = {
    system: localSystem(context.source, 'id', 'message'),
    value: leaf(controlId.text.trim(), controlId),
  };
  return { role: 'source', what: { identifier } };
}

/** Sets aside what the envelope says beside that. */
export function setAsideEnvelope(context: Context): void {
  const msh = context.message.first('MSH');
  ignore(context, 'delimiters', msh, { fields: [1, 2] });
  ignore(context, 'envelope', msh);
  const evn = context.message.first('EVN');
  const code = fieldUnit(evn, 1)?.text.trim() ?? '';
  if (code === context.header.trigger || context.header.trigger === '')
    ignore(context, 'repeats-msh-9', evn, { fields: [1] });
}
