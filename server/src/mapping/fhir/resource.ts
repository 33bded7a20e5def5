// What a resource must have before anything can be said of it: a type, an id where one is meant, and no member twice.
import type { JsonObject } from '../../base/json.ts';
import { membersAt } from '../../fhir/json-text.ts';
import type { Finding } from '../context.ts';
import type { Text } from './document.ts';

const TYPE = /^[A-Z][A-Za-z]{1,63}$/;
const ID = /^[A-Za-z0-9.-]{1,64}$/;

const CODES: { readonly [reason: string]: string } = {
  'resource-type-missing': 'structure',
  'id-malformed': 'value',
  'json-member-twice': 'structure',
};

export type Identified = { readonly resourceType: string; readonly id: string | undefined };
export type Expected = { readonly type?: string | undefined; readonly id?: string | undefined };
/** Where the resource stands in its receipt; `position` names it in findings. */
export type Standing = { readonly receipt: Text; readonly start: number; readonly position: string };

/** Type and id, held against what the request said; or what is wrong. */
export function identify(
  resource: JsonObject,
  expected: Expected,
  { receipt, start, position }: Standing,
): Identified | Finding {
  const members = membersAt(receipt.text, start);
  const place = (name: string) => {
    const member = members.find((one) => one.name === name);
    return member === undefined ? receipt.spanOf(start, start + 1) : receipt.spanOf(member.nameStart, member.valueEnd);
  };
  const wrong = (reason: string, name: string, message: string): Finding => {
    const code = CODES[reason] ?? 'invalid';
    return {
      severity: 'error',
      code,
      reason,
      message,
      expression: `${position === 'undefined' ? 'Resource' : position}.${name}`,
      span: place(name),
    };
  };
  const { resourceType, id } = resource;
  if (typeof resourceType !== 'string' || !TYPE.test(resourceType))
    return wrong(
      'resource-type-missing',
      'resourceType',
      'A resource says what it is in resourceType; this one does not.',
    );
  if (expected.type !== undefined && expected.type !== resourceType)
    return wrong(
      'resource-type-mismatch',
      'resourceType',
      `The resource is of type ${resourceType}, and was sent to the address of ${expected.type}. Send it to that of ${resourceType}.`,
    );
  if (id !== undefined && (typeof id !== 'string' || !ID.test(id)))
    return wrong('id-malformed', 'id', 'An id has 1 to 64 letters, digits, hyphens and dots.');
  if (expected.id !== undefined && id !== expected.id)
    return wrong(
      'id-mismatch',
      'id',
      id === undefined
        ? 'The resource has no id. An update has the id that is in its address.'
        : 'The id in the resource is not the one in the address. Make them the same.',
    );
  const names = members.map((member) => member.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    return wrong('json-member-twice', twice, 'The resource has this member twice, so it is not known which is meant.');
  return { resourceType, id };
}
