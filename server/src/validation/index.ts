// Public face of validation.
export type { Issue, Severity } from './types.ts';
export { type ValidateOptions, validate } from './validate.ts';
export { type ValidateRequest, validateOperation } from './validate-operation.ts';
export { type LocatedIssue, type TextOptions, validateText } from './validate-text.ts';
export { type Validator, validatorFor } from './validator-for.ts';
