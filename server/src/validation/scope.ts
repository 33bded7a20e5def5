// What `#id` may mean in a resource: the resource itself and what it contains.
import { type JsonObject, objectsIn } from '../base/json.ts';
import { type Scope, textIn } from './context.ts';

const NOTHING: ReadonlyMap<string, string> = new Map();

export function scopeOf(resource: JsonObject, type: string): Scope {
  if (resource['contained'] === undefined) {
    return { resource, contained: NOTHING, containerType: type, pointedAt: undefined, inside: undefined };
  }
  const contained = new Map<string, string>();
  for (const one of objectsIn(resource['contained'])) {
    contained.set(textIn(one['id']) ?? '', textIn(one['resourceType']) ?? '');
  }
  return { resource, contained, containerType: type, pointedAt: new Set(), inside: undefined };
}
