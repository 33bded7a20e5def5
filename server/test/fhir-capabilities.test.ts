// The CapabilityStatement against the server: what it lists is answered, and what is served is listed.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { RESOURCE_TYPES } from '../src/fhir/index.ts';
import { ROUTES } from '../src/http/server.ts';
import { at, type House, listAt, withHouse } from './harness.ts';

const PATIENT = { resourceType: 'Patient', id: 'p1', name: [{ family: 'Lark' }] };
const statementOf = async (house: House) => (await house.fhir('GET', '/metadata')).json;
const resourcesOf = (statement: unknown) => listAt(statement, 'rest.0.resource');
const codesAt = (json: unknown, where: string, name = 'code') =>
  listAt(json, where).map((one) => String(at(one, name)));

/** What each interaction of a type is asked by, with a resource that is there. */
const ASKED: { readonly [interaction: string]: readonly [method: string, path: string, body?: object] } = {
  read: ['GET', '/Patient/p1'],
  vread: ['GET', '/Patient/p1/_history/1'],
  update: ['PUT', '/Patient/p1', PATIENT],
  patch: ['PATCH', '/Patient/p1', { resourceType: 'Parameters' }],
  delete: ['DELETE', '/Patient/p1'],
  'history-instance': ['GET', '/Patient/p1/_history'],
  'history-type': ['GET', '/Patient/_history'],
  create: ['POST', '/Patient', PATIENT],
  'search-type': ['GET', '/Patient'],
  transaction: ['POST', '', { resourceType: 'Bundle', type: 'transaction' }],
  batch: ['POST', '', { resourceType: 'Bundle', type: 'batch' }],
  'search-system': ['GET', '?_type=Patient'],
  'history-system': ['GET', '/_history'],
};
/** Which interaction a route serves; an operation is known by its `$`. */
const SERVES: { readonly [route: string]: string } = {
  'GET /metadata': 'metadata',
  'POST ': 'transaction',
  'POST /': 'transaction',
  'GET ': 'search-system',
  'GET /': 'search-system',
  'POST /_search': 'search-system',
  'GET /_history': 'history-system',
  'GET /:type/_history': 'history-type',
  'GET /:type': 'search-type',
  'POST /:type/_search': 'search-type',
  'GET /:type/:id/:inner': 'search-type',
  'POST /:type': 'create',
  'PUT /:type': 'update',
  'PATCH /:type': 'patch',
  'DELETE /:type': 'delete',
  'GET /:type/:id': 'read',
  'PUT /:type/:id': 'update',
  'PATCH /:type/:id': 'patch',
  'DELETE /:type/:id': 'delete',
  'GET /:type/:id/_history': 'history-instance',
  'GET /:type/:id/_history/:version': 'vread',
  'GET /_export/:job': 'export',
  'DELETE /_export/:job': 'export',
  'GET /_export/:job/:type': 'export',
  'GET /_import/:job': 'import',
};

/** What `_elements=software` leaves: also what is mandatory, and what changes the meaning. */
const ELEMENTS_OF_SOFTWARE = [
  'resourceType',
  'meta',
  'status',
  'date',
  'kind',
  'software',
  'fhirVersion',
  'format',
].toSorted();
const SIZE_BYTES_MAX = 360_000;

suite('the CapabilityStatement', () => {
  test('is valid, the same each time, and in XML too', async () => {
    await withHouse(async (house) => {
      const first = await house.fhir('GET', '/metadata');
      assert.equal(first.status, 200);
      assert.equal((await house.fhir('GET', '/metadata?mode=full')).text, first.text);
      const outcome = await house.fhir('POST', '/CapabilityStatement/$validate', { body: first.text });
      const errors = listAt(outcome.json, 'issue').filter((issue) =>
        ['error', 'fatal'].includes(String(at(issue, 'severity'))),
      );
      assert.deepEqual(errors, []);
      assert.match((await house.fhir('GET', '/metadata?_format=xml')).text, /^<\?xml[^>]*>\s*<CapabilityStatement/);
      assert.equal((await house.fhir('GET', '/metadata?mode=all')).status, 400);
    });
  });

  test('is not sent again to whoever has it, and compressed to whoever takes that', async () => {
    await withHouse(async (house) => {
      const ask = (headers: Record<string, string>) => house.fhir('GET', '/metadata', { headers });
      const first = await ask({ 'accept-encoding': 'gzip' });
      const etag = String(first.headers.get('etag'));
      assert.equal(first.headers.get('content-encoding'), 'gzip');
      assert.ok(Number(first.headers.get('content-length')) < 40_000);
      assert.equal((await ask({ 'accept-encoding': 'identity' })).text, first.text);
      assert.equal((await ask({ 'accept-encoding': 'gzip;q=0' })).headers.get('content-encoding'), null);
      assert.deepEqual(
        [(await ask({ 'if-none-match': etag })).status, (await ask({ 'if-none-match': 'W/"1"' })).status],
        [304, 200],
      );
      const parts = await house.fhir('GET', '/metadata?_elements=software');
      assert.deepEqual(Object.keys(parts.json as object).toSorted(), ELEMENTS_OF_SOFTWARE);
      for (const form of ['_summary=true', '_elements=software', '_format=xml', '_pretty=true', 'mode=terminology']) {
        const one = await house.fhir('GET', `/metadata?${form}`, { headers: { 'accept-encoding': 'gzip' } });
        assert.equal(one.headers.get('content-encoding'), 'gzip', form);
        const tag = String(one.headers.get('etag'));
        assert.notEqual(tag, etag, form);
        const again = await house.fhir('GET', `/metadata?${form}`, { headers: { 'if-none-match': tag } });
        assert.deepEqual([again.status, again.text], [304, ''], form);
      }
      const summary = await house.fhir('GET', '/metadata?_summary=true');
      assert.equal(at(summary.json, 'meta.tag.0.code'), 'SUBSETTED');
      assert.equal(at(summary.json, 'rest.0.resource.0.searchParam'), undefined);
    });
  });

  test('tells once what is so of every type, and of the normative ones alone to whoever asks for that', async () => {
    await withHouse(async (house) => {
      const { text, json } = await house.fhir('GET', '/metadata');
      assert.ok(text.length < SIZE_BYTES_MAX, `${text.length} bytes`);
      const of = (name: string) => listAt(json, 'rest.0.operation').find((one) => at(one, 'name') === name);
      assert.match(
        String(at(of('validate'), 'documentation')),
        /\[type\]\/\$validate, \[base\]\/\[type\]\/\[id\]\/\$validate/,
      );
      const normative = await house.fhir('GET', '/metadata?mode=normative');
      const types = codesAt(normative.json, 'rest.0.resource', 'type');
      assert.ok(types.includes('Patient') && types.includes('Observation') && !types.includes('Encounter'));
      assert.ok(normative.text.length < text.length / 5);
    });
  });

  test('lists nothing that is not answered', async () => {
    await withHouse(async (house) => {
      await house.fhir('PUT', '/Patient/p1', { source: 'gp', body: PATIENT });
      const statement = await statementOf(house);
      const patient = resourcesOf(statement).find((one) => at(one, 'type') === 'Patient');
      const interactions = [...codesAt(patient, 'interaction'), ...codesAt(statement, 'rest.0.interaction')];
      for (const interaction of interactions.toSorted((a, b) => Number(a === 'delete') - Number(b === 'delete'))) {
        const [method = '', path = '', body] = ASKED[interaction] ?? [];
        const answer = await house.fhir(method, path, { source: 'gp', ...(body === undefined ? {} : { body }) });
        assert.ok(![404, 405, 500, 501].includes(answer.status), `${interaction}: ${answer.status} ${answer.text}`);
      }
    });
  });

  test('lists searches of every type, by every parameter it names', async () => {
    await withHouse(async (house) => {
      const statement = await statementOf(house);
      assert.equal(resourcesOf(statement).length, RESOURCE_TYPES.length);
      for (const resource of resourcesOf(statement)) {
        const type = String(at(resource, 'type'));
        const names = codesAt(resource, 'searchParam', 'name').filter((name) => !name.startsWith('_'));
        // All together in one search: each has only to be known.
        const query = new URLSearchParams(names.map((name): [string, string] => [`${name}:missing`, 'true']));
        const answer = await house.fhir('GET', `/${type}?_count=0&${query}`);
        assert.equal(answer.status, 200, `${type}: ${answer.text.slice(0, 300)}`);
      }
    });
  });

  test('lists operations that are there', async () => {
    await withHouse(async (house) => {
      await house.fhir('PUT', '/Patient/p1', { source: 'gp', body: PATIENT });
      const statement = await statementOf(house);
      const listed = new Set<string>();
      for (const resource of resourcesOf(statement))
        for (const name of codesAt(resource, 'operation', 'name')) listed.add(`${at(resource, 'type')} ${name}`);
      for (const { method, path } of operations()) {
        const [, type = '', name = ''] = /^\/(?:([^/]+)\/)?(?::id\/)?\$(.*)$/.exec(path) ?? [];
        const isListed =
          type === '' || type === ':type'
            ? codesAt(statement, 'rest.0.operation', 'name').includes(name)
            : listed.has(`${type} ${name}`);
        assert.ok(isListed, `${path} is not listed`);
        const where = path.replace(':type', 'Patient').replace(':id', 'p1');
        const answer = await house.fhir(method, where, {
          source: 'gp',
          ...(method === 'POST' ? { body: { resourceType: 'Parameters' } } : {}),
        });
        assert.ok(![405, 500, 501].includes(answer.status), `${method} ${where}: ${answer.status} ${answer.text}`);
        assert.doesNotMatch(answer.text, /There is nothing at|is not a FHIR R4 resource type/, `${method} ${where}`);
      }
    });
  });

  test('lists every route', async () => {
    await withHouse(async (house) => {
      const statement = await statementOf(house);
      const patient = resourcesOf(statement).find((one) => at(one, 'type') === 'Patient');
      const listed = new Set([
        'metadata',
        ...codesAt(patient, 'interaction'),
        ...codesAt(statement, 'rest.0.interaction'),
        ...codesAt(statement, 'rest.0.operation', 'name'),
      ]);
      for (const [method, url] of ROUTES) {
        if (!url.startsWith('/fhir/R4') || url.includes('$')) continue;
        const route = `${method} ${url.slice('/fhir/R4'.length)}`;
        assert.ok(listed.has(SERVES[route] ?? ''), `${route} is served and not listed`);
      }
    });
  });
});

function operations(): readonly { method: string; path: string }[] {
  return ROUTES.filter(([, url]) => url.startsWith('/fhir/R4') && url.includes('/$')).map(([method, url]) => ({
    method,
    path: url.slice('/fhir/R4'.length),
  }));
}
