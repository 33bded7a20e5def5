// Parts of sentences that explanations share: values in words, and where a statement came from.
import type { SourceKey } from '../base/ids.ts';
import type { Json } from '../base/json.ts';
import type { ExplainInput, ListPart } from './explain-input.ts';
import type { ExplainPath } from './explain-path.ts';
import type { Row } from './explain-rows.ts';
import { valueInWords } from './value-in-words.ts';

/** What is asked about: the element, and the part of it if one was named. */
export type Topic = { readonly element: string; readonly path: ExplainPath; readonly zone: string };

export function inWords(topic: Topic, values: readonly Json[]): string {
  const element = topic.path.below.length > 0 ? '' : topic.element;
  return values.map((value) => valueInWords(element, value)).join('; ');
}

export function quoted(topic: Topic, entries: readonly Json[]): string {
  const words = inWords(topic, entries);
  return topic.element === 'deceased[x]' ? `the patient ${words}` : words;
}

/** The receipt, the place in the sender's own message and its bytes. */
export function trace(row: Row): string {
  const places = row.origins.map(({ position, span }) => `${position}, bytes ${span.start} to ${span.end}`);
  return [`receipt ${row.receipt}`, ...places].join('; ');
}

/** `City GP, County Lab and Royal PAS`. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** What people call a source; its key where it has no name. */
export function nameIn(names: ExplainInput['sourceNames'], source: SourceKey): string {
  const name = names instanceof Map ? names.get(source) : Object.entries(names).find(([key]) => key === source)?.[1];
  return typeof name === 'string' ? name : source;
}

/** Nothing is left out without a word: how much of a long list this is, and where the rest is told. */
export function partSentences(part: ListPart | undefined): readonly string[] {
  if (part === undefined) return [];
  const { from, to, of, next } = part;
  const told = `This is a part of a long list: entries ${from} to ${to} of ${of} by the order of their ids, and what might be one with them.`;
  return [next === undefined ? `${told} It is the last part.` : `${told} The next part: ${next}`];
}
