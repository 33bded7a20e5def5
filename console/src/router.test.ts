// Addresses and the pages they lead to, both ways.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hrefTo, pageKey, parseRoute, type Route } from './router.ts';

const id = fc.string({ minLength: 1, unit: 'grapheme' });
const text = fc.string({ minLength: 1 });
const size = fc.nat({ max: 999_999_999 });
const optional = { requiredKeys: ['page'] as 'page'[] };
const version = fc.integer({ min: 1, max: 999_999_999 });
const fhirType = fc.constantFrom('Patient', 'Observation');
const routes: fc.Arbitrary<unknown> = fc.oneof(
  fc.constant({ page: 'books' }),
  fc.record({ page: fc.constant('receipts'), source: text, state: text, before: size }, optional),
  fc.record({ page: fc.constant('receipt'), id: size }),
  fc.record({ page: fc.constant('receipt'), id: size, mark: fc.record({ start: size, end: size }) }),
  fc.record({ page: fc.constant('people'), name: text, identifier: text, birthdate: text, from: text }, optional),
  fc.record({ page: fc.constant('person'), id }),
  fc.record(
    { page: fc.constant('person'), id, why: text, asOf: size },
    { requiredKeys: ['page', 'id'] as ('page' | 'id')[] },
  ),
  fc.record(
    { page: fc.constant('cases'), state: fc.constant('closed'), kind: text, harm: text, older: text, after: text },
    optional,
  ),
  fc.record({ page: fc.constant('policy'), name: text }, optional),
  fc.record({ page: fc.constant('case'), id }),
  fc.record({ page: fc.constant('fhir'), type: fhirType }, optional),
  fc.record({
    page: fc.constant('fhir'),
    type: fhirType,
    query: fc.constantFrom('code=a%7Cb', '_sort=-date&status=final'),
  }),
  fc.record(
    {
      ...{ page: fc.constant('resource'), type: fhirType, id: fc.stringMatching(/^[A-Za-z0-9\-.]{1,64}$/) },
      ...{ view: fc.constantFrom('history', 'said', 'validate'), version, from: version, to: version },
    },
    { requiredKeys: ['page', 'type', 'id'] as ('page' | 'type' | 'id')[] },
  ),
);

test('every address leads back to the page it was written for', () => {
  fc.assert(
    fc.property(routes, (route) => {
      assert.deepEqual(parseRoute(hrefTo(route as Route)), JSON.parse(JSON.stringify(route)));
    }),
  );
});

test('any text in the address bar leads to some page or to none, never to a failure', () => {
  fc.assert(
    fc.property(fc.string(), (hash) => {
      const route = parseRoute(`#/${hash}`);
      assert.ok(route !== undefined && route.page.length > 0);
    }),
  );
});

test('a hash that is no address of ours, such as that of the skip link, is not taken for one', () => {
  assert.equal(parseRoute('#main'), undefined);
  assert.deepEqual(parseRoute(''), { page: 'books' });
});

test('a receipt id that is no number is not found', () => {
  assert.deepEqual(parseRoute('#/receipts/12x'), { page: 'not-found', path: '/receipts/12x' });
});

test('what FHIR does not allow as a type or an id is not found', () => {
  for (const path of ['/fhir/Obs-1', '/fhir/Patient/a_b', '/fhir/Patient/a/b']) {
    assert.deepEqual(parseRoute(`#${path}`), { page: 'not-found', path });
  }
});

test('filters and explanations stay on the same page; another person is another page', () => {
  assert.equal(pageKey({ page: 'person', id: 'a' }), pageKey({ page: 'person', id: 'a', why: 'birthDate' }));
  assert.notEqual(pageKey({ page: 'person', id: 'a' }), pageKey({ page: 'person', id: 'b' }));
});
