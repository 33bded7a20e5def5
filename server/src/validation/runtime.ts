// What the generated checks call when something is odd: each says so once, at the right place.
import { isRawJson, type Json, type JsonObject, objectIn } from '../base/json.ts';
import { type Context, DEPTH_MAX, isList, report } from './context.ts';
import type { Invariant } from './invariants.ts';
import { nearestName } from './nearest-name.ts';
import type { Fault } from './primitives.ts';

type Check = (value: Json, context: Context) => void;

/** A step into a list is two entries of the path. */
export const PATH_MAX = 2 * DEPTH_MAX;
const structure = (reason: string, what: string, fix: string) => ({ code: 'structure', reason, what, fix });
const NOT_A_LIST = structure('list-expected', 'may repeat and must be a list', 'Put the value in square brackets.');
const LIST = structure('list-not-allowed', 'may not repeat', 'Send one value without square brackets.');
const EMPTY_LIST = structure('empty-list', 'is an empty list', 'Leave the element out when there is no value.');
const NULL_IN_LIST = structure(
  'null-in-list',
  'is null',
  'Leave it out, or give the reason in an extension of the same position.',
);
const NULL = structure('null-value', 'is null', 'Leave the element out.');
const NOT_AN_OBJECT = structure(
  'not-an-object',
  'must be a JSON object',
  'Send one object, not a list, text or number.',
);
const CHOICE_TWICE = structure('choice-given-twice', 'is given with more than one type', 'Send one of them.');
const TOO_DEEP = {
  code: 'too-costly',
  reason: 'too-deep',
  what: `is nested more than ${DEPTH_MAX} levels deep`,
  fix: 'Flatten the resource.',
};
const EMPTY_OBJECT = {
  code: 'invariant',
  reason: 'empty-object',
  what: 'is an object without content (ele-1)',
  fix: 'Leave the element out, or give it a value.',
};

export function notObject(value: Json | undefined, context: Context): void {
  const inList = typeof context.path.at(-1) === 'number';
  if (value === null) report(context, inList ? NULL_IN_LIST : NULL);
  else if (isList(value) && !inList && context.path.length > 1) report(context, LIST);
  else report(context, NOT_AN_OBJECT);
}

export function tooDeep(context: Context): void {
  report(context, TOO_DEEP);
}

export function badList(value: Json, label: string, context: Context): void {
  if (value === null) report(context, NULL, label);
  else report(context, isList(value) ? EMPTY_LIST : NOT_A_LIST, label);
}

export function primitive(fault: Fault, value: Json, { label, context }: { label: string; context: Context }): void {
  if (value === null) report(context, NULL, label);
  else report(context, isList(value) ? LIST : { ...fault, code: codeOf(fault) }, label);
}

export function primitiveAt(
  fault: Fault,
  at: number,
  { label, owner, context }: { label: string; owner: JsonObject; context: Context },
): void {
  const values = owner[label];
  if (isList(values) && values[at] === null) {
    const companions = owner[`_${label}`];
    if (!isList(companions) || objectIn(companions[at]) === undefined) report(context, NULL_IN_LIST, label, at);
  } else report(context, { ...fault, code: codeOf(fault) }, label, at);
}

function codeOf(fault: { readonly reason: string }): string {
  if (fault.reason === 'code-not-in-value-set') return 'code-invalid';
  return fault.reason.startsWith('not-a') ? 'structure' : 'value';
}

export function choiceTwice(choice: string, context: Context): void {
  report(context, CHOICE_TWICE, choice);
}

export function emptyObject(context: Context): void {
  report(context, EMPTY_OBJECT);
}

/** Whether the object is the outermost resource of a statement that says only what changed. */
export function isPart(context: Context): boolean {
  return context.partial && context.path.length === 1;
}

export function missing(seen: number, names: readonly string[], context: Context): void {
  for (const [bit, name] of names.entries()) {
    if ((seen & (1 << bit)) !== 0) continue;
    const finding = { code: 'required', reason: 'required-element-missing', what: 'is required and missing' };
    report(context, { ...finding, fix: `Add ${name}.` }, name);
  }
}

/**
 * A property that the type does not have. True when the rest of the object is not worth looking at, because it is a number whose
 * digits were kept. A name is shown only when it looks like one: a sender could have put anything there.
 */
export function unknown(
  key: string,
  owner: JsonObject,
  { keys, context }: { keys: readonly string[]; context: Context },
): boolean {
  if (key === 'rawJSON' && isRawJson(owner)) {
    report(context, NOT_AN_OBJECT);
    return true;
  }
  const showable = /^_?[A-Za-z][A-Za-z0-9]{0,63}$/.test(key);
  const nearest = showable ? nearestName(key, keys) : undefined;
  const what = showable ? `has no element ${key}` : 'has a property that FHIR does not know';
  const fix = nearest === undefined ? 'Remove it, or carry it in an extension.' : `Did you mean ${nearest}?`;
  report(context, structure('unknown-property', what, fix));
  return false;
}

/** `_birthDate`: id and extensions of a primitive. An id alone needs a value beside it. */
export function companion(
  value: Json,
  owner: JsonObject,
  how: { label: string; name: string; context: Context; check: Check },
): void {
  const { label, name, context, check } = how;
  if (value === null) report(context, NULL, label);
  else beside(value, owner[name] !== undefined, { step: label, context, check });
}

export function companions(
  value: Json,
  owner: JsonObject,
  how: { label: string; name: string; context: Context; check: Check },
): void {
  const { label, name, context, check } = how;
  if (!isList(value) || value.length === 0) {
    badList(value, label, context);
    return;
  }
  const values = owner[name];
  context.path.push(label);
  for (const [at, item] of value.entries()) {
    const partner = isList(values) ? (values[at] ?? undefined) : undefined;
    if (item !== null) beside(item, partner !== undefined, { step: at, context, check });
    else if (partner === undefined) report(context, NULL_IN_LIST, at);
  }
  context.path.pop();
}

function beside(value: Json, hasValue: boolean, how: { step: string | number; context: Context; check: Check }): void {
  const onlyId = Object.keys(objectIn(value) ?? {}).join() === 'id';
  if (onlyId && hasValue) return;
  how.context.path.push(how.step);
  how.check(value, how.context);
  how.context.path.pop();
}

export function broken({ finding, at }: Invariant, context: Context): void {
  report(context, finding, ...(at === undefined ? [] : [at]));
}
