// Parses the bytes of a ruling: unknown enters, a RulingRequest or a reason leaves.                                       (pure)
import { type Read, refuse, text } from './read-fields.ts';
import { readProposal } from './read-proposal.ts';
import type { SubjectRef } from './types.ts';

const REASON_MIN = 3;

/** Reads a ruling's JSON. The reason names the first field that is missing or wrong. */
export function readRuling(bytes: Uint8Array): Read {
  let given: unknown;
  try {
    given = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // The parser's own words may quote the content; ours do not.
    return refuse('ruling-not-json', 'The ruling is not JSON in UTF-8.');
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return refuse('ruling-not-object', 'The ruling is not a JSON object.');
  const fields = given as Readonly<Record<string, unknown>>;
  if (!isUnicode(given)) return refuse('ruling-text', 'The ruling holds a null character or half of one. Take it out.');
  const reason = text(fields['reason']);
  const by = text(fields['by']);
  if (reason === undefined || reason.length < REASON_MIN)
    return refuse('ruling-reason', 'A ruling needs "reason": why you decided so.');
  if (by === undefined) return refuse('ruling-by', 'A ruling needs "by": who decided.');
  switch (fields['kind']) {
    case 'choose':
    case 'choose-none':
    case 'both-valid':
      return readChoice(fields, fields['kind'], { reason, by });
    case 'same':
    case 'not-same': {
      const [a, b] = [subject(fields['a']), subject(fields['b'])];
      if (a === undefined || b === undefined)
        return refuse('ruling-subjects', 'Give "a" and "b": a patient id each, or { "source", "key" }.');
      return { ok: true, ruling: { kind: fields['kind'], a, b, reason, by } };
    }
    case 'retry':
    case 'reject': {
      const receipt = fields['receipt'];
      if (typeof receipt !== 'number' || !Number.isSafeInteger(receipt))
        return refuse('ruling-receipt', 'Give "receipt": its number.');
      return { ok: true, ruling: { kind: fields['kind'], receipt, reason, by } };
    }
    case 'rejudge': {
      const { persons } = fields;
      if (!Array.isArray(persons) || !persons.every((one): one is string => typeof one === 'string'))
        return refuse('rejudge-persons', 'Give "persons": the ids of the patients to be judged again.');
      return { ok: true, ruling: { kind: 'rejudge', persons, reason, by } };
    }
    case 'propose':
      return readProposal(fields, { reason, by });
    default:
      return refuse('ruling-kind', '"kind" must be choose, choose-none, both-valid, same, not-same, retry or reject.');
  }
}

function readChoice(
  fields: Readonly<Record<string, unknown>>,
  kind: 'choose' | 'choose-none' | 'both-valid',
  who: { reason: string; by: string },
): Read {
  const [person, element, competingSet] = [
    text(fields['person']),
    text(fields['element']),
    text(fields['competingSet']),
  ];
  if (person === undefined) return refuse('ruling-person', 'Give "person": the patient id.');
  if (element === undefined) return refuse('ruling-element', 'Give "element", such as birthDate.');
  if (competingSet === undefined) {
    return refuse('ruling-competing-set', 'Give "competingSet" from the case: it binds the ruling to what you saw.');
  }
  const statement = fields['statement'];
  if (kind === 'choose' && typeof statement !== 'number')
    return refuse('ruling-statement', 'Give "statement": the one whose value you choose.');
  return {
    ok: true,
    ruling: {
      kind,
      person: person.replace(/^Patient\//, ''),
      element,
      competingSet,
      statement: typeof statement === 'number' ? statement : undefined,
      ...who,
    },
  };
}

/** Whether every text in it is one that can be stored. */
function isUnicode(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  return typeof value !== 'object' || value === null || Object.values(value).every(isUnicode);
}

function subject(value: unknown): SubjectRef | undefined {
  if (typeof value === 'string' && value !== '') return value.replace(/^Patient\//, '');
  if (typeof value !== 'object' || value === null) return undefined;
  const { source, key } = value as { source?: unknown; key?: unknown };
  return typeof source === 'string' && typeof key === 'string' ? { source, key } : undefined;
}
