// DG1 to Condition.
import type { Segment } from '../../hl7v2/types.ts';
import { type Context, emit, ignore } from '../context.ts';
import { readConcept } from '../datatypes/concept.ts';
import { entityKey, readEntityIdentifier } from '../datatypes/identifier.ts';
import { type Part, partOf, some } from '../datatypes/part.ts';
import { codeSystem, tableSystem } from '../datatypes/systems.ts';
import { readTime } from '../datatypes/time.ts';
import { practitionerReference } from '../practitioner.ts';
import { leaf, type Node, type NodeObject } from '../sourced.ts';
import { draft, set } from '../statement.ts';
import { fieldUnit, firstOf } from '../unit.ts';

const VERIFICATION = 'http://terminology.hl7.org/CodeSystem/condition-ver-status';
const CATEGORY = 'http://terminology.hl7.org/CodeSystem/condition-category';

export type About = { readonly patientKey: string; readonly encounterKey: string | undefined };

export function emitCondition(context: Context, { patientKey, encounterKey }: About, dg1: Segment): void {
  ignore(context, 'set-id', dg1, { fields: [1] });
  const code = diagnosis(context, dg1);
  if (code === undefined) return;
  const condition = draft('Condition', conditionKey(dg1, encounterKey ?? patientKey), patientKey);
  const identifier = readEntityIdentifier(context, partOf(firstOf(dg1, 20)));
  set(condition, 'identifier', identifier && [identifier]);
  set(condition, 'verificationStatus', verification(partOf(firstOf(dg1, 21)), partOf(firstOf(dg1, 6))));
  set(condition, 'category', categories(partOf(firstOf(dg1, 6))));
  set(condition, 'code', code);
  set(condition, 'subject', { reference: `key:Patient|${patientKey}` });
  set(condition, 'encounter', encounterKey === undefined ? undefined : { reference: `key:Encounter|${encounterKey}` });
  set(condition, 'onsetDateTime', readTime(context, partOf(firstOf(dg1, 5))));
  set(condition, 'recordedDate', readTime(context, partOf(firstOf(dg1, 19))));
  set(condition, 'asserter', practitionerReference(context, partOf(firstOf(dg1, 16))));
  emit(context, condition);
}

/** DG1-2 and DG1-4 are how v2.2 and v2.3 name the coding system and the text. */
function diagnosis(context: Context, dg1: Segment): NodeObject | undefined {
  const method = fieldUnit(dg1, 2);
  const system = method === undefined ? undefined : codeSystem(context.source, method.text.trim());
  const part = partOf(firstOf(dg1, 3));
  const read = readConcept(context.source, part, system);
  const description = partOf(firstOf(dg1, 4)).at(1);
  if (read === undefined && description.text === '') return undefined;
  const text = read?.['text'] ?? (description.text === '' ? undefined : leaf(description.text, description.unit));
  const usedMethod = system !== undefined && part.at(3).text === '' && part.at(1).text !== '';
  return { ...read, coding: usedMethod ? withSystem(read?.['coding'], leaf(system, method)) : read?.['coding'], text };
}

function withSystem(codings: Node | undefined, system: Node): Node | undefined {
  if (!Array.isArray(codings)) return codings;
  const [first, ...others] = codings as readonly NodeObject[];
  return [{ ...first, system }, ...others];
}

/** A deleted diagnosis was an error; a working one is not confirmed. */
function verification(action: Part, type: Part): Node | undefined {
  if (action.at(1).text.toUpperCase() === 'D')
    return { coding: [{ system: VERIFICATION, code: leaf('entered-in-error', action.at(1).unit) }] };
  if (type.at(1).text.toUpperCase() === 'W')
    return { coding: [{ system: VERIFICATION, code: leaf('provisional', type.at(1).unit) }] };
  return undefined;
}

function categories(type: Part): Node {
  const code = type.at(1);
  const kind =
    code.text === '' ? [] : [{ coding: [{ system: tableSystem('0052'), code: leaf(code.text, code.unit) }] }];
  return some([{ coding: [{ system: CATEGORY, code: 'encounter-diagnosis' }] }, ...kind]) ?? [];
}

function conditionKey(dg1: Segment, about: string): string {
  const id = entityKey(partOf(firstOf(dg1, 20)));
  if (id !== undefined) return `dg1|${id}`;
  const part = partOf(firstOf(dg1, 3));
  const what = part.at(1).text || part.at(2).text || partOf(firstOf(dg1, 4)).at(1).text;
  return [about, 'dg1', what.toUpperCase(), partOf(firstOf(dg1, 6)).at(1).text].join('|');
}
