// The forms in which a value stands among a resource's terms. A term is hash64(seedOf(parameter, form), value), which SQL
// computes as hashtextextended(value, seed).                                                                                  (pure)
import { hash64 } from './hash.ts';

/** Forms of a parameter's terms; never renumbered, as stored terms are made of them. */
export const FORM = {
  code: 1,
  systemCode: 2,
  system: 3,
  reference: 4,
  exact: 5,
  uri: 6,
  identifierCode: 7,
  identifierSystemCode: 8,
  identifierSystem: 9,
  ofType: 10,
  text: 11,
  present: 12,
} as const;
export type Form = (typeof FORM)[keyof typeof FORM];
const FORMS_MAX = 16;
/** Between the parts of a term that has several: no system, code or identifier has it. */
export const BAR = '|';

export function seedOf(param: number, form: Form): number {
  return param * FORMS_MAX + form;
}

/** Units and what is compared with them, whatever the parameter. */
export function unitHash(text: string): bigint {
  return hash64(1, text);
}
