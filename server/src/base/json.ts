// JSON values as FHIR needs them: numbers keep the digits they were written with.

/** A number whose source text must survive: `JSON.rawJSON('1.50')` stringifies to `1.50`. */
export interface RawJson {
  readonly rawJSON: string;
}
export type Json =
  | null
  | boolean
  | number
  | string
  | RawJson
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };
export type JsonObject = { readonly [key: string]: Json | undefined };

/** `JSON.rawJSON` of ES2026 as Node 24 has it; TypeScript's libraries do not name it yet. */
const engine = JSON as unknown as {
  rawJSON(text: string): RawJson;
  isRawJSON(value: unknown): value is RawJson;
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
};

/** A JSON number that is written exactly as given. Throws SyntaxError when the text is not a JSON number. */
export function decimal(text: string): RawJson {
  return engine.rawJSON(text);
}

export function isRawJson(value: unknown): value is RawJson {
  return engine.isRawJSON(value);
}

/**
 * Only a number with a point, an exponent, many digits or a minus before a zero can come back written otherwise. It is looked for where
 * numbers stand: dates, ids and versions in strings are full of the like, and would send nearly every resource the slow way.
 */
const MAY_LOSE_DIGITS = /(?:^|"\s*:|[[,])\s*(?:-0|-?[0-9]+[.eE]|-?[0-9]{16})/;

/**
 * Parses JSON keeping the digits of numbers that JavaScript would rewrite (`1.50`, `1e3`, large integers). Text without such
 * numbers takes the plain parser, which is several times faster.
 */
export function parseFaithful(text: string): Json {
  if (!MAY_LOSE_DIGITS.test(text)) return JSON.parse(text) as Json;
  return engine.parse(text, (_key, value, context) =>
    typeof value === 'number' && context.source !== undefined && String(value) !== context.source
      ? engine.rawJSON(context.source)
      : value,
  ) as Json;
}

/** A number that kept its digits is an object to JavaScript, and none to JSON. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawJson(value);
}

export function objectIn(value: Json | undefined): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

/** The objects of a list; none where it is no list. */
export function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter(isObject) : [];
}
