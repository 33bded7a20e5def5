// The order of segments is the grammar of ORU^R01: what an NTE comments on, and which SPM an OBX was measured in, is said by position
// alone. Every v2 version from 2.2 is read by the same walk, because later ones only added optional segments.
import type { Segment } from '../../hl7v2/types.ts';

export type SpecimenGroup = { readonly spm: Segment; readonly notes: Segment[] };
/** `specimen`: the SPM that this OBX follows, where it stands below one. */
export type ResultGroup = {
  readonly obx: Segment;
  readonly notes: Segment[];
  readonly specimen: SpecimenGroup | undefined;
};
export type OrderGroup = {
  readonly orc: Segment | undefined;
  readonly obr: Segment;
  /** Position among the orders of the message, from 1. */
  readonly ordinal: number;
  readonly notes: Segment[];
  readonly timings: Segment[];
  readonly results: ResultGroup[];
  readonly specimens: SpecimenGroup[];
};
export type PatientGroup = {
  readonly pid: Segment;
  pd1: Segment | undefined;
  readonly notes: Segment[];
  readonly visits: Segment[];
  readonly orders: OrderGroup[];
  /** Results that stand before any OBR. */
  readonly strays: ResultGroup[];
};

type Walk = {
  readonly patients: PatientGroup[];
  patient: PatientGroup | undefined;
  order: OrderGroup | undefined;
  orc: Segment | undefined;
  /** Notes after an ORC belong to the OBR that it opens. */
  waiting: Segment[];
  specimen: SpecimenGroup | undefined;
  /** Where an NTE goes now; undefined where it comments on nothing that is kept. */
  notes: Segment[] | undefined;
  ordinal: number;
};

/** The message as a tree. Segments before the first PID belong to nobody. */
export function readGroups(segments: readonly Segment[]): readonly PatientGroup[] {
  const walk: Walk = {
    patients: [],
    patient: undefined,
    order: undefined,
    orc: undefined,
    waiting: [],
    specimen: undefined,
    notes: undefined,
    ordinal: 0,
  };
  for (const segment of segments) if (segment.name === 'PID' || walk.patient !== undefined) step(walk, segment);
  return walk.patients;
}

function step(walk: Walk, segment: Segment): void {
  switch (segment.name) {
    case 'PID':
      openPatient(walk, segment);
      return;
    case 'PD1':
      if (walk.patient !== undefined) walk.patient.pd1 ??= segment;
      return;
    case 'PV1':
    case 'PV2':
    case 'NK1':
    case 'PRT':
      if (segment.name.startsWith('PV')) walk.patient?.visits.push(segment);
      walk.notes = undefined;
      return;
    case 'ORC':
      openOrc(walk, segment);
      return;
    case 'OBR':
      openOrder(walk, segment);
      return;
    case 'TQ1':
      walk.order?.timings.push(segment);
      return;
    case 'OBX':
      openResult(walk, segment);
      return;
    case 'SPM':
      openSpecimen(walk, segment);
      return;
    case 'NTE':
      walk.notes?.push(segment);
      return;
    default:
      // A segment that is not of this grammar (a Z segment, say) stands between a thing and its notes without parting them.
      return;
  }
}

function openPatient(walk: Walk, pid: Segment): void {
  const patient: PatientGroup = { pid, pd1: undefined, notes: [], visits: [], orders: [], strays: [] };
  walk.patients.push(patient);
  Object.assign(walk, {
    patient,
    order: undefined,
    orc: undefined,
    waiting: [],
    specimen: undefined,
    notes: patient.notes,
  });
}

function openOrc(walk: Walk, orc: Segment): void {
  const waiting: Segment[] = [];
  Object.assign(walk, { orc, waiting, order: undefined, specimen: undefined, notes: waiting });
}

function openOrder(walk: Walk, obr: Segment): void {
  walk.ordinal++;
  const order: OrderGroup = {
    orc: walk.orc,
    obr,
    ordinal: walk.ordinal,
    notes: [...walk.waiting],
    timings: [],
    results: [],
    specimens: [],
  };
  walk.patient?.orders.push(order);
  Object.assign(walk, { order, orc: undefined, waiting: [], specimen: undefined, notes: order.notes });
}

function openResult(walk: Walk, obx: Segment): void {
  const result: ResultGroup = { obx, notes: [], specimen: walk.specimen };
  (walk.order?.results ?? walk.patient?.strays)?.push(result);
  walk.notes = result.notes;
}

function openSpecimen(walk: Walk, spm: Segment): void {
  const specimen: SpecimenGroup = { spm, notes: [] };
  walk.order?.specimens.push(specimen);
  Object.assign(walk, { specimen: walk.order === undefined ? undefined : specimen, notes: specimen.notes });
}
