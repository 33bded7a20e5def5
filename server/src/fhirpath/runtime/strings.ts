// String functions (http://hl7.org/fhirpath/N1, section 5.6, and the additional ones of FHIRPath 2.0 for trial use).

import { node } from '../node.ts';
import { type Table, table } from '../table.ts';
import { FhirPathError, type Node } from '../types.ts';
import { isNumber, toDouble } from './decimals.ts';
import { checkedLength, patternOf } from './patterns.ts';

/** What a function of one item is: how many parameters, and what it makes of them. Parameters are never empty when it runs. */
export type ItemFunction = {
  readonly least: number;
  readonly most: number;
  readonly run: (
    text: string,
    parameters: readonly Node[],
  ) => string | boolean | number | readonly string[] | undefined;
};

export function textOf(item: Node | undefined, name: string): string {
  if (typeof item?.value === 'string') return item.value;
  throw new FhirPathError('operand', `${name}() works on strings`);
}

export function wholeOf(item: Node | undefined, name: string): number {
  const number = toDouble(item?.value);
  if (isNumber(item?.value) && Number.isInteger(number)) return number;
  throw new FhirPathError('operand', `${name}() takes an integer`);
}

const XML: Table<string> = table({
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  "'": '&#39;',
});
const UNESCAPED: Table<string> = table({
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&quot;': '"',
  '&#39;': "'",
  '&apos;': "'",
});

export const STRING_FUNCTIONS: Table<ItemFunction> = table({
  length: { least: 0, most: 0, run: (text) => text.length },
  upper: { least: 0, most: 0, run: (text) => text.toUpperCase() },
  lower: { least: 0, most: 0, run: (text) => text.toLowerCase() },
  trim: { least: 0, most: 0, run: (text) => text.trim() },
  toChars: { least: 0, most: 0, run: (text) => [...text] },
  indexOf: { least: 1, most: 1, run: (text, [part]) => text.indexOf(textOf(part, 'indexOf')) },
  lastIndexOf: { least: 1, most: 1, run: (text, [part]) => text.lastIndexOf(textOf(part, 'lastIndexOf')) },
  startsWith: { least: 1, most: 1, run: (text, [part]) => text.startsWith(textOf(part, 'startsWith')) },
  endsWith: { least: 1, most: 1, run: (text, [part]) => text.endsWith(textOf(part, 'endsWith')) },
  contains: { least: 1, most: 1, run: (text, [part]) => text.includes(textOf(part, 'contains')) },
  substring: { least: 1, most: 2, run: substring },
  replace: { least: 2, most: 2, run: replace },
  matches: { least: 1, most: 1, run: (text, [part]) => patternOf(textOf(part, 'matches'), false).test(text) },
  matchesFull: { least: 1, most: 1, run: (text, [part]) => patternOf(textOf(part, 'matchesFull'), true).test(text) },
  replaceMatches: { least: 2, most: 2, run: replaceMatches },
  split: { least: 1, most: 1, run: (text, [part]) => text.split(textOf(part, 'split')) },
  encode: { least: 1, most: 1, run: (text, [format]) => encode(text, textOf(format, 'encode')) },
  decode: { least: 1, most: 1, run: (text, [format]) => decode(text, textOf(format, 'decode')) },
  escape: { least: 1, most: 1, run: (text, [target]) => escaped(text, textOf(target, 'escape')) },
  unescape: { least: 1, most: 1, run: (text, [target]) => unescaped(text, textOf(target, 'unescape')) },
});

function substring(text: string, [start, length]: readonly Node[]): string | undefined {
  const from = wholeOf(start, 'substring');
  if (from < 0 || from >= text.length) return undefined;
  return length === undefined ? text.slice(from) : text.slice(from, from + Math.max(0, wholeOf(length, 'substring')));
}

function replace(text: string, [pattern, by]: readonly Node[]): string {
  return checkedLength(text.replaceAll(textOf(pattern, 'replace'), () => textOf(by, 'replace')));
}

function replaceMatches(text: string, [pattern, by]: readonly Node[]): string {
  const searched = textOf(pattern, 'replaceMatches');
  // An empty pattern would put the replacement between all letters; the specification leaves the text as it is.
  if (searched === '') return text;
  return checkedLength(text.replace(patternOf(searched, false), javaScriptForm(textOf(by, 'replaceMatches'))));
}

/** `${name}` of the specification is `$<name>` here. */
function javaScriptForm(replacement: string): string {
  return replacement.replace(/\$\{(\w+)\}/g, (_all, name: string) => (/^\d+$/.test(name) ? `$${name}` : `$<${name}>`));
}

function encode(text: string, format: string): string | undefined {
  const bytes = new TextEncoder().encode(text);
  if (format === 'hex') return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const base64 = btoa(String.fromCharCode(...bytes));
  if (format === 'base64') return base64;
  return format === 'urlbase64' ? base64.replaceAll('+', '-').replaceAll('/', '_') : undefined;
}

function decode(text: string, format: string): string | undefined {
  const bytes = format === 'hex' ? fromHex(text) : fromBase64(text, format);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || /[^0-9a-fA-F]/.test(text)) return undefined;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function fromBase64(text: string, format: string): Uint8Array | undefined {
  if (format !== 'base64' && format !== 'urlbase64') return undefined;
  const plain = format === 'base64' ? text : text.replaceAll('-', '+').replaceAll('_', '/');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(plain) || plain.replace(/=+$/, '').length % 4 === 1) return undefined;
  return Uint8Array.from(atob(plain), (letter) => letter.charCodeAt(0));
}

function escaped(text: string, target: string): string | undefined {
  if (target === 'html') return text.replace(/[<>&"']/g, (letter) => XML[letter] ?? letter);
  return target === 'json' ? JSON.stringify(text).slice(1, -1) : undefined;
}

function unescaped(text: string, target: string): string | undefined {
  if (target === 'html') return text.replace(/&(?:lt|gt|amp|quot|apos|#39);/g, (entity) => UNESCAPED[entity] ?? entity);
  if (target !== 'json') return undefined;
  try {
    return String(JSON.parse(`"${text}"`));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function stringNode(value: string | boolean | number): Node {
  if (typeof value === 'string') return node(value, 'System.String');
  return node(value, typeof value === 'boolean' ? 'System.Boolean' : 'System.Integer');
}
