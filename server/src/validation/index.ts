// Public face of validation.
export type { Place } from './locate.ts';
export type { Issue, Severity } from './types.ts';
export { type ValidateOptions, validate } from './validate.ts';
