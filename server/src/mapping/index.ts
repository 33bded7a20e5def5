// Mapping: what other domains may use of it.
export { map } from './map.ts';
export { type PatientKey, patientKeyOfMessage } from './patient/key.ts';
export type * from './types.ts';
