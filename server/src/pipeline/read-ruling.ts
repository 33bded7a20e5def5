// Parses the bytes of a ruling: unknown enters, a RulingRequest or a reason leaves.                                       (pure)
import type { Instant } from '../base/ids.ts';
import { type Read, refuse, text } from './read-fields.ts';
import { readProposal } from './read-proposal.ts';
import { readWatch } from './read-watch.ts';
import type { AnswerRuling, ElementRuling, LinkedRuling, SubjectRef } from './types.ts';

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
    case 'wrong-patient':
    case 'ask-source':
      return readChoice(fields, fields['kind'], { reason, by });
    case 'same':
    case 'not-same':
    case 'cannot-tell':
      return readLink(fields, fields['kind'], { reason, by });
    case 'approve':
    case 'decline':
      return readAnswer(fields, fields['kind'], { reason, by });
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
    case 'watch':
      return readWatch(fields, { reason, by });
    case 'propose':
      return readProposal(fields, { reason, by });
    default:
      return refuse(
        'ruling-kind',
        '"kind" must be choose, choose-none, both-valid, wrong-patient, ask-source, same, not-same, cannot-tell, approve, decline, retry or reject.',
      );
  }
}

type Fields = Readonly<Record<string, unknown>>;
type Who = { readonly reason: string; readonly by: string };

function readChoice(fields: Fields, kind: ElementRuling['kind'], who: Who): Read {
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
  if (kind === 'wrong-patient' && typeof statement !== 'number')
    return refuse('ruling-statement', 'Give "statement": the one that is about somebody else.');
  const [whom, until] = [text(fields['whom']), readUntil(fields['until'])];
  if (kind === 'ask-source' && whom === undefined)
    return refuse('ruling-whom', 'Give "whom": who was asked, such as a practice or a ward.');
  if (until === NO_TIME) return UNTIL_REFUSED;
  const asked = kind === 'ask-source' ? { whom, until } : {};
  return {
    ok: true,
    ruling: {
      kind,
      person: person.replace(/^Patient\//, ''),
      element,
      competingSet,
      statement: typeof statement === 'number' ? statement : undefined,
      ...asked,
      ...who,
    },
  };
}

function readLink(fields: Fields, kind: LinkedRuling['kind'], who: Who): Read {
  const [a, b] = [subject(fields['a']), subject(fields['b'])];
  if (a === undefined || b === undefined)
    return refuse('ruling-subjects', 'Give "a" and "b": a patient id each, or { "source", "key" }.');
  const until = readUntil(fields['until']);
  if (until === NO_TIME) return UNTIL_REFUSED;
  return { ok: true, ruling: { kind, a, b, ...(kind === 'cannot-tell' ? { until } : {}), ...who } };
}

function readAnswer(fields: Fields, kind: AnswerRuling['kind'], who: Who): Read {
  const [about, { persons, proposal }] = [text(fields['case']), fields];
  if (about === undefined) return refuse('ruling-case', 'Give "case": the id of the case whose proposal you answer.');
  if (typeof proposal !== 'number' || !Number.isSafeInteger(proposal))
    return refuse('ruling-proposal', 'Give "proposal": the number of the receipt by which it was proposed.');
  if (
    !Array.isArray(persons) ||
    !persons.every((one): one is string => typeof one === 'string') ||
    persons.length === 0
  )
    return refuse('ruling-persons', 'Give "persons": the patient ids of the case.');
  const ids = persons.map((one) => one.replace(/^Patient\//, ''));
  return { ok: true, ruling: { kind, case: about, persons: ids, proposal, ...who } };
}

const NO_TIME = 'no-time';
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;
const UNTIL_REFUSED = refuse('ruling-until', '"until" is a time with its zone, such as 2026-03-02T14:05:00Z.');

function readUntil(given: unknown): Instant | undefined | typeof NO_TIME {
  if (given === undefined) return undefined;
  if (typeof given !== 'string' || !TIME.test(given) || Number.isNaN(Date.parse(given))) return NO_TIME;
  return new Date(given).toISOString() as Instant;
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
