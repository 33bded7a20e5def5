// One entry of a Bundle: what it is about, what it asks before it is done, and how others point at it.
import { isObject, type JsonObject } from '../../base/json.ts';
import { isResourceType } from '../../fhir/index.ts';
import { membersAt } from '../../fhir/json-text.ts';
import type { Span } from '../../hl7v2/types.ts';
import type { Finding } from '../context.ts';
import type { Condition, Expectation, PatchAsked, Patched } from '../types.ts';
import { findKey, versionIn } from './conditional.ts';
import { isFinding, type Text } from './document.ts';
import { entryPatch, madeFrom, resourceIn, type Wrong } from './patch.ts';
import { isReading } from './reading-entry.ts';
import { identify } from './resource.ts';

export type Entry = {
  readonly index: number;
  /** What `start` and `end` are places in: the receipt, or what a patch made. */
  readonly from: Text;
  readonly start: number;
  readonly end: number;
  readonly resource: JsonObject;
  readonly resourceType: string;
  readonly key: string;
  /** What others write to point at it. */
  readonly fullUrl: string | undefined;
  /** What is written instead. */
  readonly reference: string;
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly condition: Condition | undefined;
  readonly expectation: Expectation | undefined;
};
type Place = {
  readonly index: number;
  readonly start: number;
  readonly end: number;
  readonly patched: ReadonlyMap<string, Patched> | undefined;
  /** Whether it has to say in request what is to be done: not so in a file, where entries may only be kept. */
  readonly mustAsk: boolean;
};

/** Undefined for an entry that only reads; what is asked, for a patch that is not applied yet. */
export function readEntry(
  value: unknown,
  receipt: Text,
  { index, start, end, patched, mustAsk }: Place,
): Entry | PatchAsked | Finding | undefined {
  const position = `Bundle.entry[${index}]`;
  const wrong: Wrong = (reason, code, message) => {
    const span = receipt.spanOf(start, start + 1);
    return { severity: 'error', code, reason, message, expression: position, span };
  };
  const entry = isObject(value as JsonObject) ? (value as JsonObject) : {};
  const asked = isObject(entry['request']) ? entry['request'] : undefined;
  const method = asked?.['method'] ?? 'POST';
  if (isReading(method, asked?.['url'])) return undefined;
  if (method !== 'POST' && method !== 'PUT' && method !== 'PATCH' && method !== 'DELETE')
    return wrong(
      'entry-method-not-supported',
      'not-supported',
      'An entry of a Bundle asks in request.method for GET, HEAD, POST, PUT, PATCH or DELETE.',
    );
  if (asked === undefined && mustAsk)
    return wrong(
      'entry-without-request',
      'required',
      'An entry of a transaction says in request what is to be done: a method, and a url such as Patient or Patient/123.',
    );
  const target = targetIn(asked);
  const { type, id, query } = target;
  if (asked !== undefined && !isResourceType(type)) return type === '' ? noTarget(wrong) : unknownType(wrong);
  if (method === 'POST' && id?.startsWith('$') === true)
    return wrong(
      'entry-target',
      'not-supported',
      'A transaction takes operations that only read. Ask for this one on its own.',
    );
  if (method === 'POST' && id !== undefined)
    return wrong('entry-target', 'invalid', 'A POST entry names a type in request.url. A PUT writes by an id.');
  const unclear = unclearVersion(asked, { method, id, wrong });
  if (unclear !== undefined) return unclear;
  const own = { entry, asked, target, receipt, index, start, position, wrong };
  if (method === 'POST') return writtenEntry(own, method);
  if (id === undefined && query === undefined) return noTarget(wrong);
  if (method === 'PUT') return writtenEntry(own, method);
  if (method === 'DELETE') return removalEntry(own);
  const made = patched?.get(position);
  const fullUrl = fullUrlOf(entry);
  if (made !== undefined) return patchedEntry(made, { fullUrl, from: receipt.spanOf(start, end), index });
  const patch = entryPatch(entry, { target: id === undefined ? `${type}?${query}` : `${type}/${id}`, position, wrong });
  return isFinding(patch) ? patch : { ...patch, fullUrl };
}

type Target = { readonly type: string; readonly id: string | undefined; readonly query: string | undefined };
type Asking = {
  readonly entry: JsonObject;
  readonly asked: JsonObject | undefined;
  readonly target: Target;
  readonly receipt: Text;
  readonly index: number;
  readonly start: number;
  readonly position: string;
  readonly wrong: Wrong;
};

function targetIn(asked: JsonObject | undefined): Target {
  const url = typeof asked?.['url'] === 'string' ? asked['url'] : '';
  const [path = '', query] = url.replace(/^\/+/, '').split(/\?(.*)/s);
  const [type = '', id] = path.split('/');
  return { type, id: id === '' ? undefined : id, query: query === '' ? undefined : query };
}

function writtenEntry(
  { entry, asked, target, receipt, index, start, position, wrong }: Asking,
  method: 'POST' | 'PUT',
): Entry | Finding {
  const { resource } = entry;
  const place = membersAt(receipt.text, start).find((member) => member.name === 'resource');
  if (!isObject(resource) || place === undefined)
    return wrong('entry-without-resource', 'required', 'An entry needs a resource.');
  const { type, id, query } = target;
  const expected = asked === undefined ? {} : { type, id: method === 'PUT' ? id : undefined };
  const named = identify(resource, expected, { receipt, start: place.valueStart, position: `${position}.resource` });
  if (isFinding(named)) return named;
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
  return {
    index,
    from: receipt,
    start: place.valueStart,
    end: place.valueEnd,
    resource,
    resourceType,
    key,
    fullUrl: fullUrlOf(entry),
    reference: /^(new|find):/.test(key) ? `key:${resourceType}|${key}` : key,
    method,
    condition,
    expectation: expectationIn(asked, { name: plain, position }),
  };
}

function fullUrlOf(entry: JsonObject): string | undefined {
  return typeof entry['fullUrl'] === 'string' ? entry['fullUrl'] : undefined;
}

/** What a patch made is written as an update of just the version that it was applied to. */
function patchedEntry(
  made: Patched,
  { fullUrl, from, index }: { fullUrl: string | undefined; from: Span; index: number },
): Entry | Finding {
  const { type, id, askedId, version, text } = made;
  const position = `Bundle.entry[${index}]`;
  const own = madeFrom(text, from);
  const resource = resourceIn(made);
  const key = `${type}/${askedId}`;
  const named = identify(resource, { type, id }, { receipt: own, start: 0, position: `${position}.resource` });
  if (isFinding(named)) return named;
  return {
    ...{ index, from: own, start: 0, end: text.length, resource, resourceType: type, key, fullUrl },
    ...{
      reference: key,
      method: 'PATCH',
      condition: undefined,
      expectation: { name: `${type}/${id}`, version, position },
    },
  };
}

function noTarget(wrong: Wrong): Finding {
  const message =
    'An entry names in request.url what it is about: a type for POST, Type/id or Type?search for PUT, PATCH and DELETE.';
  return wrong('entry-without-target', 'required', message);
}

function unknownType(wrong: Wrong): Finding {
  const message = 'The url of the entry names no resource type of FHIR R4. Write it as FHIR does, such as Patient.';
  return wrong('entry-target', 'not-found', message);
}

/** A version that is asked for and not understood would be one that is not looked at. */
function unclearVersion(
  asked: JsonObject | undefined,
  { method, id, wrong }: { method: string; id: string | undefined; wrong: Wrong },
): Finding | undefined {
  const { ifMatch, ifNoneMatch } = asked ?? {};
  if (ifNoneMatch !== undefined && (method !== 'PUT' || id === undefined || ifNoneMatch !== '*'))
    return wrong('entry-version', 'invalid', 'A writing entry has ifNoneMatch "*", with a PUT to Type/id, or none.');
  if (ifMatch === undefined) return undefined;
  if (typeof ifMatch !== 'string' || versionIn(ifMatch) === undefined)
    return wrong('entry-version', 'invalid', 'The version of ifMatch is written as the ETag of a read has it: W/"3".');
  return id === undefined && method !== 'PATCH'
    ? wrong('entry-version', 'invalid', 'A version in ifMatch goes with the id of a resource, Type/id.')
    : undefined;
}

function expectationIn(
  asked: JsonObject | undefined,
  { name, position }: { name: string; position: string },
): Expectation | undefined {
  const etag = asked?.['ifMatch'];
  const none = asked?.['ifNoneMatch'] === '*' ? 0 : undefined;
  const version = typeof etag === 'string' ? versionIn(etag) : none;
  return version === undefined ? undefined : { name, version, position };
}

/** An entry that takes a resource away. */
function removalEntry({ asked, target, receipt, index, start, position }: Asking): Entry {
  const { type, id, query = '' } = target;
  const search = `${type}?${query}`;
  const key = id === undefined ? findKey(search) : `${type}/${id}`;
  const condition: Condition = { purpose: 'delete', query: search, otherwise: undefined, position };
  return {
    index,
    from: receipt,
    start,
    end: start,
    resource: { resourceType: type },
    resourceType: type,
    key,
    fullUrl: undefined,
    reference: key,
    method: 'DELETE',
    condition: id === undefined ? condition : undefined,
    expectation: id === undefined ? undefined : expectationIn(asked, { name: key, position }),
  };
}
