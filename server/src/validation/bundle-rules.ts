// Invariants of Bundle (https://hl7.org/fhir/R4/bundle.html#invs): which parts belong to which type of bundle.
import type { JsonObject } from '../base/json.ts';
import { objectIn, objectsIn, textIn } from './context.ts';
import type { Rule } from './invariants.ts';

const REQUESTS = ['batch', 'transaction', 'history'];
const RESPONSES = ['batch-response', 'transaction-response', 'history'];
const FIX = 'Correct Bundle.type, or the entries.';

function rule(key: string, what: string, holds: (bundle: JsonObject) => boolean): Rule {
  return { key, what, fix: FIX, holds };
}

function entries(bundle: JsonObject): readonly JsonObject[] {
  return objectsIn(bundle['entry']);
}

function isOf(bundle: JsonObject, ...types: readonly string[]): boolean {
  return types.includes(textIn(bundle['type']) ?? '');
}

function all(bundle: JsonObject, name: string, present: boolean): boolean {
  return entries(bundle).every((entry) => (entry[name] !== undefined) === present);
}

function firstIs(bundle: JsonObject, type: string): boolean {
  return objectIn(entries(bundle)[0]?.['resource'])?.['resourceType'] === type;
}

export const BUNDLE_RULES: { readonly [path: string]: readonly Rule[] } = {
  Bundle: [
    rule('bdl-1', 'has a total although it is not a search or a history', (bundle) => {
      return bundle['total'] === undefined || isOf(bundle, 'searchset', 'history');
    }),
    rule('bdl-2', 'has entry.search although it is not a search', (bundle) => {
      return isOf(bundle, 'searchset') || all(bundle, 'search', false);
    }),
    rule(
      'bdl-3',
      'must have entry.request in every entry of a batch, transaction or history, and in no other',
      (bundle) => {
        return all(bundle, 'request', isOf(bundle, ...REQUESTS));
      },
    ),
    rule('bdl-4', 'must have entry.response in every entry of a response or history, and in no other', (bundle) => {
      return all(bundle, 'response', isOf(bundle, ...RESPONSES));
    }),
    rule('bdl-7', 'has the same fullUrl in two entries', (bundle) => {
      return isOf(bundle, 'history') || areDistinct(entries(bundle).map(versionedUrl));
    }),
    rule('bdl-9', 'is a document without identifier', (bundle) => {
      return !isOf(bundle, 'document') || bundle['identifier'] !== undefined;
    }),
    rule('bdl-10', 'is a document without timestamp', (bundle) => {
      return !isOf(bundle, 'document') || bundle['timestamp'] !== undefined;
    }),
    rule('bdl-11', 'is a document that does not start with a Composition', (bundle) => {
      return !isOf(bundle, 'document') || firstIs(bundle, 'Composition');
    }),
    rule('bdl-12', 'is a message that does not start with a MessageHeader', (bundle) => {
      return !isOf(bundle, 'message') || firstIs(bundle, 'MessageHeader');
    }),
  ],
  'Bundle.entry': [
    {
      key: 'bdl-5',
      what: 'must have a resource, a request or a response',
      fix: 'Add one of them.',
      holds: (entry) => ['resource', 'request', 'response'].some((name) => entry[name] !== undefined),
    },
    {
      key: 'bdl-8',
      what: 'has a fullUrl of one version',
      fix: 'Leave /_history out.',
      at: 'fullUrl',
      holds: (entry) => !(textIn(entry['fullUrl']) ?? '').includes('/_history/'),
    },
  ],
};

// Two versions of one resource may stand in one bundle.
function versionedUrl(entry: JsonObject): string | undefined {
  const url = textIn(entry['fullUrl']);
  const version = textIn(objectIn(objectIn(entry['resource'])?.['meta'])?.['versionId']);
  return url === undefined ? undefined : `${url}\n${version ?? ''}`;
}

function areDistinct(values: readonly (string | undefined)[]): boolean {
  const given = values.filter((value) => value !== undefined);
  return new Set(given).size === given.length;
}
