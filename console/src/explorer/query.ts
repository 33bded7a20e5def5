// A search as names and values: what completes a name, what a value looks like, and what may stand in an address. Pure.
import type { TypeCapability } from './capability.ts';

export type Pair = readonly [name: string, value: string];

const PAGE_SIZE = 20;
const RESULT_PARAMETERS = ['_sort', '_count', '_include', '_revinclude', '_total'];
const MODIFIERS: { readonly [kind: string]: readonly string[] } = {
  string: ['exact', 'contains', 'missing'],
  token: ['not', 'text', 'in', 'not-in', 'missing'],
  reference: ['identifier', 'missing'],
  uri: ['below', 'above', 'missing'],
  date: ['missing'],
  number: ['missing'],
  quantity: ['missing'],
};
const HINTS: { readonly [kind: string]: string } = {
  string: 'How the text begins; with :exact the whole of it, with :contains any part',
  token: 'A code, or system|code',
  date: 'A date or time, such as 2026-03-02; before it eq, ne, gt, ge, lt, le, sa, eb or ap',
  number: 'A number; before it eq, ne, gt, ge, lt, le or ap',
  quantity: 'A number|system|unit, such as gt5.4||mmol/L',
  reference: 'Type/id, or an id',
  uri: 'A whole URI',
  composite: 'Its parts, separated by $',
};
/** Tokens and dates that say who somebody is. */
const TELLING = /^(identifier|phone|email|telecom|birthdate|death-date|_filter|_has|_content|_text|_list)$/;

/** Names that a field may be completed with: parameters first, then their modifiers, then what shapes the result. */
export function completions({ parameters }: TypeCapability): readonly string[] {
  const modified = parameters.flatMap(({ name, kind }) =>
    name.startsWith('_') ? [] : (MODIFIERS[kind] ?? []).map((modifier) => `${name}:${modifier}`),
  );
  return [...parameters.map(({ name }) => name), ...RESULT_PARAMETERS, ...modified];
}

/** Values that a field may be completed with, given the name beside it. */
export function valueCompletions(
  { parameters, includes, revincludes }: TypeCapability,
  name: string,
): readonly string[] {
  if (name.endsWith(':missing')) return ['true', 'false'];
  switch (name.split(':')[0]) {
    case '_include':
      return includes;
    case '_revinclude':
      return revincludes;
    case '_total':
      return ['accurate', 'estimate', 'none'];
    case '_sort':
      return parameters.filter(({ kind }) => kind !== 'special').flatMap((one) => [one.name, `-${one.name}`]);
    default:
      return [];
  }
}

export function hintFor({ parameters }: TypeCapability, name: string): string {
  if (name.endsWith(':missing')) return 'true or false';
  const kind = parameters.find((one) => one.name === name.split(':')[0])?.kind;
  return kind === undefined ? '' : (HINTS[kind] ?? '');
}

/**
 * Whether a value could tell who a patient is: it then stays out of every address and of the browser's history. What is not
 * a parameter that we know to be harmless counts as telling; a chain (`subject.name`) always does.
 */
export function isTelling({ parameters }: TypeCapability, name: string): boolean {
  const plain = name.split(':')[0] ?? '';
  if (RESULT_PARAMETERS.includes(plain)) return false;
  const kind = parameters.find((one) => one.name === plain)?.kind;
  if (name.includes('.') || name.endsWith(':identifier') || name.endsWith(':text')) return true;
  return kind === undefined || kind === 'string' || kind === 'composite' || TELLING.test(plain);
}

/** What goes into the address, and what stays in the page. */
export function divide(type: TypeCapability, pairs: readonly Pair[]): { open: readonly Pair[]; kept: readonly Pair[] } {
  return {
    open: pairs.filter(([name]) => !isTelling(type, name)),
    kept: pairs.filter(([name]) => isTelling(type, name)),
  };
}

export function readPairs(query: string): readonly Pair[] {
  return [...new URLSearchParams(query)];
}

export function writePairs(pairs: readonly Pair[]): string {
  return new URLSearchParams(pairs.map(([name, value]) => [name, value])).toString();
}

/** What is sent as the form of `_search`. */
export function formOf(pairs: readonly Pair[], after: string | undefined): string {
  const sized = pairs.some(([name]) => name === '_count') ? pairs : [...pairs, ['_count', String(PAGE_SIZE)] as const];
  return writePairs(after === undefined ? sized : [...sized, ['_after', after]]);
}

/** The cursor in a next link; everything else of the link is what we asked ourselves. */
export function cursorOf(next: string | undefined): string | undefined {
  return next === undefined ? undefined : (new URLSearchParams(next.split('?')[1]).get('_after') ?? undefined);
}
