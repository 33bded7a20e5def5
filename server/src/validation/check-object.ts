// Checks one JSON object against its type: known properties, no nulls, nothing empty, choices made once, nothing missing.
import type { Json, JsonObject } from '../base/json.ts';
import { type Context, DEPTH_MAX, objectIn, report } from './context.ts';
import type { Rule } from './invariants.ts';
import { nearestName } from './nearest-name.ts';

/** One JSON property of a type. */
export type Slot = {
  /** Its FHIRPath step: `gender`, `value.ofType(Quantity)`. */
  readonly label: string;
  /** Bit in `TypeChecker.required`; 0 when optional. */
  readonly bit: number;
  /** `value` for `valueQuantity` and `_valueQuantity`. */
  readonly choice: string | undefined;
  readonly check: (value: Json, context: Context, owner: JsonObject) => void;
};
export type TypeChecker = {
  readonly slots: ReadonlyMap<string, Slot>;
  readonly required: number;
  readonly requiredNames: readonly (readonly [bit: number, name: string])[];
  readonly rules: readonly Rule[];
};

const NOT_AN_OBJECT = {
  code: 'structure',
  reason: 'not-an-object',
  what: 'must be a JSON object',
  fix: 'Send one object, not a list, text or number.',
};
const TOO_DEEP = {
  code: 'too-costly',
  reason: 'too-deep',
  what: `is nested more than ${DEPTH_MAX} levels deep`,
  fix: 'Flatten the resource.',
};
const NULL = { code: 'structure', reason: 'null-value', what: 'is null', fix: 'Leave the element out.' };
const EMPTY_OBJECT = {
  code: 'invariant',
  reason: 'empty-object',
  what: 'is an object without content (ele-1)',
  fix: 'Leave the element out, or give it a value.',
};
const CHOICE_TWICE = {
  code: 'structure',
  reason: 'choice-given-twice',
  what: 'is given with more than one type',
  fix: 'Send one of them.',
};

export function checkObject(value: Json, type: TypeChecker, context: Context): void {
  const object = objectIn(value);
  if (object === undefined) {
    report(context, NOT_AN_OBJECT);
    return;
  }
  if (context.depth >= DEPTH_MAX) {
    report(context, TOO_DEEP);
    return;
  }
  context.depth++;
  const issuesBefore = context.issues.length;
  checkProperties(object, type, context);
  // Invariants speak about well-formed content; on broken content they would only repeat what is known.
  if (context.issues.length === issuesBefore && !isPart(context)) {
    for (const rule of type.rules) {
      if (!rule.holds(object)) report(context, violated(rule), ...(rule.at === undefined ? [] : [rule.at]));
    }
  }
  context.depth--;
}

function checkProperties(value: JsonObject, type: TypeChecker, context: Context): void {
  let seen = 0;
  let hasContent = false;
  let chosen: Map<string, string> | undefined;
  for (const key in value) {
    const item = value[key];
    if (item === undefined) continue;
    if (key !== 'id') hasContent = true;
    const slot = type.slots.get(key);
    if (slot === undefined) {
      reportUnknown(key, type, context);
      continue;
    }
    seen |= slot.bit;
    if (slot.choice !== undefined) chosen = noteChoice(slot, chosen ?? new Map(), context);
    if (item === null) report(context, NULL, slot.label);
    else slot.check(item, context, value);
  }
  if ((seen & type.required) !== type.required && !isPart(context)) reportMissing(seen, type, context);
  else if (!hasContent) report(context, EMPTY_OBJECT);
}

function isPart(context: Context): boolean {
  return context.partial && context.depth === 1;
}

function noteChoice(slot: Slot, chosen: Map<string, string>, context: Context): Map<string, string> {
  const choice = slot.choice ?? '';
  const before = chosen.get(choice);
  if (before !== undefined && before !== slot.label) report(context, CHOICE_TWICE, choice);
  return chosen.set(choice, slot.label);
}

function reportMissing(seen: number, type: TypeChecker, context: Context): void {
  for (const [bit, name] of type.requiredNames) {
    if ((seen & bit) !== 0) continue;
    const finding = { code: 'required', reason: 'required-element-missing', what: 'is required and missing' };
    report(context, { ...finding, fix: `Add ${name}.` }, name);
  }
}

// A name is shown only when it looks like one: a sender could have put anything there.
function reportUnknown(key: string, type: TypeChecker, context: Context): void {
  const showable = /^_?[A-Za-z][A-Za-z0-9]{0,63}$/.test(key);
  const nearest = showable ? nearestName(key, type.slots.keys()) : undefined;
  const fix = nearest === undefined ? 'Remove it, or carry it in an extension.' : `Did you mean ${nearest}?`;
  report(context, {
    code: 'structure',
    reason: 'unknown-property',
    what: showable ? `has no element ${key}` : 'has a property that FHIR does not know',
    fix,
  });
}

function violated(rule: Rule): { code: string; reason: string; what: string; fix: string } {
  return { code: 'invariant', reason: `invariant-${rule.key}`, what: `${rule.what} (${rule.key})`, fix: rule.fix };
}
