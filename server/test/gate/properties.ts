// The release gate: what must hold of truth whatever is said, each property with resolvers that break it and must be caught.
import { harmGate, noSilence, policyChange, soundness } from './answer-properties.ts';
import { asOf, idempotence, permutation, unmerge } from './arrival-properties.ts';
import type { GateProperty } from './property.ts';

export const PROPERTIES: readonly GateProperty[] = [
  permutation,
  idempotence,
  asOf,
  unmerge,
  soundness,
  harmGate,
  noSilence,
  policyChange,
];
