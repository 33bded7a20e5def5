// What the segments of a visit are, and whose it is.
import type { Segment } from '../../hl7v2/types.ts';

export type Visit = {
  readonly patientKey: string;
  readonly pid: Segment;
  readonly pv1: Segment;
  readonly pv2: Segment | undefined;
};
