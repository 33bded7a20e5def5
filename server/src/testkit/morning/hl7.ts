// Writing HL7 v2 by hand, independent of the parser it will meet.

export type Fields = { readonly [position: number]: string | undefined };

/** What the sending system puts into MSH of one message. */
export type Envelope = {
  readonly controlId: string;
  /** Local, `YYYYMMDDHHMMSS`. */
  readonly sentAt: string;
};

const ESCAPES: { readonly [character: string]: string } = {
  '|': '\\F\\',
  '^': '\\S\\',
  '&': '\\T\\',
  '~': '\\R\\',
  '\\': '\\E\\',
};

export function escaped(text: string): string {
  return text.replace(/[|^&~\\]/g, (character) => ESCAPES[character] ?? character);
}

/** Components joined, escaped, without trailing empty ones. */
export function components(...parts: readonly (string | undefined)[]): string {
  return parts
    .map((part) => escaped(part ?? ''))
    .join('^')
    .replace(/\^+$/, '');
}

export function repetitions(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join('~');
}

/** A segment from its populated fields. For MSH, field 1 is the separator and field 2 the encoding characters, as in the standard. */
export function segment(name: string, fields: Fields): string {
  const populated = Object.keys(fields)
    .map(Number)
    .filter((n) => fields[n] !== undefined);
  const last = Math.max(0, ...populated);
  const parts = [name];
  for (let n = name === 'MSH' ? 2 : 1; n <= last; n++) parts.push(fields[n] ?? '');
  return parts.join('|');
}

/** Segments in order, each ended by CR; undefined ones are left out. */
export function wire(segments: readonly (string | undefined)[]): string {
  return segments
    .filter((s) => s !== undefined)
    .map((s) => `${s}\r`)
    .join('');
}
