// Which entries of a list speak of the same thing: the home address, the official name, the hospital number.
import type { Json } from '../base/json.ts';
import { entriesOf, isObject, listAt, textAt } from './json-values.ts';

/**
 * Key by which `merge-by-type` replaces entries and keeps others. An entry of the same key stands for the one before; undefined
 * when entries of this element have no type of their own, so that the list can only be replaced whole.
 */
export function typeKey(element: string, entry: Json): string | undefined {
  const read = keyReaders[element];
  return read === undefined ? undefined : read(entry);
}

/**
 * Key within which sources compete. As `typeKey`, but a name without a use counts as the official one and an address without a
 * use as the home one, because senders that know only one kind do not name it.
 */
export function competitionKey(element: string, entry: Json): string {
  if (element === 'name') return textAt(entry, 'use') ?? 'official';
  if (element === 'address')
    return `${textAt(entry, 'use') ?? 'home'}|${textAt(entry, 'type') === 'postal' ? 'postal' : ''}`;
  return typeKey(element, entry) ?? '';
}

const keyReaders: { readonly [element: string]: (entry: Json) => string } = {
  name: (entry) => textAt(entry, 'use') ?? '',
  address: (entry) => `${textAt(entry, 'use') ?? ''}|${textAt(entry, 'type') ?? ''}`,
  telecom: (entry) => `${textAt(entry, 'system') ?? ''}|${textAt(entry, 'use') ?? ''}`,
  identifier: (entry) => `${textAt(entry, 'system') ?? ''}|${typeCode(entry, 'type')}`,
  extension: (entry) => textAt(entry, 'url') ?? '',
  contact: (entry) =>
    entriesOf(listAt(entry, 'relationship'))
      .map((one) => codeOf(one))
      .join('|'),
  communication: (entry) => typeCode(entry, 'language'),
  // A report sends its results in parts, and a correction only the one it corrects.
  result: (entry) => textAt(entry, 'reference') ?? '',
};

/** Elements that are one value with several parts, sent apart: the end of a stay comes without its start. */
const MERGED_BY_MEMBER: ReadonlySet<string> = new Set(['period', 'hospitalization']);

/** Whether `merge-by-type` takes an object of this element member by member; other objects are replaced whole. */
export function isMergedByMember(element: string): boolean {
  return MERGED_BY_MEMBER.has(element);
}

function typeCode(entry: Json, key: string): string {
  return isObject(entry) ? codeOf(entry[key]) : '';
}

function codeOf(concept: Json | undefined): string {
  return textAt(listAt(concept, 'coding')[0], 'code') ?? textAt(concept, 'text') ?? '';
}
