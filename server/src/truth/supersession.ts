// May a later statement take the place of what the same source said of a resource? Results have a life of their own:
// preliminary, final, corrected, withdrawn. Both the fold and the reasons shown to people follow this one rule.
import type { JsonObject } from '../base/json.ts';
import { choiceBase } from './choice.ts';
import { entriesOf, isObject, listAt, sameContent, textAt } from './json-values.ts';
import { isRemoval } from './removal.ts';
import type { Spoken, View } from './types.ts';

export type SupersessionOutcome =
  | 'first'
  | 'repeated'
  | 'updated'
  | 'finalised'
  | 'corrected'
  | 'amended'
  | 'cancelled'
  | 'withdrawn'
  | 'wrong-patient'
  | 'changed-without-correction'
  | 'reissued-after-withdrawal'
  | 'kept-final'
  | 'kept-withdrawn'
  | 'removed';

/** `adopt`: false when what was said before stands. */
type Supersession = { readonly adopt: boolean; readonly outcome: SupersessionOutcome };

const RESULTS: ReadonlySet<string> = new Set(['Observation', 'DiagnosticReport']);
// Not yet the final word, in HL7 table 0085 terms P, I, R, S and the like.
const UNFINISHED: ReadonlySet<string> = new Set(['registered', 'partial', 'preliminary', 'unknown']);
const FINISHED: ReadonlySet<string> = new Set(['final', 'corrected', 'amended', 'appended']);
const WITHDRAWN = 'entered-in-error';
/** How a mapping marks a result that was sent for the wrong patient (OBX-11 W). */
const WRONG_PATIENT = 'wrong-patient';

export function supersession(view: View | undefined, statement: Spoken): Supersession {
  if (isRemoval(statement)) return adopted('removed');
  if (view?.removed === true) return adopted('first');
  const next = lifeStatus(statement.resource);
  if (next === WITHDRAWN) return adopted(isWrongPatient(statement.resource) ? 'wrong-patient' : 'withdrawn');
  if (view === undefined) return adopted('first');
  if (!hasLife(statement.resourceType)) return adopted(changes(view, statement) ? 'updated' : 'repeated');
  return resultSupersession(view, statement, next);
}

/** False when what was said before stands: only results can be kept from being replaced. */
export function adopts(view: View, statement: Spoken): boolean {
  return !hasLife(statement.resourceType) || supersession(view, statement).adopt;
}

/** Results have a life of their own; whatever else is said takes the place of what was. */
export function hasLife(type: string): boolean {
  return RESULTS.has(type);
}

function resultSupersession(view: View, statement: Spoken, next: string | undefined): Supersession {
  const before = statusOf(view);
  if (next === 'corrected') return adopted(before === next && !changes(view, statement) ? 'repeated' : 'corrected');
  if (next === 'amended' || next === 'appended') return adopted('amended');
  if (before === WITHDRAWN) {
    const again = next === undefined || UNFINISHED.has(next) || !changesContent(view, statement);
    return again ? { adopt: false, outcome: 'kept-withdrawn' } : adopted('reissued-after-withdrawal');
  }
  if (next === 'cancelled') return adopted('cancelled');
  if (before !== undefined && FINISHED.has(before)) return afterFinal(view, statement, { before, next });
  return adopted(next === 'final' ? 'finalised' : changes(view, statement) ? 'updated' : 'repeated');
}

function afterFinal(
  view: View,
  statement: Spoken,
  status: { readonly before: string; readonly next: string | undefined },
): Supersession {
  if (status.next !== undefined && UNFINISHED.has(status.next)) return { adopt: false, outcome: 'kept-final' };
  if (changesContent(view, statement)) return adopted('changed-without-correction');
  // "Final" again after a correction is the old wording of the same content; the correction stands.
  if (status.before !== 'final' && status.next === 'final') return { adopt: false, outcome: 'repeated' };
  return adopted(changes(view, statement) ? 'updated' : 'repeated');
}

function adopted(outcome: SupersessionOutcome): Supersession {
  return { adopt: true, outcome };
}

/** `status`, or for allergies and problems the verification status; both know "entered in error". */
function lifeStatus(resource: JsonObject): string | undefined {
  return verification(resource) ?? textAt(resource, 'status');
}

function verification(resource: JsonObject): string | undefined {
  return textAt(listAt(resource['verificationStatus'], 'coding')[0], 'code');
}

function statusOf(view: View): string | undefined {
  const status = view.elements['status']?.value;
  return typeof status === 'string' ? status : undefined;
}

function isWrongPatient(resource: JsonObject): boolean {
  const meta = resource['meta'];
  const marks = [
    ...listAt(resource, 'extension'),
    ...listAt(meta, 'tag'),
    ...listAt(resource['statusReason'], 'coding'),
  ];
  return marks.some((mark) => isObject(mark) && Object.values(mark).includes(WRONG_PATIENT));
}

/** Does the statement say anything the view does not hold already? */
function changes(view: View, statement: Spoken): boolean {
  return statement.said.some((said) => {
    const held = view.elements[said.element];
    if (said.action === 'clear') return held?.value !== undefined;
    return statement.resource[said.element] !== undefined && !holds(view, statement, said.element);
  });
}

const CONTENT: ReadonlySet<string> = new Set([
  'dataAbsentReason',
  'component',
  'result',
  'conclusion',
  'presentedForm',
  'code',
]);

/** As `changes`, but only for what a reader of the result would act on. */
function changesContent(view: View, statement: Spoken): boolean {
  return statement.said.some(
    (said) =>
      said.action === 'set' &&
      (CONTENT.has(said.element) || choiceBase(said.element) === 'value') &&
      !holds(view, statement, said.element),
  );
}

function holds(view: View, statement: Spoken, element: string): boolean {
  const said = statement.resource[element];
  const held = view.elements[element]?.value;
  if (sameContent(held, said)) return true;
  const before = entriesOf(held);
  const entries = entriesOf(said);
  return (
    entries.length > 0 && Array.isArray(said) && entries.every((entry) => before.some((one) => sameContent(one, entry)))
  );
}
