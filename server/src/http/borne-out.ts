// Whether a resource that a search found by its identifiers really bears them. Searches compare 64-bit hashes, and values with the same
// hash can be made on purpose: what decides on a write is looked at again (docs/adr/0020-term-hashes.md).                      (pure)
import { isObject, type Json, parseFaithful } from '../base/json.ts';
import { foldCode } from '../search/fold.ts';
import { meant, split } from '../search/split.ts';
import type { Query } from './query.ts';

/** `system|value`: an undefined system is any, an empty one none. */
type Asked = { readonly system: string | undefined; readonly value: string };

/** Of a condition's parameters only `identifier` without a modifier is looked at: by it most conditions name what they mean. */
export function bearsIdentifiers(query: Query): (text: string) => boolean {
  const asked = query.filter(([name]) => name === 'identifier').map(([, values]) => split(values, ',').map(askedOf));
  if (asked.length === 0) return () => true;
  return (text) => {
    const resource = parseFaithful(text);
    return asked.every((alternatives) => alternatives.some((one) => bears(resource, one)));
  };
}

function askedOf(token: string): Asked {
  const [first = '', ...rest] = split(token, '|');
  if (rest.length === 0) return { system: undefined, value: foldCode(meant(first)) };
  return { system: meant(first), value: foldCode(rest.map(meant).join('|')) };
}

function bears(value: Json | undefined, asked: Asked): boolean {
  if (Array.isArray(value)) return (value as readonly Json[]).some((one) => bears(one, asked));
  if (!isObject(value)) return false;
  return isAsked(value['system'], value['value'], asked) || Object.values(value).some((one) => bears(one, asked));
}

function isAsked(system: Json | undefined, value: Json | undefined, asked: Asked): boolean {
  const isSystem = asked.system === undefined || asked.system === (typeof system === 'string' ? system : '');
  if (asked.value === '') return isSystem && typeof system === 'string';
  return isSystem && typeof value === 'string' && foldCode(value) === asked.value;
}
