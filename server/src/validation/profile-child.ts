// Checks one element of an object against a profile: how often it is there, of which types, and each of its values.
import type { Json, JsonObject } from '../base/json.ts';
import { choiceName, lastPart } from '../fhir/names.ts';
import { type Context, isList, report } from './context.ts';
import { checkSlices, type Item, type PartCheck, type Slicing } from './slicing.ts';

export type ChoiceKey = { readonly key: string; readonly type: string; readonly step: string };
export type ChildSpec = {
  /** Without `[x]`. */
  readonly name: string;
  readonly isChoice: boolean;
  readonly isList: boolean;
  /** Of a choice: type and step by JSON name, companions (`_valueString`) included. */
  readonly keys: ReadonlyMap<string, ChoiceKey>;
  /** Types that the profile leaves of a choice; undefined when all. */
  readonly allowed: ReadonlySet<string> | undefined;
  /** 0 and infinity where the base type says the same. */
  readonly min: number;
  readonly max: number;
  readonly check: PartCheck | undefined;
  readonly slicing: Slicing | undefined;
  readonly profile: string;
};

const NONE: readonly Json[] = [];

export function checkChild(owner: JsonObject, spec: ChildSpec, context: Context): void {
  const items = spec.isChoice ? choiceItems(owner, spec) : itemsOf(owner, spec);
  count(items, spec, context);
  if (items.length === 0 && spec.slicing === undefined) return;
  if (!spec.isChoice) context.path.push(spec.name);
  if (spec.check !== undefined) for (const item of items) checkItem(item, spec.check, context);
  if (spec.slicing !== undefined) {
    // A slice that is missing is reported of the sliced element, be it there or not.
    checkSlices(items, spec.slicing, context);
  }
  if (!spec.isChoice) context.path.pop();
}

function checkItem({ value, companion, step }: Item, check: PartCheck, context: Context): void {
  if (step !== undefined) context.path.push(step);
  check(value, context, companion);
  if (step !== undefined) context.path.pop();
}

function itemsOf(owner: JsonObject, { name, isList: repeats }: ChildSpec): readonly Item[] {
  const value = owner[name];
  const companion = owner[`_${name}`];
  if (value === undefined && companion === undefined) return [];
  if (!repeats) return [{ value, companion, type: undefined, step: undefined }];
  const values = isList(value) ? value : NONE;
  const companions = isList(companion) ? companion : NONE;
  const length = Math.max(values.length, companions.length);
  return Array.from({ length }, (_, step) => ({
    value: values[step] ?? undefined,
    companion: companions[step] ?? undefined,
    type: undefined,
    step,
  }));
}

/** JSON names of a choice. */
export function choiceKeys(name: string, types: readonly string[]): ReadonlyMap<string, ChoiceKey> {
  const keys = new Map<string, ChoiceKey>();
  for (const type of types) {
    const key = choiceName(name, type);
    const named = { key, type, step: `${name}.ofType(${type})` };
    keys.set(key, named).set(`_${key}`, named);
  }
  return keys;
}

function choiceItems(owner: JsonObject, { keys }: ChildSpec): readonly Item[] {
  for (const name in owner) {
    const found = keys.get(name);
    if (found === undefined) continue;
    const { key, type, step } = found;
    return [{ value: owner[key], companion: owner[`_${key}`], type, step }];
  }
  return [];
}

function count(items: readonly Item[], spec: ChildSpec, context: Context): void {
  const { min, max, name, allowed } = spec;
  const profile = lastPart(spec.profile);
  if (items.length < min) {
    const what =
      items.length === 0 ? `is required by ${profile} and missing` : `has fewer values than ${profile} requires`;
    const fix = min === 1 ? `Add ${name}.` : `Send at least ${min}.`;
    report(context, { code: 'required', reason: 'profile-element-missing', what, fix }, name);
  } else if (items.length > max) {
    const what = max === 0 ? `is not allowed by ${profile}` : `has more values than ${profile} allows`;
    const fix = max === 0 ? 'Remove it.' : `Send at most ${max}.`;
    report(context, { code: 'structure', reason: 'profile-element-too-many', what, fix }, name);
  }
  const type = items[0]?.type;
  if (allowed === undefined || type === undefined || allowed.has(type) || max === 0) return;
  const fix = `Send one of the types ${[...allowed].join(', ')}.`;
  const what = `is of a type that ${profile} does not allow`;
  report(context, { code: 'structure', reason: 'profile-type-not-allowed', what, fix }, `${name}.ofType(${type})`);
}
