// Bindings: whether a code is of the value set it must, or should, come from.
import { type Json, type JsonObject, objectIn, objectsIn } from '../base/json.ts';
import { type CodeSet, type Membership, membership } from '../fhir/code-sets.ts';
import { bareUrl, lastPart } from '../fhir/names.ts';
import { type Context, type Finding, report, textIn } from './context.ts';
import type { Fault, PrimitiveCheck } from './primitives.ts';

export type Bound = {
  readonly set: CodeSet | undefined;
  /** All codes whatever their system, for elements that have no system; empty when the set cannot be listed. */
  readonly codes: ReadonlySet<unknown>;
  readonly form: RegExp | undefined;
  readonly strength: string;
  readonly fault: Fault;
  readonly finding: Finding;
  readonly unchecked: Finding;
};

/** Shown in a message when there are no more than this. */
const CODES_SHOWN_MAX = 12;
/** Value sets that no list can hold, by the form their standard gives them. */
const FORMS: { readonly [valueSet: string]: RegExp } = {
  mimetypes: /^[A-Za-z0-9!#$&^_.+*-]+\/[A-Za-z0-9!#$&^_.+*-]+(\s*;.*)?$|^[a-z0-9+.-]+$/,
  currencies: /^[A-Z]{3}$/,
  'all-languages': /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/,
};

export function boundTo(canonical: string, strength: string, set: CodeSet | undefined): Bound {
  const name = lastPart(bareUrl(canonical));
  const listed = set !== undefined && set.open.size === 0 && !set.vague;
  const codes = new Set<unknown>([...(set?.codes.values() ?? [])].flatMap((each) => [...each]));
  const fix =
    listed && codes.size <= CODES_SHOWN_MAX ? `Use one of ${[...codes].join(', ')}.` : 'Use a code of that value set.';
  const reason = 'code-not-in-value-set';
  return {
    ...{ set, codes, form: FORMS[name], strength },
    fault: { reason, what: `holds a code that the value set ${name} does not have`, fix },
    finding: strength === 'required' ? requiredFinding(name, fix) : extensibleFinding(name, fix),
    unchecked: {
      severity: 'information',
      code: 'informational',
      reason: 'binding-not-checked',
      what: `is bound to the value set ${name}, of which not all codes are loaded, so the code was not checked`,
      fix: 'Load the package or the code system that has them, or check the code elsewhere.',
    },
  };
}

function requiredFinding(name: string, fix: string): Finding {
  const what = `has no code of the value set ${name}, which is required`;
  return { code: 'code-invalid', reason: 'code-not-in-value-set', what, fix };
}

function extensibleFinding(name: string, fix: string): Finding {
  return {
    severity: 'warning',
    code: 'code-invalid',
    reason: 'code-not-in-extensible-value-set',
    what: `has no code of the value set ${name}, which is to be used where one of its codes fits`,
    fix,
  };
}

/** For elements of type code, string or uri; called when the quick look into `codes` did not find it. */
export function codeFault(value: Json, check: PrimitiveCheck, bound: Bound): Fault | undefined {
  const found = check(value);
  if (found !== undefined || typeof value !== 'string') return found;
  if (bound.form !== undefined) return bound.form.test(value) ? undefined : bound.fault;
  return bound.set !== undefined && membership(bound.set, undefined, value) === 'out' ? bound.fault : undefined;
}

/** A finding about a single code; undefined when it is in. */
export function codeFinding(value: string, bound: Bound): Finding | undefined {
  if (bound.codes.has(value)) return undefined;
  if (bound.form !== undefined) return bound.form.test(value) ? undefined : bound.finding;
  const there = bound.set === undefined ? 'unknown' : membership(bound.set, undefined, value);
  return there === 'unknown' ? bound.unchecked : bound.finding;
}

/** For elements of type Coding or CodeableConcept. */
export function checkConcept(value: Json, bound: Bound, context: Context): void {
  const object = objectIn(value);
  if (object === undefined) return;
  const there = membershipOf(object, bound);
  if (there === 'in' || there === undefined) return;
  if (there === 'out') report(context, bound.finding);
  else if (context.warnings) report(context, bound.unchecked);
}

/** Undefined when there is nothing to look at: a text alone under an extensible binding, or a reason in an extension. */
export function membershipOf(object: JsonObject, bound: Bound): Membership | undefined {
  const { strength } = bound;
  const list = object['coding'];
  if (list === undefined && object['code'] !== undefined) return inSet(object, bound);
  let best: Membership | undefined;
  for (const coding of Array.isArray(list) ? objectsIn(list) : []) {
    if (coding['code'] === undefined) continue;
    const there = inSet(coding, bound);
    if (there === 'in') return there;
    if (best !== 'unknown') best = there;
  }
  if (best !== undefined) return best;
  return strength === 'required' && object['extension'] === undefined ? 'out' : undefined;
}

function inSet(coding: JsonObject, { set, form }: Bound): Membership {
  const code = textIn(coding['code']);
  if (set === undefined || code === undefined) return 'unknown';
  // A code without a system means nothing on its own, so that it is not of the set.
  const system = textIn(coding['system']);
  if (system === undefined) return set.vague ? 'unknown' : 'out';
  if (form !== undefined && set.open.has(system)) return form.test(code) ? 'in' : 'out';
  return membership(set, system, code);
}
