// What a profile says of a single value: fixed, pattern, binding, length, profiles of its type, reference targets, invariants.
import { isRawJson, type Json, objectIn } from '../base/json.ts';
import { codeSetOf } from '../fhir/code-sets.ts';
import { constraintsOf, isPrimitiveType } from '../fhir/definitions.ts';
import type { ElementNode } from '../fhir/element-tree.ts';
import { STRUCTURE_BASE } from '../fhir/library.ts';
import { bareUrl, lastPart } from '../fhir/names.ts';
import type { Constraint, ElementJson } from '../fhir/structures.ts';
import { boundTo, checkConcept, codeFinding } from './bindings.ts';
import { numberIn } from './compare.ts';
import { report, textIn } from './context.ts';
import { isFixed, meetsPattern } from './patterns.ts';
import type { Around, Base } from './profile-node.ts';
import { passes } from './quietly.ts';
import { checkTargets } from './references.ts';
import { resolved } from './resolve.ts';
import type { PartCheck } from './slicing.ts';

const BINDABLE: ReadonlySet<string> = new Set(
  'code string uri url canonical Coding CodeableConcept Quantity'.split(' '),
);

export function valueChecks(node: ElementNode, base: Base, around: Around): readonly PartCheck[] {
  const { element } = node;
  return [
    ...fixedChecks(element, around),
    ...bindingChecks(element, base, around),
    ...lengthChecks(element),
    ...rangeChecks(element),
    ...typeChecks(element, base, around),
    ...invariantChecks(node, base, around),
  ];
}

function fixedChecks(element: ElementJson, { profile }: Around): readonly PartCheck[] {
  const name = lastPart(profile);
  return Object.entries(element).flatMap(([key, wanted]): readonly PartCheck[] => {
    const fixed = key.startsWith('fixed');
    if (!fixed && !key.startsWith('pattern')) return [];
    const what = fixed ? `is not the value that ${name} fixes` : `does not hold what ${name} demands of it`;
    const fix = `Send ${shown(wanted as Json)}.`;
    const finding = { code: 'value', reason: fixed ? 'fixed-value' : 'pattern-value', what, fix };
    const meets = fixed ? isFixed : meetsPattern;
    return [
      (value, context) => {
        if (value !== undefined && !meets(value, wanted as Json)) report(context, finding);
      },
    ];
  });
}

// What a profile fixes is no patient's data.
function shown(wanted: Json): string {
  const text = isRawJson(wanted) ? wanted.rawJSON : JSON.stringify(wanted);
  return text.length > 200 ? 'what the profile says' : text;
}

function bindingChecks(element: ElementJson, base: Base, { library }: Around): readonly PartCheck[] {
  const { binding } = element;
  const before = base.element?.binding;
  const isStrict = binding?.strength === 'required' || binding?.strength === 'extensible';
  if (binding?.valueSet === undefined || !isStrict || !BINDABLE.has(base.type)) return [];
  if (
    before?.strength === binding.strength &&
    before.valueSet !== undefined &&
    bareUrl(before.valueSet) === bareUrl(binding.valueSet)
  )
    return [];
  const bound = boundTo(binding.valueSet, binding.strength, codeSetOf(library, binding.valueSet));
  const required = binding.strength === 'required';
  return [
    (value, context) => {
      if (!required && !context.warnings) return;
      if (typeof value === 'string') {
        const finding = codeFinding(value, bound);
        if (finding !== undefined && (context.warnings || finding.severity === undefined)) report(context, finding);
      } else if (value !== undefined) checkConcept(value, bound, context);
    },
  ];
}

function lengthChecks({ maxLength }: ElementJson): readonly PartCheck[] {
  if (maxLength === undefined) return [];
  const finding = {
    code: 'too-long',
    reason: 'profile-too-long',
    what: `is longer than ${maxLength} characters`,
    fix: 'Shorten it.',
  };
  return [
    (value, context) => {
      if (typeof value === 'string' && value.length > maxLength) report(context, finding);
    },
  ];
}

/** Bounds of numbers; of dates, where both are written to the same precision and zone. */
function rangeChecks(element: ElementJson): readonly PartCheck[] {
  return Object.entries(element).flatMap(([key, bound]): readonly PartCheck[] => {
    const isLeast = key.startsWith('minValue');
    if (!isLeast && !key.startsWith('maxValue')) return [];
    const what = isLeast ? 'is less than the profile allows' : 'is more than the profile allows';
    const finding = {
      code: 'value',
      reason: 'profile-range',
      what,
      fix: `Send ${shown(bound as Json)} or ${isLeast ? 'more' : 'less'}.`,
    };
    return [
      (value, context) => {
        const order = orderOf(value, bound as Json);
        if (order !== undefined && (isLeast ? order < 0 : order > 0)) report(context, finding);
      },
    ];
  });
}

function orderOf(value: Json | undefined, bound: Json): number | undefined {
  const [number, limit] = [numberIn(value), numberIn(bound)];
  if (number !== undefined && limit !== undefined) return number - limit;
  if (typeof value !== 'string' || typeof bound !== 'string' || value.length !== bound.length) return undefined;
  return value < bound ? -1 : value > bound ? 1 : 0;
}

function typeChecks(element: ElementJson, base: Base, { library }: Around): readonly PartCheck[] {
  const checks: PartCheck[] = [];
  const types = element.type ?? [];
  const before = new Set(base.element?.types.map(({ profile }) => profile));
  for (const { code, profile = [], targetProfile = [] } of types) {
    if (code === 'Reference' && targetProfile.length > 0) {
      const targets = targetProfile.map((url) => library.structure(url)?.type ?? lastPart(url));
      const known = targetProfile.every((url) => library.structure(url) !== undefined);
      if (known && !targets.includes('Resource')) {
        const allowed = new Set(targets);
        checks.push((value, context) => {
          if (value !== undefined) checkTargets(value, allowed, context);
        });
        if (!targetProfile.some((url) => url === STRUCTURE_BASE + library.structure(url)?.type))
          checks.push(targetCheck(targetProfile));
      }
    }
    // An extension is checked wherever its URL is known.
    if (profile.length === 0 || code === 'Extension' || types.length > 1 || profile.every((url) => before.has(url)))
      continue;
    checks.push(profileCheck(profile));
  }
  return checks;
}

/** What a reference points at meets one of the profiles, where it is at hand. Its type is the business of another check. */
function targetCheck(urls: readonly string[]): PartCheck {
  const names = urls.map(lastPart).join(', ');
  const finding = {
    code: 'value',
    reason: 'reference-target-profile',
    what: `points at a resource that meets none of the profiles ${names}`,
    fix: 'Validate that resource against the one it is meant to meet, and correct what that names.',
  };
  return (value, context) => {
    // Only what the resource itself points at: what that points at is its own affair, and may go round in circles.
    const target = context.followed > 0 ? undefined : resolved(textIn(objectIn(value)?.['reference']), context);
    if (target === undefined) return;
    const fitting = urls.filter((url) => context.profiles.typeOf(url) === target['resourceType']);
    if (fitting.length > 0 && !fitting.some((url) => passes(target, url, context))) report(context, finding);
  };
}

function profileCheck(urls: readonly string[]): PartCheck {
  const names = urls.map(lastPart).join(', ');
  return (value, context) => {
    if (value === undefined) return;
    const loaded = urls.filter((url) => context.profiles.check(url) !== undefined);
    const [only] = loaded;
    if (loaded.length < urls.length) {
      if (context.warnings && only === undefined) report(context, notLoaded(names));
      if (loaded.length === 0 || urls.length > 1) return;
    }
    if (loaded.length === 1 && only !== undefined) context.profiles.check(only)?.(value, context);
    else if (!loaded.some((url) => passes(value, url, context))) {
      report(context, {
        code: 'structure',
        reason: 'profile-none-met',
        what: `meets none of the profiles ${names}`,
        fix: 'Validate it against the one it is meant to meet, and correct what that names.',
      });
    }
  };
}

export function notLoaded(names: string) {
  return {
    severity: 'information',
    code: 'not-found',
    reason: 'profile-not-loaded',
    what: `was not checked against ${names}, which is not loaded`,
    fix: 'Load the package that has the profile.',
  } as const;
}

function invariantChecks({ element, name }: ElementNode, base: Base, around: Around): readonly PartCheck[] {
  const type = isPrimitiveType(base.type) || base.type !== '' ? base.type : name;
  const before = new Set([...(base.element?.constraints ?? []), ...constraintsOf(type)].map(({ key }) => key));
  const added = (element.constraint ?? []).filter((one: Constraint) => !before.has(one.key));
  const check = added.length === 0 ? undefined : around.invariants(added, type);
  return check === undefined ? [] : [check];
}
