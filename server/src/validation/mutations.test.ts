// One thing of each kind is broken in valid resources; the right issue must come, at the right place.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Json, type JsonObject, parseFaithful } from '../base/json.ts';
import { codeSetOf } from '../fhir/code-sets.ts';
import { elementsOf, isPrimitiveType } from '../fhir/definitions.ts';
import { baseLibrary } from '../fhir/library.ts';
import { validate } from './index.ts';
import { changed, type Spot, spotsOf } from './spots.testkit.ts';

const VECTORS = new URL('../../../vectors/validation/valid/', import.meta.url).pathname;
const resources = globSync('*.json', { cwd: VECTORS })
  .sort()
  .map((file) => (parseFaithful(readFileSync(VECTORS + file, 'utf8')) as { readonly resource: JsonObject }).resource)
  .filter((resource) => resource['resourceType'] !== 'Bundle' && resource['contained'] === undefined);

type Mutation = {
  readonly name: string;
  readonly applies: (spot: Spot) => boolean;
  readonly change: (spot: Spot) => readonly [keys: readonly (string | number)[], value: Json | undefined];
  readonly reason: string;
  /** Default: the spot itself. */
  readonly at?: (spot: Spot) => string;
};

const isText = ({ type, isWhole }: Spot) =>
  !isWhole && ['string', 'code', 'uri', 'date', 'dateTime', 'id', 'markdown'].includes(type);
const isComplex = ({ type, isWhole }: Spot) => !isWhole && !isPrimitiveType(type) && type !== 'Resource';
const bound = ({ element, isWhole, type }: Spot) =>
  !isWhole &&
  type === 'code' &&
  element.binding?.strength === 'required' &&
  codeSetOf(baseLibrary(), element.binding.valueSet ?? '')?.open.size === 0;
const here =
  (value: Json | undefined): Mutation['change'] =>
  (spot) => [spot.keys, value];

const MUTATIONS: readonly Mutation[] = [
  {
    name: 'a required element is left out',
    applies: ({ element, isWhole }) => element.min > 0 && isWhole === element.isList,
    change: here(undefined),
    reason: 'required-element-missing',
    at: ({ holder, element }) => `${holder}.${element.name}`,
  },
  {
    name: 'a property that FHIR does not know',
    applies: isComplex,
    change: (spot) => [[...spot.keys, 'madeUp'], 'x'],
    reason: 'unknown-property',
  },
  {
    name: 'one value where a list is due',
    applies: ({ isWhole }) => isWhole,
    change: (spot) => [spot.keys, (spot.value as readonly Json[])[0] ?? null],
    reason: 'list-expected',
  },
  {
    name: 'a list where one value is due',
    applies: ({ element, isWhole }) => !element.isList && !isWhole,
    change: (spot) => [spot.keys, [spot.value]],
    reason: 'list-not-allowed',
  },
  { name: 'an empty list', applies: ({ isWhole }) => isWhole, change: here([]), reason: 'empty-list' },
  {
    name: 'an empty object',
    applies: (spot) => isComplex(spot) && elementsOf(spot.type).every(({ min }) => min === 0),
    change: here({}),
    reason: 'empty-object',
  },
  { name: 'null', applies: ({ element }) => !element.isList, change: here(null), reason: 'null-value' },
  { name: 'an empty text', applies: isText, change: here(''), reason: 'empty-string' },
  { name: 'a number where text is due', applies: isText, change: here(7), reason: 'not-a-string' },
  { name: 'text where an object is due', applies: isComplex, change: here('x'), reason: 'not-an-object' },
  { name: 'a code of no value set', applies: bound, change: here('no-such-code'), reason: 'code-not-in-value-set' },
  {
    name: 'a code with two spaces',
    applies: (spot) => spot.type === 'code' && !spot.isWhole && !bound(spot),
    change: here('a  b'),
    reason: 'code-format',
  },
  {
    name: 'a date that does not exist',
    applies: ({ type }) => type === 'date',
    change: here('2023-02-30'),
    reason: 'date-impossible',
  },
  {
    name: 'a time without zone',
    applies: ({ type }) => type === 'dateTime',
    change: here('2023-02-03T10:00:00'),
    reason: 'date-time-without-zone',
  },
  {
    name: 'an instant without time',
    applies: ({ type }) => type === 'instant',
    change: here('2023-02-03'),
    reason: 'instant-format',
  },
  {
    name: 'a URI with a space',
    applies: ({ type, isWhole }) => type === 'uri' && !isWhole,
    change: here('urn:a b'),
    reason: 'uri-format',
  },
  { name: 'an id with an underscore', applies: ({ type }) => type === 'id', change: here('a_b'), reason: 'id-format' },
  {
    name: 'a decimal as text',
    applies: ({ type }) => type === 'decimal',
    change: here('1.5'),
    reason: 'not-a-decimal',
  },
  {
    name: 'a boolean as text',
    applies: ({ type }) => type === 'boolean',
    change: here('true'),
    reason: 'not-a-boolean',
  },
  {
    name: 'a reference to a type that may not stand there',
    applies: ({ type, targets, isWhole }) =>
      type === 'Reference' && !isWhole && targets !== undefined && !targets.includes('Slot'),
    change: here({ reference: 'Slot/1' }),
    reason: 'reference-target',
  },
  {
    name: 'an extension with neither value nor extensions',
    applies: isComplex,
    change: (spot) => [[...spot.keys, 'extension'], [{ url: 'https://made-up.example/x' }]],
    reason: 'invariant-ext-1',
    at: ({ expression }) => `${expression}.extension[0]`,
  },
];

describe('a resource with one thing broken', () => {
  const spots = resources.flatMap((resource) => spotsOf(resource).map((spot) => ({ resource, spot })));
  for (const mutation of MUTATIONS) {
    const places = spots.filter(
      ({ spot }) => mutation.applies(spot) && !spot.keys.includes('extension') && !spot.keys.includes('resource'),
    );
    test(`is found out: ${mutation.name}`, () => {
      assert.ok(places.length > 0, 'no place to break');
      fc.assert(
        fc.property(fc.constantFrom(...places), ({ resource, spot }) => {
          const [keys, value] = mutation.change(spot);
          const broken = changed(resource, keys, value) as JsonObject;
          const issues = validate(broken, { type: String(resource['resourceType']) });
          const wanted = `${mutation.reason} ${(mutation.at ?? (({ expression }) => expression))(spot)}`;
          const found = issues.map(({ reason, expression }) => `${reason} ${expression}`);
          assert.ok(found.includes(wanted), `${wanted} is not among: ${found.join(', ')}`);
        }),
        { numRuns: 60 },
      );
    });
  }
});
