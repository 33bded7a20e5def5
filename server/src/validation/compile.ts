// Turns the type table into checkers, each type once and only when first needed.

import { invariant } from '../base/errors.ts';
import type { Json, JsonObject } from '../base/json.ts';
import { ancestry, type ElementDefinition, elementsOf, isPrimitiveType, type TypeRef } from '../fhir/definitions.ts';
import { boundCode, boundConcept } from './bindings.ts';
import { checkObject, type Slot, type TypeChecker } from './check-object.ts';
import { checkResource } from './check-resource.ts';
import { type Context, isList, objectIn, report } from './context.ts';
import { RULES, type Rule } from './invariants.ts';
import { PRIMITIVE_CHECKS, type PrimitiveCheck } from './primitives.ts';
import { checkReference } from './references.ts';
import { xhtmlFault } from './xhtml.ts';

type Check = (value: Json, context: Context) => void;

const REQUIRED_MAX = 31;
const NOT_A_LIST = {
  code: 'structure',
  reason: 'list-expected',
  what: 'may repeat and must be a list',
  fix: 'Put the value in square brackets.',
};
const LIST = {
  code: 'structure',
  reason: 'list-not-allowed',
  what: 'may not repeat',
  fix: 'Send one value without square brackets.',
};
const EMPTY_LIST = {
  code: 'structure',
  reason: 'empty-list',
  what: 'is an empty list',
  fix: 'Leave the element out when there is no value.',
};
const NULL_IN_LIST = {
  code: 'structure',
  reason: 'null-in-list',
  what: 'is null',
  fix: 'Leave it out, or give the reason in an extension of the same position.',
};

const compiled = new Map<string, TypeChecker>();

/** The checker of a type or nested element, such as `Patient` or `Patient.contact`. */
export function checkerOf(path: string): TypeChecker {
  const known = compiled.get(path);
  if (known !== undefined) return known;
  const checker = compile(path);
  compiled.set(path, checker);
  return checker;
}

function compile(path: string): TypeChecker {
  const slots = new Map<string, Slot>();
  const requiredNames: (readonly [bit: number, name: string])[] = [];
  const lineage = ancestry(path);
  if (lineage[0] === 'Resource') {
    slots.set('resourceType', { label: 'resourceType', bit: 0, choice: undefined, check: () => undefined });
  }
  for (const element of elementsOf(path)) {
    invariant(requiredNames.length < REQUIRED_MAX, 'required elements fit in one word');
    const bit = element.min > 0 ? 1 << requiredNames.length : 0;
    if (bit !== 0) requiredNames.push([bit, element.name]);
    for (const [name, slot] of slotsOf(element, bit)) slots.set(name, slot);
  }
  const required = requiredNames.reduce((mask, [bit]) => mask | bit, 0);
  return { slots, required, requiredNames, rules: lineage.flatMap((type): readonly Rule[] => RULES[type] ?? []) };
}

/** One property per type of a choice, and a companion (`_birthDate`) for each primitive. */
function slotsOf(element: ElementDefinition, bit: number): readonly (readonly [string, Slot])[] {
  const choice = element.isChoice ? element.name : undefined;
  return element.types.flatMap((type) => {
    const name = element.isChoice ? element.name + type.type[0]?.toUpperCase() + type.type.slice(1) : element.name;
    const label = element.isChoice ? `${element.name}.ofType(${type.type})` : element.name;
    const primitive = isPrimitiveType(type.type);
    const check = primitive ? primitiveSlot(element, type, label) : complexSlot(element, type, label);
    const own = [name, { label, bit, choice, check }] as const;
    if (!primitive) return [own];
    return [own, [`_${name}`, { label, bit, choice, check: companion(element.isList, label, name) }] as const];
  });
}

function primitiveSlot(element: ElementDefinition, { type }: TypeRef, label: string): Slot['check'] {
  const check = primitiveCheck(element, type);
  const one: Slot['check'] = (value, context) => {
    const fault = check(value);
    if (fault !== undefined) report(context, isList(value) ? LIST : { ...fault, code: codeOf(fault) }, label);
    else if (type !== 'string' && typeof value === 'string' && value.charCodeAt(0) === 35)
      notePointer(type, value, context);
  };
  if (!element.isList) return one;
  return (value, context, owner) => {
    if (!isNonEmptyList(value, context, label)) return;
    for (const [at, item] of value.entries()) {
      if (item === null) checkGap({ at, label, owner }, context);
      else {
        const fault = check(item);
        if (fault !== undefined) report(context, { ...fault, code: codeOf(fault) }, label, at);
      }
    }
  };
}

function codeOf(fault: { readonly reason: string }): string {
  if (fault.reason === 'code-not-in-value-set') return 'code-invalid';
  return fault.reason.startsWith('not-a') ? 'structure' : 'value';
}

function primitiveCheck(element: ElementDefinition, type: string): PrimitiveCheck {
  const check = PRIMITIVE_CHECKS[type];
  invariant(check !== undefined, 'every primitive type has a check');
  if (type === 'xhtml') return (value) => check(value) ?? xhtmlFault(String(value));
  return element.codes === undefined ? check : boundCode(check, element.codes);
}

// A canonical or URI may point at a contained resource too, which is then not left over (dom-3).
function notePointer(type: string, value: string, context: Context): void {
  if (type === 'canonical' || type === 'uri' || type === 'url') context.scope.pointedAt.add(value.slice(1));
}

function checkGap({ at, label, owner }: { at: number; label: string; owner: JsonObject }, context: Context): void {
  const companions = owner[`_${label}`];
  if (!isList(companions) || objectIn(companions[at]) === undefined) report(context, NULL_IN_LIST, label, at);
}

function complexSlot(element: ElementDefinition, type: TypeRef, label: string): Slot['check'] {
  const check = complexCheck(element, type);
  if (!element.isList) return (value, context) => checkOne(value, context, { check, label });
  return (value, context) => {
    if (!isNonEmptyList(value, context, label)) return;
    context.path.push(label);
    for (const [at, item] of value.entries()) {
      if (item === null) report(context, NULL_IN_LIST, at);
      else checkAt(item, context, { check, step: at });
    }
    context.path.pop();
  };
}

function checkOne(value: Json, context: Context, { check, label }: { check: Check; label: string }): void {
  if (isList(value)) report(context, LIST, label);
  else checkAt(value, context, { check, step: label });
}

function checkAt(value: Json, context: Context, { check, step }: { check: Check; step: string | number }): void {
  context.path.push(step);
  check(value, context);
  context.path.pop();
}

function complexCheck(element: ElementDefinition, { type, targets }: TypeRef): Check {
  if (type === 'Resource') {
    const contained = element.name === 'contained';
    return (value, context) => checkResource(value, context, { contained, checkerOf });
  }
  let checker: TypeChecker | undefined;
  const check: Check = (value, context) => {
    checker ??= checkerOf(type);
    checkObject(value, checker, context);
  };
  if (type === 'Reference') return referenceCheck(check, targets);
  const bound = element.codes === undefined ? undefined : boundConcept(type, element.codes);
  if (bound === undefined) return check;
  return (value, context) => {
    check(value, context);
    bound(value, context);
  };
}

function referenceCheck(check: Check, targets: readonly string[] | undefined): Check {
  const allowed = targets === undefined ? undefined : new Set(targets);
  return (value, context) => {
    check(value, context);
    checkReference(value, allowed, context);
  };
}

/** `_birthDate`: id and extensions of a primitive. An id alone needs a value beside it. */
function companion(listed: boolean, label: string, name: string): Slot['check'] {
  const check: Check = (value, context) => checkObject(value, checkerOf('Element'), context);
  const one = (value: Json, context: Context, { hasValue, step }: { hasValue: boolean; step: string | number }) => {
    const onlyId = Object.keys(objectIn(value) ?? {}).join() === 'id';
    if (!onlyId || !hasValue) checkAt(value, context, { check, step });
  };
  if (!listed)
    return (value, context, owner) => one(value, context, { hasValue: owner[name] !== undefined, step: label });
  return (value, context, owner) => {
    if (!isNonEmptyList(value, context, label)) return;
    const values = owner[name];
    context.path.push(label);
    for (const [at, item] of value.entries()) {
      const beside = isList(values) ? (values[at] ?? undefined) : undefined;
      if (item !== null) one(item, context, { hasValue: beside !== undefined, step: at });
      else if (beside === undefined) report(context, NULL_IN_LIST, at);
    }
    context.path.pop();
  };
}

function isNonEmptyList(value: Json, context: Context, label: string): value is readonly Json[] {
  if (!isList(value)) report(context, NOT_A_LIST, label);
  else if (value.length === 0) report(context, EMPTY_LIST, label);
  else return true;
  return false;
}
