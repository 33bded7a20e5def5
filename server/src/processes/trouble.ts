// Errors between processes: the kind, code and words of one survive, so that a door answers as if it had happened in its own.
import { Broken, Failed, Refused } from '../base/errors.ts';
import type { Trouble } from './types.ts';

export function troubleOf(error: unknown): Trouble {
  const stack = error instanceof Error ? error.stack : undefined;
  if (error instanceof Refused)
    return { kind: 'refused', code: error.code, message: error.message, where: error.where, stack };
  if (error instanceof Failed)
    return { kind: 'failed', code: error.code, message: error.message, where: undefined, stack };
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'broken', code: codeOf(error), message, where: undefined, stack };
}

export function errorOf(trouble: Trouble): Error {
  const error = made(trouble);
  // Where it happened is what helps; where it was received is always the same place.
  if (trouble.stack !== undefined) error.stack = trouble.stack;
  return error;
}

function made({ kind, code, message, where }: Trouble): Error {
  if (kind === 'refused') return where === undefined ? new Refused(code, message) : new Refused(code, message, where);
  return kind === 'failed' ? new Failed(code, message) : new Broken(message);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
