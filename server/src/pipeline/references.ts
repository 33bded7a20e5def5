// References by a source's own keys become references by id, in the text and in what was parsed of it.                    (pure)
import { isRawJson, type Json, type JsonObject } from '../base/json.ts';
import { ensureSubject, type Keyed, resourceIdOf } from './keys.ts';

const KEY_REFERENCE = /("reference"\s*:\s*)"key:([A-Z][A-Za-z]*)\|((?:[^"\\]|\\.)*)"/g;
const KEY = /^key:([A-Z][A-Za-z]*)\|(.*)$/s;

/** Replaces `key:Type|<key>` by `Type/<id>` in the JSON text itself, so that all other bytes stay as they came. */
export function resolveReferences(work: Keyed, text: string): string {
  if (!text.includes('"key:')) return text;
  return text.replace(KEY_REFERENCE, (_all, ...[before, type, key]: [string, string, string]) => {
    const plain = key.includes('\\') ? (JSON.parse(`"${key}"`) as string) : key;
    return `${before}"${referenceTo(work, type, plain)}"`;
  });
}

/** The same in the parsed resource: walking it costs a tenth of parsing the text again. Parts without such a reference are shared. */
export function resolveIn(work: Keyed, value: Json): Json {
  if (typeof value !== 'object' || value === null || isRawJson(value)) return value;
  if (Array.isArray(value)) {
    const list = value.map((item: Json) => resolveIn(work, item));
    return list.some((item, place) => item !== value[place]) ? list : value;
  }
  const object = value as JsonObject;
  let copy: { [name: string]: Json | undefined } | undefined;
  for (const name in object) {
    const member = object[name];
    if (member === undefined) continue;
    const key = name === 'reference' && typeof member === 'string' ? KEY.exec(member) : null;
    const resolved = key === null ? resolveIn(work, member) : referenceTo(work, key[1] ?? '', key[2] ?? '');
    if (resolved === member) continue;
    copy ??= { ...object };
    copy[name] = resolved;
  }
  return copy ?? value;
}

function referenceTo(work: Keyed, type: string, key: string): string {
  return `${type}/${type === 'Patient' ? ensureSubject(work, key).id : resourceIdOf(work, type, key)}`;
}
