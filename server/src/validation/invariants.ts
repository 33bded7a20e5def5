// The invariants of types and profiles: FHIRPath expressions that must hold, compiled when they are first needed.
import type { Json } from '../base/json.ts';
import type { ElementDefinition } from '../fhir/definitions.ts';
import { constraintsOf } from '../fhir/definitions.ts';
import type { Constraint } from '../fhir/structures.ts';
import { type CompiledBoolean, compileBoolean, FhirPathError, fallbackBoolean } from '../fhirpath/index.ts';
import { type Context, type Finding, report } from './context.ts';
import { TEXTS } from './invariant-texts.ts';
import { NATIVE } from './native-invariants.ts';
import type { PartCheck } from './slicing.ts';

export type Invariant = {
  readonly key: string;
  readonly isWarning: boolean;
  readonly finding: Finding;
  /** The element to point at, when not the focus itself. */
  readonly at: string | undefined;
  /** False only when the rule is broken; an expression that comes to nothing breaks no rule. */
  readonly holds: (value: Json | undefined, context: Context) => boolean;
};

/** Checked as part of the structure, with better places: empty elements, contained resources, narrative, `#id` references. */
const BY_STRUCTURE: ReadonlySet<string> = new Set('ele-1 dom-2 dom-3 dom-4 dom-5 txt-1 txt-2 ref-1'.split(' '));

/** Of a type or nested element, its base types included. */
export function invariantsOfType(path: string): readonly Invariant[] {
  return invariantsOf(constraintsOf(path), path);
}

/** Of an element beyond what its type demands. */
export function invariantsOfElement(element: ElementDefinition, type: string): readonly Invariant[] {
  if (type.includes('.') || type === 'Resource' || element.constraints.length === 0) return [];
  const known = new Set(constraintsOf(type).map(({ key }) => key));
  return invariantsOf(
    element.constraints.filter(({ key }) => !known.has(key)),
    type,
  );
}

export function invariantsOf(constraints: readonly Constraint[], type: string): readonly Invariant[] {
  return constraints.flatMap((one) => (BY_STRUCTURE.has(one.key) ? [] : [invariantOf(one, type)]));
}

/** The invariants that a profile adds, as a check of a value. */
export function invariantChecks(constraints: readonly Constraint[], type: string): PartCheck | undefined {
  const list = invariantsOf(constraints, type);
  if (list.length === 0) return undefined;
  return (value, context) => {
    if (value !== undefined && context.sound) checkInvariants(value, context, list);
  };
}

export function checkInvariants(value: Json | undefined, context: Context, list: readonly Invariant[]): void {
  for (const one of list) {
    if (one.isWarning && !context.warnings) continue;
    if (!one.holds(value, context)) report(context, one.finding, ...(one.at === undefined ? [] : [one.at]));
  }
}

function invariantOf(constraint: Constraint, type: string): Invariant {
  const { key, severity, human } = constraint;
  const isWarning = severity === 'warning';
  const { what, fix, at } = TEXTS[key] ?? {
    what: `breaks the rule "${human}"`,
    fix: 'Correct it so that the rule holds.',
  };
  const finding: Finding = {
    severity: isWarning ? 'warning' : 'error',
    code: 'invariant',
    reason: `invariant-${key}`,
    what: `${what.replace(/\.$/, '')} (${key})`,
    fix,
  };
  return { key, isWarning, finding, at, holds: NATIVE[key] ?? holdsOf(constraint, type) };
}

function notEvaluated(key: string): Finding {
  const what = `was not held against the rule ${key}, whose expression cannot be evaluated`;
  return {
    severity: 'information',
    code: 'not-supported',
    reason: 'invariant-not-evaluated',
    what,
    fix: 'Check the rule by hand.',
  };
}

function holdsOf({ key, expression }: Constraint, type: string): Invariant['holds'] {
  let compiled: CompiledBoolean | undefined;
  let broken = expression === undefined;
  return (value, context) => {
    if (broken) {
      if (context.warnings) report(context, notEvaluated(key));
      return true;
    }
    try {
      compiled ??= compiledBy(expression ?? '', type);
      return compiled(value, context.environment) !== false;
    } catch (error) {
      if (!(error instanceof FhirPathError)) throw error;
      // What cannot be compiled cannot be evaluated the next time either.
      if (compiled === undefined) broken = true;
      if (context.warnings) report(context, notEvaluated(key));
      return true;
    }
  };
}

/** What our compiler has not is left to HL7's engine. */
function compiledBy(expression: string, type: string): CompiledBoolean {
  try {
    return compileBoolean(expression, { type });
  } catch (error) {
    if (!(error instanceof FhirPathError) || error.code === 'syntax') throw error;
    return fallbackBoolean(expression, { type });
  }
}
