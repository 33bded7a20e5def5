// What a reference points at, where that is at hand: contained, in the Bundle, or given by the caller.
import { type JsonObject, objectsIn } from '../base/json.ts';
import type { Context } from './context.ts';

export function resolved(reference: string | undefined, context: Context): JsonObject | undefined {
  if (reference === undefined) return undefined;
  if (!reference.startsWith('#')) return context.bundle?.get(reference) ?? context.resource?.(reference);
  const { resource } = context.scope;
  if (reference === '#') return resource;
  return objectsIn(resource['contained']).find(({ id }) => id === reference.slice(1));
}
