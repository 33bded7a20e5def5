// SPM, or before v2.5 the specimen fields of OBR, to Specimen.
import type { Segment } from '../../hl7v2/types.ts';
import { type Context, emit, ignore } from '../context.ts';
import {
  collect,
  list,
  object,
  type Part,
  partOf,
  readCompositeQuantity,
  readConcept,
  readEntityIdentifier,
  readIdentifier,
  readPeriodOf,
  readText,
  readTime,
  some,
  tableSystem,
} from '../datatypes/index.ts';
import { leaf, type Node, type NodeObject } from '../sourced.ts';
import { type Draft, draft, set } from '../statement.ts';
import { fieldUnit, repetitionsOf } from '../unit.ts';
import type { OrderGroup, SpecimenGroup } from './groups.ts';
import { fieldPart, type Numbers, specimenKey } from './keys.ts';
import { readNotes } from './notes.ts';
import { staffOf } from './people.ts';

export type EmittedSpecimens = {
  /** All specimens of the order. */
  readonly keys: readonly string[];
  /** Key of the one that an SPM became. */
  readonly byGroup: ReadonlyMap<SpecimenGroup, string>;
};

export function emitSpecimens(
  context: Context,
  order: OrderGroup,
  { patientKey, numbers }: { patientKey: string; numbers: Numbers },
): EmittedSpecimens {
  const byGroup = new Map<SpecimenGroup, string>();
  const request = order.specimens.length > 1 ? undefined : order.obr;
  order.specimens.forEach((group, index) => {
    const key = specimenKey({ numbers, patientKey }, group, index);
    byGroup.set(group, key);
    emitOne(context, { key, patientKey, group, obr: request });
  });
  if (order.specimens.length > 0) return { keys: [...new Set(byGroup.values())], byGroup };
  if (!describesSpecimen(order.obr)) return { keys: [], byGroup };
  const key = specimenKey({ numbers, patientKey }, undefined, 0);
  emitOne(context, { key, patientKey, group: undefined, obr: order.obr });
  return { keys: [key], byGroup };
}

function describesSpecimen(obr: Segment): boolean {
  return [9, 10, 14, 15].some((field) =>
    repetitionsOf(obr, field).some((at) =>
      partOf(at)
        .units()
        .some((unit) => !unit.isNull),
    ),
  );
}

type Sample = {
  readonly key: string;
  readonly patientKey: string;
  readonly group: SpecimenGroup | undefined;
  /** The OBR that describes the same specimen; undefined where several SPMs make it unclear which. */
  readonly obr: Segment | undefined;
};

function emitOne(context: Context, sample: Sample): void {
  const { key, patientKey, group, obr } = sample;
  const spm = group?.spm;
  const specimen = draft('Specimen', key, patientKey);
  const source = fieldPart(obr, 15);
  setIdentifiers(context, specimen, spm);
  setStatus(specimen, spm);
  set(
    specimen,
    'type',
    readConcept(context.source, fieldPart(spm, 4), tableSystem('0487')) ??
      readConcept(context.source, inner(source, 1)),
  );
  set(specimen, 'subject', { reference: `key:Patient|${patientKey}` });
  set(specimen, 'receivedTime', readTime(context, fieldPart(spm, 18)) ?? readTime(context, fieldPart(obr, 14)));
  set(specimen, 'collection', readCollection(context, sample));
  set(specimen, 'container', readContainer(context, spm, source));
  const conditions = collect([...repetitionsOf(spm, 24), ...repetitionsOf(spm, 21)], (at) =>
    readConcept(context.source, partOf(at), tableSystem(at.field === 24 ? '0493' : '0490')),
  );
  set(specimen, 'condition', some(conditions));
  set(specimen, 'note', some([...descriptions(spm, source), ...(readNotes(context, group?.notes ?? []) ?? [])]));
  emit(context, specimen);
  ignore(context, 'set-id', spm, { fields: [1] });
  if (spm !== undefined) ignore(context, 'superseded-by-SPM', obr, { fields: [9, 10, 14, 15] });
}

/** Component n with its sub-components; a field that holds one text has it as the first. */
function inner(part: Part, n: number): Part {
  return part.at(n);
}

/** SPM-2 pairs the placer's and the filler's number; SPM-30 and 31 are further ones. */
function setIdentifiers(context: Context, into: Draft, spm: Segment | undefined): void {
  const pair = fieldPart(spm, 2);
  const others = collect(repetitionsOf(spm, 31), (at) => readIdentifier(context, partOf(at)));
  const identifiers = list(
    readEntityIdentifier(context, pair.at(1), 'PLAC'),
    readEntityIdentifier(context, pair.at(2), 'FILL'),
    ...others,
  );
  set(into, 'identifier', some(identifiers), { update: 'merge-by-type' });
  set(into, 'accessionIdentifier', readIdentifier(context, fieldPart(spm, 30)));
}

function setStatus(into: Draft, spm: Segment | undefined): void {
  const rejected = fieldUnit(spm, 21);
  if (rejected !== undefined && !rejected.isNull) {
    set(into, 'status', leaf('unsatisfactory', rejected));
    return;
  }
  const available = { Y: 'available', N: 'unavailable' }[fieldPart(spm, 20).text.toUpperCase()];
  set(into, 'status', available === undefined ? undefined : leaf(available, fieldUnit(spm, 20)));
}

function readCollection(context: Context, { group, obr }: Sample): Node | undefined {
  const spm = group?.spm;
  const source = fieldPart(obr, 15);
  const [collector] = staffOf(context, obr, 10);
  return object({
    collector,
    ...collectedAt(context, spm, obr),
    quantity: readCompositeQuantity(context, fieldPart(spm, 12)) ?? readCompositeQuantity(context, fieldPart(obr, 9)),
    method: readConcept(context.source, fieldPart(spm, 7), tableSystem('0488')),
    bodySite: readConcept(context.source, fieldPart(spm, 8)) ?? readConcept(context.source, inner(source, 4)),
  });
}

/** SPM-17; OBR-7 where there is no SPM, because for a specimen "observed" is when it was taken. */
function collectedAt(context: Context, spm: Segment | undefined, obr: Segment | undefined): NodeObject {
  const range = fieldPart(spm, 17);
  const ends = range.at(2).text !== '' && range.at(2).text !== range.at(1).text;
  if (ends) return { collectedPeriod: readPeriodOf(context, range.at(1), range.at(2)) };
  const [start, end] = range.text === '' ? [fieldPart(obr, 7), fieldPart(obr, 8)] : [range, range.at(2)];
  if (range.text === '' && end.text !== '') return { collectedPeriod: readPeriodOf(context, start, end) };
  const time = readTime(context, start);
  return { collectedDateTime: time?.value === undefined ? undefined : leaf(time.value, ...time.from, end.unit) };
}

function readContainer(context: Context, spm: Segment | undefined, source: Part): Node | undefined {
  const [additive] = collect(repetitionsOf(spm, 6), (at) =>
    readConcept(context.source, partOf(at), tableSystem('0371')),
  );
  const container = object({
    type: readConcept(context.source, fieldPart(spm, 27)),
    additiveCodeableConcept: additive ?? readConcept(context.source, inner(source, 2)),
  });
  return container === undefined ? undefined : [container];
}

function descriptions(spm: Segment | undefined, source: Part): readonly Node[] {
  const texts = [...repetitionsOf(spm, 14).map((at) => readText(partOf(at))), readText(inner(source, 3))];
  return texts.flatMap((text) => (text === undefined ? [] : [{ text }]));
}
