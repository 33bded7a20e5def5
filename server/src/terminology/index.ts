// Public face of terminology: what is loaded, and R4's operations on it.
export { type ExpandOptions, expand } from './expand.ts';
export { type Operation, parametersFromQuery } from './input.ts';
export { lookup } from './lookup.ts';
export { terminologyOf } from './registry.ts';
export { subsumes } from './subsumes.ts';
export { translate } from './translate.ts';
export type { Terminology } from './types.ts';
export { type OnInstance, validateCodeInCodeSystem, validateCodeInValueSet } from './validate-code.ts';
