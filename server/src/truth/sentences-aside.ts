// Why a statement was set aside, in words.
import { unreachable } from '../base/errors.ts';
import type { AsideRow } from './explain-rows.ts';
import { localTime } from './local-time.ts';
import { quoted, type Topic, trace } from './sentences-parts.ts';

export function asideSentence(topic: Topic, row: AsideRow): string {
  const when = localTime(row.saidAt, topic.zone);
  const name = row.sourceName;
  const what = row.entries.every((entry) => entry === null) ? 'none' : quoted(topic, row.entries);
  switch (row.reason) {
    case 'agrees':
      return `${name} said the same on ${when} (${trace(row)}).`;
    case 'less-precise':
      return `${name} said ${what} on ${when}: the same, less exactly (${trace(row)}).`;
    case 'lower-trust':
      return `${name} said ${what} on ${when}. We rely on it less for this (${trace(row)}).`;
    case 'older':
      return `${name} said ${what} on ${when}. That is older (${trace(row)}).`;
    case 'tie-broken':
      return `${name} said ${what} on ${when}. Nothing tells it apart from what we show (${trace(row)}).`;
    case 'retired-by-merge':
      return `${name} said ${what} on ${when}, in a record that it has since merged into another one (${trace(row)}).`;
    case 'superseded-by-same-source':
      if (row.label !== undefined) return `${name} ${LABELLED[row.label]} on ${when} (${trace(row)}).`;
      return `${name} said ${what} on ${when}, and later something else (${trace(row)}).`;
    case 'ruled-out':
      return `${name} said ${what} on ${when}. A person decided against it (${trace(row)}).`;
    case 'negated-by-positive':
      return negation({ name, what, when, row });
    case 'withdrawn':
      return `${name} recorded ${what} on ${when}, and took it back as an error (${trace(row)}).`;
    case 'withheld':
      return `${name} spoke of this on ${when}. It is not shown (${trace(row)}).`;
    case 'erased':
      return `${name} spoke of this on ${when}. What it said has been erased (${trace(row)}).`;
    case 'same-origin':
      return `${name} passed on ${what} on ${when}. It comes from the same origin, so it is no second witness (${trace(row)}).`;
    case 'past':
      return `${name} said ${what} on ${when}, and that it is over (${trace(row)}).`;
    case 'wrong-patient':
      return `${name} said ${what} on ${when}. A person decided that it is about somebody else (${trace(row)}).`;
    case 'may-be-same':
      return `${name} said ${what} on ${when}. That may be the same, but nobody says enough to tell, so it is kept apart (${trace(row)}).`;
    case 'speaks-of-another':
      return `${name} said ${what} on ${when}, where it had spoken of this before (${trace(row)}).`;
    case 'not-taken':
      return `${name} said ${what} on ${when}. What it had corrected or withdrawn by then stands, so this was not taken (${trace(row)}).`;
    case 'stands-otherwise':
      return `${name} said ${what} on ${when}. That stands, and it is not this (${trace(row)}).`;
    case 'also-valid':
      return `${name} said ${what} on ${when}. A person decided that this holds as well (${trace(row)}).`;
    default:
      return unreachable(row.reason);
  }
}

const LABELLED = {
  restricting: 'marked this record as restricted',
  lifting: 'took the restriction away',
} as const;

function negation(said: {
  readonly name: string;
  readonly what: string;
  readonly when: string;
  readonly row: AsideRow;
}): string {
  const { name, what, when, row } = said;
  return `${name} said ${what} on ${when}. Saying that there is none does not take away what is recorded (${trace(row)}).`;
}
