// How answers look on a terminal: tables, ages, times, and text from outside made harmless before it is shown.
import type { CommandIo } from './types.ts';

/** Control characters with a picture of their own, U+2400 and up. */
const PICTURES = 0x2400;
const DELETE = 0x7f;
const DELETE_PICTURE = '\u2421';
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/g;
/** C1 controls, and characters that reorder, join or hide the text beside them. */
const INVISIBLE = /[\u0080-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** Prints lines. Whatever a sender wrote can neither move the cursor nor hide text: terminals obey what they are shown. */
export function print(io: CommandIo, lines: readonly string[]): void {
  io.stdout.write(lines.map((line) => `${visible(line)}\n`).join(''));
}

export function printJson(io: CommandIo, value: unknown): void {
  io.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Control characters as pictures, invisible ones by their number. */
export function visible(text: string): string {
  return text
    .replace(CONTROL, (character) => {
      const code = character.charCodeAt(0);
      return code === DELETE ? DELETE_PICTURE : String.fromCharCode(PICTURES + code);
    })
    .replace(INVISIBLE, (character) => `<U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}>`);
}

/** A message as lines, each with the characters that ended it shown. */
export function rawLines(text: string): readonly string[] {
  return text.split(/(?<=\r\n|\r(?!\n)|\n)/).map((line) => visible(line));
}

/** Columns under their names, two spaces apart; `right` names the columns of numbers. */
export function table(
  names: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly string[] = [],
): readonly string[] {
  const all = [names, ...rows].map((row) => row.map((cell) => visible(cell)));
  const widths = names.map((_, column) => Math.max(...all.map((row) => [...(row[column] ?? '')].length)));
  return all.map((row) =>
    row
      .map((cell, column) => {
        const space = ' '.repeat(Math.max(0, (widths[column] ?? 0) - [...cell].length));
        return right.includes(names[column] ?? '') ? `${space}${cell}` : `${cell}${space}`;
      })
      .join('  ')
      .trimEnd(),
  );
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Two units at most: `48 s`, `7 min`, `3 h 12 min`, `2 d 4 h`. */
export function age(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min`;
  if (whole < DAY) return two(whole, [HOUR, 'h'], [MINUTE, 'min']);
  return two(whole, [DAY, 'd'], [HOUR, 'h']);
}

function two(seconds: number, [large, name]: [number, string], [small, lesser]: [number, string]): string {
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)} ${name}${rest === 0 ? '' : ` ${rest} ${lesser}`}`;
}

/** An instant to the second, in UTC as everything here is. */
export function time(instant: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(instant) ? `${instant.slice(0, 19).replace('T', ' ')}Z` : instant;
}

export function milliseconds(durationMs: number): string {
  if (durationMs < 1_000) return `${durationMs} ms`;
  return durationMs < MINUTE * 1_000 ? `${(durationMs / 1_000).toFixed(1)} s` : age(durationMs / 1_000);
}

export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** Cut at a width, by characters as they are read. */
export function cut(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`;
}

/** `text` broken at spaces so that lines fit, each led by `indent`. */
export function wrapped(text: string, indent: string, width = 100): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(`${indent}${line}`);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, `${indent}${line}`];
}
