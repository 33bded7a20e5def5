// The cursor of a next link: where a page ended, in the order it was sorted by.                                               (pure)
import type { Cursor } from './query.ts';
import { malformed } from './refuse.ts';

export function writeCursor({ values, key }: Cursor): string {
  return Buffer.from(JSON.stringify([key, ...values.map(finite)])).toString('base64url');
}

// JSON has no infinity; PostgreSQL reads it from text.
function finite(value: Cursor['values'][number]): Cursor['values'][number] {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

export function readCursor(text: string): Cursor {
  const [key, ...values] = parse(text);
  const plain = values.filter((one) => one === null || typeof one === 'string' || typeof one === 'number');
  if (typeof key !== 'number' || !Number.isSafeInteger(key) || plain.length !== values.length) throw wrong();
  return { key, values: plain };
}

function parse(text: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (Array.isArray(parsed)) return parsed;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw wrong();
}

function wrong(): Error {
  return malformed('_after', 'the cursor of a next link, unchanged');
}
