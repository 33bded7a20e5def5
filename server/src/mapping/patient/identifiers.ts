// PID-3 and its older places to Patient.identifier, with the NHS number's trace status from PID-32 found by value.
import type { Segment } from '../../hl7v2/types.ts';
import { type Context, ignore, ignoreUnits, report } from '../context.ts';
import { readIdentifier } from '../datatypes/identifier.ts';
import { nhsNumber, verificationStatus, verificationStatusExtension } from '../datatypes/nhs-number.ts';
import { partOf } from '../datatypes/part.ts';
import { authoritySystem, tableSystem } from '../datatypes/systems.ts';
import { leaf, type Node, type NodeObject } from '../sourced.ts';
import { type RepetitionAt, repetitionsOf, unitAt, unitsOf, valueAt } from '../unit.ts';
import { absent } from './absent.ts';
import { isNhsNumber } from './key.ts';

/** Every id of the PID. */
export function readPatientIdentifiers(context: Context, pid: Segment): readonly Node[] {
  const list = repetitionsOf(pid, 3);
  const known = new Set(list.map((at) => partOf(at).at(1).text));
  const older = [...repetitionsOf(pid, 2), ...repetitionsOf(pid, 4)].filter((at) => {
    const repeated = known.has(partOf(at).at(1).text);
    if (repeated) ignoreUnits(context, 'superseded-by-PID-3', unitsOf(at));
    return !repeated;
  });
  return readIdentifiers(context, [...list, ...older], pid);
}

/** Ids from any field of CX; the trace status is that of `pid`, whose patient they belong to. */
export function readIdentifiers(
  context: Context,
  ids: readonly RepetitionAt[],
  pid: Segment | undefined,
): readonly Node[] {
  return ids.flatMap((at): readonly Node[] => {
    const one = readOne(context, at, pid);
    return one === undefined ? [] : [one];
  });
}

function readOne(context: Context, at: RepetitionAt, pid: Segment | undefined): Node | undefined {
  const part = partOf(at);
  if (unitAt(at, 1)?.isNull === true) return noIdentifier(context, at);
  const national = isNhsNumber(authoritySystem(context.source, part.at(4)), part);
  if (!national) return readIdentifier(context, part);
  const number = nhsNumber(part.at(1).text);
  if (!number.ok && number.reason === 'filler') return fillerNumber(context, at);
  const identifier = readIdentifier(context, part);
  return number.ok && identifier !== undefined ? withStatus(context, identifier, pid) : identifier;
}

// The sender has no number of this kind (any more): said as an entry of that kind without value.
function noIdentifier(context: Context, at: RepetitionAt): Node | undefined {
  const part = partOf(at);
  const system = authoritySystem(context.source, part.at(4));
  const type = part.at(5);
  if (system === undefined && type.text === '') return undefined;
  return {
    type:
      type.text === '' ? undefined : { coding: [{ system: tableSystem('0203'), code: leaf(type.text, type.unit) }] },
    system: system === undefined ? undefined : leaf(system, ...part.at(4).units()),
    _value: absent(unitAt(at, 1)),
  };
}

function fillerNumber(context: Context, at: RepetitionAt): undefined {
  ignoreUnits(context, 'nhs-number-filler', unitsOf(at));
  report(context, {
    severity: 'warning',
    code: 'value',
    reason: 'nhs-number-filler',
    message:
      'The NHS number is one digit repeated, which stands for no number. It was not stored; the sender should leave it out.',
    at: unitAt(at, 1),
  });
  return undefined;
}

// ITK tables give the status a place among the repeats of PID-32, other senders use another: only the value counts.
function withStatus(context: Context, identifier: NodeObject, pid: Segment | undefined): NodeObject {
  const statuses = repetitionsOf(pid, 32).filter((at) => statusOf(at) !== undefined);
  const [first, ...others] = statuses;
  const status = first === undefined ? undefined : statusOf(first);
  if (first === undefined || status === undefined) return identifier;
  if (others.some((at) => statusOf(at) !== status)) {
    report(context, {
      severity: 'warning',
      code: 'value',
      reason: 'nhs-number-status-contradictory',
      message:
        'PID-32 gives more than one trace status for the NHS number. None was taken, so the number counts as not verified.',
      at: valueAt(first, 1),
    });
    return identifier;
  }
  const before = Array.isArray(identifier['extension']) ? (identifier['extension'] as readonly Node[]) : [];
  const said = leaf(verificationStatusExtension(status), ...statuses.map((at) => valueAt(at, 1)));
  return { ...identifier, extension: [...before, said] };
}

function statusOf(at: RepetitionAt): ReturnType<typeof verificationStatus> {
  return verificationStatus(valueAt(at, 1)?.text ?? '');
}

/** A status without a number says nothing about an identifier; after the identifiers are read, what is left is set aside. */
export function setAsideStatus(context: Context, pid: Segment): void {
  repetitionsOf(pid, 32).forEach((at) => {
    if (statusOf(at) !== undefined)
      ignore(context, 'trace-status-without-number', pid, { fields: [32], repetition: at.index });
  });
}
