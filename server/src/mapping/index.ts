// Mapping: what other domains may use of it.
export { IGNORE_RULES } from './ignore-rules.ts';
export { map } from './map.ts';
export { type PatientKey, patientKeyOf, patientKeyOfMessage } from './patient/key.ts';
export type * from './types.ts';
