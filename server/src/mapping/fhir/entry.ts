// One entry of a Bundle: what it is about, what it asks before it is done, and how others point at it.
import type { JsonObject } from '../../base/json.ts';
import { membersAt } from '../../fhir/json-text.ts';
import type { Finding } from '../context.ts';
import { isObject } from '../sourced.ts';
import type { Condition, Expectation } from '../types.ts';
import { findKey, versionIn } from './conditional.ts';
import { isFinding, type Text } from './document.ts';
import { identify } from './resource.ts';

export type Entry = {
  readonly index: number;
  readonly start: number;
  readonly end: number;
  readonly resource: JsonObject;
  readonly resourceType: string;
  readonly key: string;
  /** What others write to point at it. */
  readonly fullUrl: string | undefined;
  /** What is written instead. */
  readonly reference: string;
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly condition: Condition | undefined;
  readonly expectation: Expectation | undefined;
};
/** An entry that only reads: it is answered when the others are done. */
const READS: ReadonlySet<unknown> = new Set(['GET', 'HEAD']);

/** Undefined for an entry that only reads. */
export function readEntry(
  value: unknown,
  receipt: Text,
  { index, start }: { index: number; start: number },
): Entry | Finding | undefined {
  const position = `Bundle.entry[${index}]`;
  const wrong = (reason: string, code: string, message: string): Finding => {
    const span = receipt.spanOf(start, start + 1);
    return { severity: 'error', code, reason, message, expression: position, span };
  };
  const entry = value as JsonObject;
  const resource = isObject(entry) ? entry['resource'] : undefined;
  const place = membersAt(receipt.text, start).find((member) => member.name === 'resource');
  const asked = isObject(entry) && isObject(entry['request']) ? entry['request'] : undefined;
  const method = asked?.['method'] ?? 'POST';
  if (READS.has(method)) return undefined;
  if (method !== 'POST' && method !== 'PUT' && method !== 'DELETE')
    return wrong(
      'entry-method-not-supported',
      'not-supported',
      'POST, PUT, DELETE and GET entries are taken in a Bundle; send a PATCH as a request of its own.',
    );
  const url = typeof asked?.['url'] === 'string' ? asked['url'] : '';
  const [path = '', query] = url.replace(/^\/+/, '').split(/\?(.*)/s);
  const [type = '', id] = path.split('/');
  const own = { receipt, index, start, position };
  if (method === 'DELETE') return removalEntry({ type, id, query }, own) ?? wrong(...NO_TARGET);
  if (!isObject(resource) || place === undefined)
    return wrong('entry-without-resource', 'required', 'An entry needs a resource.');
  const expected = asked === undefined || url === '' ? {} : { type, id: method === 'PUT' ? id : undefined };
  const named = identify(resource, expected, { receipt, start: place.valueStart, position: `${position}.resource` });
  if (isFinding(named)) return named;
  if (method === 'PUT' && id === undefined && query === undefined) return wrong(...NO_TARGET);
  const { resourceType } = named;
  const known = method === 'PUT' || (asked === undefined && named.id !== undefined);
  const plain = known && named.id !== undefined ? `${resourceType}/${named.id}` : `new:${index}`;
  const search = method === 'PUT' ? query : asked?.['ifNoneExist'];
  const conditional = typeof search === 'string' && search !== '';
  const condition: Condition | undefined = conditional
    ? {
        purpose: method === 'PUT' ? 'update' : 'create',
        query: `${resourceType}?${search.replace(/^.*\?/s, '')}`,
        otherwise: plain,
        bodyId: method === 'PUT' ? named.id : undefined,
        position,
      }
    : undefined;
  const key = condition === undefined ? plain : findKey(condition.query);
  const fullUrl = isObject(entry) && typeof entry['fullUrl'] === 'string' ? entry['fullUrl'] : undefined;
  return {
    index,
    start: place.valueStart,
    end: place.valueEnd,
    resource,
    resourceType,
    key,
    fullUrl,
    reference: /^(new|find):/.test(key) ? `key:${resourceType}|${key}` : key,
    method,
    condition,
    expectation: expectationIn(asked, { name: plain, position }),
  };
}

const NO_TARGET = [
  'entry-without-target',
  'required',
  'A PUT or DELETE entry names its resource in request.url: Type/id, or Type?search.',
] as const;

function expectationIn(
  asked: JsonObject | undefined,
  { name, position }: { name: string; position: string },
): Expectation | undefined {
  const etag = asked?.['ifMatch'];
  const version = typeof etag === 'string' ? versionIn(etag) : undefined;
  return version === undefined ? undefined : { name, version, position };
}

/** An entry that takes a resource away. Undefined when it does not say which. */
function removalEntry(
  { type, id, query }: { type: string; id: string | undefined; query: string | undefined },
  { index, start, position }: { index: number; start: number; position: string },
): Entry | undefined {
  if (type === '' || (id === undefined && (query ?? '') === '')) return undefined;
  const search = `${type}?${query ?? ''}`;
  const key = id === undefined ? findKey(search) : `${type}/${id}`;
  const condition: Condition = { purpose: 'delete', query: search, otherwise: undefined, position };
  return {
    index,
    start,
    end: start,
    resource: { resourceType: type },
    resourceType: type,
    key,
    fullUrl: undefined,
    reference: key,
    method: 'DELETE',
    condition: id === undefined ? condition : undefined,
    expectation: undefined,
  };
}
