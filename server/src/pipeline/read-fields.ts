// What the readers of rulings share.                                                                                    (pure)
import type { StateReason } from '../intake/types.ts';
import type { RulingRequest } from './types.ts';

export type Read =
  | { readonly ok: true; readonly ruling: RulingRequest }
  | { readonly ok: false; readonly reason: StateReason };

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

export function refuse(code: string, message: string): Read {
  return { ok: false, reason: { code, message } };
}
