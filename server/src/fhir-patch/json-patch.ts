// JSON Patch (RFC 6902) on values that keep the digits of their numbers and the order of their members.                       (pure)
import { Refused } from '../base/errors.ts';
import { isObject, type Json, type JsonObject, parseFaithful } from '../base/json.ts';
import { syntaxErrorAt } from '../fhir/syntax-error.ts';
import { changedAt, childAt, isList, placeIn, tokensOf, valueAt, without } from './pointer.ts';
import { sameJson } from './same-json.ts';

/** A patch of more operations is better sent as an update. */
const OPERATIONS_MAX = 2_000;
/** All that `copy` operations of one patch may add, as text: copies of copies would grow without bound. */
const COPIED_CHARS_MAX = 20_000_000;

type Step = {
  readonly operation: JsonObject;
  /** The operation's own place in the patch, such as `patch[2]`. */
  readonly at: string;
};
/** What one patch has used up. */
type Spent = { chars: number };

/**
 * The text with the patch applied: numbers as they were written, members in their order, without blanks. All operations are applied,
 * or none. Throws Refused with the place in the patch as `where`: `patch-syntax`, `patch-shape`, `patch-pointer`,
 * `patch-path-missing`, `patch-test-failed`, `patch-too-large`.
 */
export function applyJsonPatch(text: string, patch: string): string {
  const wrong = syntaxErrorAt(patch);
  if (wrong !== undefined) {
    throw new Refused(
      'patch-syntax',
      `The patch is not JSON from character ${wrong + 1} on. Correct it and send it again.`,
    );
  }
  return JSON.stringify(patchedJson(parseFaithful(text), parseFaithful(patch)));
}

/** On parsed values. The value given is not changed. */
function patchedJson(value: Json, patch: Json): Json {
  if (!isList(patch)) {
    throw new Refused('patch-shape', 'A JSON Patch is an array of operations. Send an array, if only of one.', 'patch');
  }
  if (patch.length > OPERATIONS_MAX) {
    throw new Refused(
      'patch-too-large',
      `A patch has at most ${OPERATIONS_MAX} operations. Send an update instead.`,
      'patch',
    );
  }
  const spent: Spent = { chars: 0 };
  return patch.reduce<Json>(
    (made, operation, place) => stepped(made, stepFrom(operation, `patch[${place}]`), spent),
    value,
  );
}

function stepFrom(operation: Json, at: string): Step {
  if (!isObject(operation)) throw new Refused('patch-shape', 'Each operation of a JSON Patch is an object.', at);
  return { operation, at };
}

function stepped(value: Json, step: Step, spent: Spent): Json {
  const path = pathIn(step, 'path');
  switch (step.operation['op']) {
    case 'add':
      return added(value, path, { given: givenIn(step), step });
    case 'remove':
      return removed(value, path, step);
    case 'replace':
      return replaced(value, path, step);
    case 'move':
      return moved(value, path, step);
    case 'copy':
      return copied(value, path, { step, spent });
    case 'test':
      return tested(value, path, step);
    default:
      throw new Refused('patch-shape', 'An operation is add, remove, replace, move, copy or test.', `${step.at}.op`);
  }
}

function pathIn({ operation, at }: Step, member: 'path' | 'from'): readonly string[] {
  const pointer = operation[member];
  const where = `${at}.${member}`;
  if (typeof pointer === 'string') return tokensOf(pointer, where);
  throw new Refused('patch-shape', `The operation needs "${member}", a JSON Pointer as a string.`, where);
}

function givenIn({ operation, at }: Step): Json {
  const given = Object.hasOwn(operation, 'value') ? operation['value'] : undefined;
  if (given !== undefined) return given;
  throw new Refused('patch-shape', 'The operation needs "value"; to take something away, use remove.', `${at}.value`);
}

function missing({ at }: Step, member: 'path' | 'from' = 'path'): Refused {
  return new Refused(
    'patch-path-missing',
    `Nothing stands where "${member}" of the operation points. Read the resource again, and name what it has.`,
    `${at}.${member}`,
  );
}

function added(value: Json, path: readonly string[], { given, step }: { given: Json; step: Step }): Json {
  if (path.length === 0) return given;
  const changed = changedAt(value, path, (holder, token) => {
    if (!isList(holder)) return { ...(isObject(holder) ? holder : {}), [token]: given };
    const place = placeIn(holder, token, holder.length);
    if (place === undefined) throw missing(step);
    return holder.toSpliced(place, 0, given);
  });
  if (changed === undefined) throw missing(step);
  return changed;
}

function removed(value: Json, path: readonly string[], step: Step): Json {
  const changed = changedAt(value, path, (holder, token) => {
    if (childAt(holder, token) === undefined) throw missing(step);
    return isList(holder) ? holder.toSpliced(Number(token), 1) : without(isObject(holder) ? holder : {}, token);
  });
  if (changed === undefined) throw missing(step);
  return changed;
}

function replaced(value: Json, path: readonly string[], step: Step): Json {
  const given = givenIn(step);
  if (path.length === 0) return given;
  const changed = changedAt(value, path, (holder, token) => {
    if (childAt(holder, token) === undefined) throw missing(step);
    return isList(holder) ? holder.with(Number(token), given) : { ...(isObject(holder) ? holder : {}), [token]: given };
  });
  if (changed === undefined) throw missing(step);
  return changed;
}

function moved(value: Json, path: readonly string[], step: Step): Json {
  const from = pathIn(step, 'from');
  const given = valueAt(value, from);
  if (given === undefined) throw missing(step, 'from');
  if (from.length < path.length && from.every((token, place) => token === path[place])) {
    throw new Refused(
      'patch-shape',
      'A value cannot be moved into itself. Copy it, or move its parts.',
      `${step.at}.path`,
    );
  }
  if (from.length === path.length && from.every((token, place) => token === path[place])) return value;
  return added(removed(value, from, step), path, { given, step });
}

function copied(value: Json, path: readonly string[], { step, spent }: { step: Step; spent: Spent }): Json {
  const given = valueAt(value, pathIn(step, 'from'));
  if (given === undefined) throw missing(step, 'from');
  spent.chars += JSON.stringify(given).length;
  if (spent.chars > COPIED_CHARS_MAX) {
    throw new Refused('patch-too-large', 'The copies of this patch are too large. Send an update instead.', step.at);
  }
  return added(value, path, { given, step });
}

function tested(value: Json, path: readonly string[], step: Step): Json {
  if (sameJson(valueAt(value, path), givenIn(step))) return value;
  throw new Refused(
    'patch-test-failed',
    'The resource does not hold what the operation tests for, so nothing was changed. Read it again and decide anew.',
    `${step.at}.value`,
  );
}
