// JSON Pointer (RFC 6901): reading, and changing a value along one without touching what stands beside it.                   (pure)
import { Refused } from '../base/errors.ts';
import { isObject, type Json, type JsonObject } from '../base/json.ts';

/** A pointer longer than this reaches deeper than any document that is accepted. */
const TOKENS_MAX = 500;
const INDEX = /^(?:0|[1-9][0-9]{0,14})$/;

/** The reference tokens, unescaped. `where` is the place of the pointer in the patch. */
export function tokensOf(pointer: string, where: string): readonly string[] {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) {
    throw new Refused('patch-pointer', 'A JSON Pointer is empty or begins with "/". Begin the path with "/".', where);
  }
  if (/~(?![01])/.test(pointer)) {
    throw new Refused('patch-pointer', 'In a JSON Pointer "~" is written "~0", and "/" in a name "~1".', where);
  }
  const tokens = pointer.slice(1).split('/');
  if (tokens.length > TOKENS_MAX) {
    throw new Refused('patch-pointer', `A path has at most ${TOKENS_MAX} steps.`, where);
  }
  return tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The member or item that a token names; undefined when there is none. */
export function childAt(value: Json | undefined, token: string): Json | undefined {
  if (isList(value)) return INDEX.test(token) ? value[Number(token)] : undefined;
  return isObject(value) && Object.hasOwn(value, token) ? value[token] : undefined;
}

export function valueAt(value: Json | undefined, tokens: readonly string[]): Json | undefined {
  return tokens.reduce(childAt, value);
}

/** The place in a list that a token names, at most `max`; undefined when it names none. `-` is the place after the last. */
export function placeIn(list: readonly Json[], token: string, max: number): number | undefined {
  if (token === '-') return list.length <= max ? list.length : undefined;
  if (!INDEX.test(token)) return undefined;
  const place = Number(token);
  return place <= max ? place : undefined;
}

type Change = (holder: Json, token: string) => Json;

/**
 * A copy in which the object or list that holds the last token is what `change` makes of it; all else is shared with the original.
 * Undefined when there is no such object or list.
 */
export function changedAt(value: Json, tokens: readonly string[], change: Change): Json | undefined {
  const [token, ...rest] = tokens;
  if (token === undefined || !(isObject(value) || isList(value))) return undefined;
  if (rest.length === 0) return change(value, token);
  const child = childAt(value, token);
  const changed = child === undefined ? undefined : changedAt(child, rest, change);
  if (changed === undefined) return undefined;
  return isList(value) ? value.with(Number(token), changed) : { ...value, [token]: changed };
}

/** Without a member; the order of the others stays. */
export function without(object: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
}
