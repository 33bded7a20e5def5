// What no policy may say, however it is written: the harm gate, as it is checked when a policy is read. What decides (choose.ts)
// holds the same gate again, for a policy that comes by another way.
import { ALLOWED_CRITERIA, type Criterion } from '../choose.ts';
import { FIT_FOR_HARM } from '../equivalence.ts';
import type { ElementPolicy, HarmClass } from '../types.ts';

/** Elements whose class the product fixes or holds above a floor: a policy that says otherwise is a mistake that could hurt. */
const FIXED: { readonly [path: string]: HarmClass } = {
  'AllergyIntolerance.*': 'H3',
  'ResuscitationStatus.*': 'H3',
};
const FLOORS: { readonly [path: string]: HarmClass } = {
  'Condition.*': 'H2',
  'MedicationRequest.*': 'H2',
  'MedicationRequest.dosageInstruction': 'H2',
  'MedicationStatement.*': 'H2',
  'MedicationStatement.dosage': 'H2',
  'Observation.value[x]': 'H2',
};

export function isGated(harm: HarmClass): boolean {
  return harm === 'H2' || harm === 'H3';
}

/** Why the class of an element is not allowed; undefined when it is. */
export function wrongClass(path: string, harm: HarmClass): string | undefined {
  const fixed = FIXED[path];
  if (fixed !== undefined && harm !== fixed)
    return `${path} is always ${fixed}: no rule may settle it, whatever a policy says.`;
  const floor = FLOORS[path];
  if (floor !== undefined && harm < floor)
    return `${path} is ${floor} or higher: a wrong one does serious harm, so only a person settles it.`;
  return undefined;
}

export function forbiddenCriterion(criterion: Criterion, harm: HarmClass): string | undefined {
  const allowed = ALLOWED_CRITERIA[harm];
  if (allowed.includes(criterion)) return undefined;
  if (allowed.length === 0)
    return `${harm} values are never chosen by a rule: a person decides. Remove "${criterion}".`;
  return `${harm} values may be chosen by ${allowed.join(' or ')} only. Remove "${criterion}".`;
}

/** An equivalence that overlooks differences would settle a conflict by not seeing it. */
export function lossyEquivalence(equivalence: string, harm: HarmClass): string | undefined {
  if (!isGated(harm) || FIT_FOR_HARM.some((fit) => fit === equivalence)) return undefined;
  return `"${equivalence}" takes values for equal that differ, which ${harm} does not allow. Use ${FIT_FOR_HARM.join(', ')}.`;
}

export function hiddenConflict(
  rule: Pick<ElementPolicy, 'harm' | 'cardinality' | 'whenConflicting'>,
): string | undefined {
  const { harm, cardinality, whenConflicting: shown } = rule;
  if (shown === undefined) return undefined;
  if (cardinality === 'single' && shown !== 'none')
    return 'Of a single value nothing is shown as true while sources disagree. Use "none", or leave this out.';
  if (harm === 'H3' && cardinality === 'list' && shown !== 'all')
    return 'Of an H3 list everything is shown while sources disagree. Use "all", or leave this out.';
  return undefined;
}

export function pointlessTrust(path: string, harm: HarmClass): string | undefined {
  if (!isGated(harm)) return undefined;
  return `${path} is ${harm}: trust never settles it, so a trust of its own would only mislead. Remove "trust".`;
}
