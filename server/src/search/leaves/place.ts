// Where the generated extractors write to, and how they look at JSON.                                                         (pure)
import { isRawJson, type Json, type JsonObject } from '../../base/json.ts';
import { type Form, seedOf } from '../forms.ts';
import { hash64 } from '../hash.ts';
import type { IndexEntries } from '../types.ts';
import type { Units } from '../units.ts';

/** Where a value goes: the entries of its resource, the parameter, and the place in a composite's group (0 outside). */
export type Place = {
  readonly out: IndexEntries;
  param: number;
  part: number;
  /** Does the parameter also take values that have a system of their own? */
  mixed: boolean;
  readonly units: Units;
  readonly root: JsonObject;
};
export type Leaf = (place: Place, value: Json) => void;

const NONE: readonly never[] = [];

export function list(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return NONE;
  return Array.isArray(value) ? value : [value as Json];
}

export function textOf(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function numberOf(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return value !== undefined && isRawJson(value) ? Number(value.rawJSON) : undefined;
}

export function term({ out, param, part }: Place, form: Form, values: readonly string[]): void {
  const made = hash64(seedOf(param, form), ...values);
  if (part === 0) out.terms.push(made);
  else out.parts.push({ param, part, term: made });
}
