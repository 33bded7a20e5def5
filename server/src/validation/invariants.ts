// Invariants of R4 that are checked natively: the error-level ones of the types that carry patients' data. Each is the
// published expression (https://hl7.org/fhir/R4), written as a function that is true when the invariant holds.
import type { Json, JsonObject } from '../base/json.ts';
import { BUNDLE_RULES } from './bundle-rules.ts';
import { isNotAfter, numberIn } from './compare.ts';
import { objectIn, objectsIn, textIn } from './context.ts';

export type Rule = {
  readonly key: string;
  readonly what: string;
  readonly fix: string;
  /** The element to point at, when not the object itself. */
  readonly at?: string;
  readonly holds: (object: JsonObject) => boolean;
};

const has = (object: JsonObject, name: string) => object[name] !== undefined || object[`_${name}`] !== undefined;
const hasChoice = (object: JsonObject, stem: string) =>
  Object.keys(object).some((key) => key.replace('_', '').startsWith(stem) && /^_?[a-z]+[A-Z]/.test(key));
const implies = (object: JsonObject, name: string, other: string) => !has(object, name) || has(object, other);
const excludes = (object: JsonObject, name: string, other: string) => !has(object, name) || !has(object, other);
const atLeast = (value: Json | undefined, least: number) => (numberIn(value) ?? least) >= least;

function needs(key: string, name: string, other: string): Rule {
  return {
    key,
    what: `has ${name} without ${other}`,
    fix: `Add ${other}.`,
    holds: (object) => implies(object, name, other),
  };
}

function codes(concept: Json | undefined): readonly string[] {
  return objectsIn(objectIn(concept)?.['coding']).map(
    (coding) => `${textIn(coding['system']) ?? ''}|${textIn(coding['code']) ?? ''}`,
  );
}

function hasCode(concept: Json | undefined, ...wanted: readonly string[]): boolean {
  return codes(concept).some((code) => wanted.includes(code.slice(code.indexOf('|') + 1)));
}

const PERIOD_ORDER: Rule = {
  key: 'per-1',
  what: 'ends before it starts',
  fix: 'Check start and end with the source.',
  holds: (period) => isNotAfter(textIn(period['start']), textIn(period['end'])),
};
const QUANTITY: readonly Rule[] = [needs('qty-3', 'code', 'system')];
const NO_VALUE_AND_REASON: Rule = {
  key: 'obs-6',
  what: 'has both a value and a reason why there is none',
  fix: 'Remove dataAbsentReason, or the value.',
  at: 'dataAbsentReason',
  holds: (observation) => !has(observation, 'dataAbsentReason') || !hasChoice(observation, 'value'),
};

/** Rules by type or nested element. A type has the rules of its base types too. */
export const RULES: { readonly [path: string]: readonly Rule[] | undefined } = {
  Extension: [
    {
      key: 'ext-1',
      what: 'must have either a value or extensions, and not both',
      fix: 'Keep one of them.',
      holds: (extension) => has(extension, 'extension') !== hasChoice(extension, 'value'),
    },
  ],
  Attachment: [needs('att-1', 'data', 'contentType')],
  ContactPoint: [needs('cpt-2', 'value', 'system')],
  Period: [PERIOD_ORDER],
  Quantity: QUANTITY,
  Range: [
    {
      key: 'rng-2',
      what: 'has a low that is above its high',
      fix: 'Check both limits with the source.',
      holds: ({ low, high }) => rangeInOrder(low, high),
    },
  ],
  Ratio: [
    {
      key: 'rat-1',
      what: 'must have both numerator and denominator, or neither and an extension',
      fix: 'Add what is missing.',
      holds: (ratio) =>
        has(ratio, 'numerator') === has(ratio, 'denominator') && (has(ratio, 'numerator') || has(ratio, 'extension')),
    },
  ],
  'Timing.repeat': [
    needs('tim-1', 'duration', 'durationUnit'),
    needs('tim-2', 'period', 'periodUnit'),
    notNegative('tim-4', 'duration'),
    notNegative('tim-5', 'period'),
    needs('tim-6', 'periodMax', 'period'),
    needs('tim-7', 'durationMax', 'duration'),
    needs('tim-8', 'countMax', 'count'),
    {
      key: 'tim-10',
      what: 'has both timeOfDay and when',
      fix: 'Keep one of them.',
      holds: (repeat) => excludes(repeat, 'timeOfDay', 'when'),
    },
  ],
  'Patient.contact': [
    {
      key: 'pat-1',
      what: 'must have a name, telecom, address or organization',
      fix: 'Add one of them.',
      holds: (contact) => ['name', 'telecom', 'address', 'organization'].some((name) => has(contact, name)),
    },
  ],
  Observation: [
    NO_VALUE_AND_REASON,
    {
      key: 'obs-7',
      what: 'has a value and a component with the same code',
      fix: 'Put the result in the value or in the component, not in both.',
      holds: (observation) => {
        if (!hasChoice(observation, 'value')) return true;
        const own = new Set(codes(observation['code']));
        return !objectsIn(observation['component']).some((one) => codes(one['code']).some((code) => own.has(code)));
      },
    },
  ],
  'Observation.component': [NO_VALUE_AND_REASON],
  'Observation.referenceRange': [
    {
      key: 'obs-3',
      what: 'must have at least a low, a high or a text',
      fix: 'Add one of them.',
      holds: (range) => has(range, 'low') || has(range, 'high') || has(range, 'text'),
    },
  ],
  AllergyIntolerance: [
    {
      key: 'ait-1',
      what: 'needs a clinicalStatus unless it was entered in error',
      fix: 'Add clinicalStatus.',
      holds: (one) => has(one, 'clinicalStatus') || hasCode(one['verificationStatus'], 'entered-in-error'),
    },
    {
      key: 'ait-2',
      what: 'was entered in error and still has a clinicalStatus',
      fix: 'Remove clinicalStatus.',
      holds: (one) => !has(one, 'clinicalStatus') || !hasCode(one['verificationStatus'], 'entered-in-error'),
    },
  ],
  Condition: [
    {
      key: 'con-4',
      what: 'has an abatement but is still active',
      fix: 'Set clinicalStatus to inactive, resolved or remission.',
      holds: (one) =>
        !hasChoice(one, 'abatement') || hasCode(one['clinicalStatus'], 'resolved', 'remission', 'inactive'),
    },
    {
      key: 'con-5',
      what: 'was entered in error and still has a clinicalStatus',
      fix: 'Remove clinicalStatus.',
      holds: (one) => !has(one, 'clinicalStatus') || !hasCode(one['verificationStatus'], 'entered-in-error'),
    },
  ],
  'Condition.stage': [
    {
      key: 'con-1',
      what: 'must have a summary or an assessment',
      fix: 'Add one of them.',
      holds: (stage) => has(stage, 'summary') || has(stage, 'assessment'),
    },
  ],
  'Condition.evidence': [
    {
      key: 'con-2',
      what: 'must have a code or a detail',
      fix: 'Add one of them.',
      holds: (evidence) => has(evidence, 'code') || has(evidence, 'detail'),
    },
  ],
  Organization: [
    {
      key: 'org-1',
      what: 'must have an identifier or a name',
      fix: 'Add one of them.',
      holds: (one) => has(one, 'identifier') || has(one, 'name'),
    },
    {
      key: 'org-2',
      what: 'has an address of use home',
      fix: 'Use another use for an organisation.',
      at: 'address',
      holds: (one) => objectsIn(one['address']).every((address) => address['use'] !== 'home'),
    },
    {
      key: 'org-3',
      what: 'has a telecom of use home',
      fix: 'Use another use for an organisation.',
      at: 'telecom',
      holds: (one) => objectsIn(one['telecom']).every((telecom) => telecom['use'] !== 'home'),
    },
  ],
  ...BUNDLE_RULES,
};

function notNegative(key: string, name: string): Rule {
  return {
    key,
    what: `has a negative ${name}`,
    fix: 'Send a number that is not negative.',
    at: name,
    holds: (object) => atLeast(object[name], 0),
  };
}

// Limits in different units are not compared.
function rangeInOrder(low: Json | undefined, high: Json | undefined): boolean {
  const bottom = objectIn(low);
  const top = objectIn(high);
  if (['code', 'system', 'unit'].some((name) => bottom?.[name] !== top?.[name])) return true;
  const least = numberIn(bottom?.['value']);
  const most = numberIn(top?.['value']);
  return least === undefined || most === undefined || least <= most;
}
