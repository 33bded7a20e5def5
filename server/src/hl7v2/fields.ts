// One field's text into repetitions, components and sub-components, each with the bytes it came from.
import type { Charset } from './charset.ts';
import { decodeEscapes } from './escapes.ts';
import type { ToOffset } from './offsets.ts';
import type { Component, Delimiters, Field, Presence, Repetition, Span, Subcomponent } from './types.ts';

/** What all parts of one message share. */
export type Wire = {
  readonly text: string;
  readonly charset: Charset;
  readonly delimiters: Delimiters;
  readonly toOffset: ToOffset;
  /** The message has characters that must not be shown or stored: lone surrogates or control characters. */
  readonly unclean: boolean;
};

/** A piece of the message's text: characters [start, end). */
export type Range = { readonly start: number; readonly end: number };

export function absentField(at: number): Field {
  return { presence: 'absent', repetitions: [], span: { start: at, end: at } };
}

export function parseField(wire: Wire, range: Range): Field {
  const raw = wire.text.slice(range.start, range.end);
  const { repetition, component, subcomponent } = wire.delimiters;
  const span = spanOf(wire, range.start, raw.length);
  if (!has(raw, component) && !has(raw, repetition) && !has(raw, subcomponent)) return fieldOf(leaf(wire, raw, span));
  const repetitions: Repetition[] = [];
  let at = range.start;
  for (const part of split(raw, repetition)) {
    repetitions.push(parseRepetition(wire, part, at));
    at += part.length + 1;
  }
  return { presence: presenceOf(repetitions), repetitions, span };
}

/** A field that no delimiter divides: MSH-1, MSH-2. */
export function literalField(wire: Wire, range: Range): Field {
  const raw = wire.text.slice(range.start, range.end);
  const presence = raw === '' ? 'empty' : 'value';
  return fieldOf({ presence, raw, text: raw, span: spanOf(wire, range.start, raw.length) });
}

function fieldOf(only: Subcomponent): Field {
  const { presence, span } = only;
  return { presence, repetitions: [{ presence, components: [{ presence, subcomponents: [only], span }], span }], span };
}

function parseRepetition(wire: Wire, raw: string, start: number): Repetition {
  const components: Component[] = [];
  let at = start;
  for (const part of split(raw, wire.delimiters.component)) {
    components.push(parseComponent(wire, part, at));
    at += part.length + 1;
  }
  return { presence: presenceOf(components), components, span: spanOf(wire, start, raw.length) };
}

function parseComponent(wire: Wire, raw: string, start: number): Component {
  const span = spanOf(wire, start, raw.length);
  if (!has(raw, wire.delimiters.subcomponent)) {
    const only = leaf(wire, raw, span);
    return { presence: only.presence, subcomponents: [only], span };
  }
  const subcomponents: Subcomponent[] = [];
  let at = start;
  for (const part of split(raw, wire.delimiters.subcomponent)) {
    subcomponents.push(leaf(wire, part, spanOf(wire, at, part.length)));
    at += part.length + 1;
  }
  return { presence: presenceOf(subcomponents), subcomponents, span };
}

function leaf(wire: Wire, raw: string, span: Span): Subcomponent {
  if (raw === '') return { presence: 'empty', raw, text: '', span };
  if (raw === '""') return { presence: 'null', raw, text: '', span };
  const escaped = has(raw, wire.delimiters.escape);
  if (!escaped && !wire.unclean) return { presence: 'value', raw, text: raw, span };
  return { presence: 'value', raw, text: clean(decodeEscapes(raw, wire.delimiters, wire.charset)), span };
}

// FHIR strings hold no control character but tab, CR and LF, and neither JSON in UTF-8 nor the database can hold half a pair.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\x00-\x08\x0b\x0c\x0e-\x1f]/g;

/** Index of the first character, from `from` on, that must not be shown or stored as text; -1 when there is none. */
export function firstUnclean(text: string, from: number): number {
  const match = CONTROL.exec(from === 0 ? text : text.slice(from));
  return match === null ? -1 : match.index + from;
}

function clean(text: string): string {
  return text.toWellFormed().replace(CONTROLS, '\ufffd');
}

function has(raw: string, delimiter: string): boolean {
  return delimiter !== '' && raw.includes(delimiter);
}

function split(raw: string, delimiter: string): readonly string[] {
  return delimiter === '' ? [raw] : raw.split(delimiter);
}

function presenceOf(parts: readonly { readonly presence: Presence }[]): Presence {
  let found: Presence = 'empty';
  for (const part of parts) {
    if (part.presence === 'value') return 'value';
    if (part.presence === 'null') found = 'null';
  }
  return found;
}

function spanOf(wire: Wire, start: number, length: number): Span {
  return { start: wire.toOffset(start), end: wire.toOffset(start + length) };
}
