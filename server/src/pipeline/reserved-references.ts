// References of the form `key:Type|…` are how mapping points at a source's own keys. A sender who writes one would be taken at
// that word, so what comes as FHIR is looked through for them before it is mapped.                                       (pure)
import { type Json, parseFaithful } from '../base/json.ts';
import type { StateReason } from '../intake/types.ts';

const RESERVED = 'key:';
/** Nothing that cannot hold one is parsed a second time: `key:` stands in the text, or letters are written as escapes. */
const MAY_HOLD_ONE = /key:|\\u00/i;

/** Why a FHIR receipt cannot be taken: it holds a reserved reference. Undefined when it does not, or cannot be read at all. */
export function reservedReference(bytes: Uint8Array, format: 'fhir-json' | 'fhir-ndjson'): StateReason | undefined {
  const text = Buffer.from(bytes).toString('utf8');
  if (!MAY_HOLD_ONE.test(text)) return undefined;
  const documents = format === 'fhir-ndjson' ? text.split('\n') : [text];
  for (const document of documents) {
    const place = find(parsed(document), '');
    if (place !== undefined) {
      return {
        code: 'reference-reserved',
        message:
          'A reference begins with "key:", which is reserved. Name the resource as Type/id, or by its identifier.',
        position: place,
      };
    }
  }
  return undefined;
}

// What is not JSON is refused by mapping, with line and column.
function parsed(text: string): Json | undefined {
  try {
    return parseFaithful(text);
  } catch {
    return undefined;
  }
}

function find(value: Json | undefined, path: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const entries: readonly (readonly [string, Json | undefined])[] = Array.isArray(value)
    ? value.map((item: Json, index) => [`[${index}]`, item] as const)
    : Object.entries(value).map(([name, member]) => [path === '' ? name : `.${name}`, member] as const);
  for (const [step, member] of entries) {
    if (step.endsWith('reference') && typeof member === 'string' && member.startsWith(RESERVED)) return path + step;
    const inside = find(member, path + step);
    if (inside !== undefined) return inside;
  }
  return undefined;
}
