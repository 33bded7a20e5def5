// Clients that others wrote, unmodified, against the whole server: what they send must be understood, and our answers by them.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { suite, test } from 'node:test';
import { MedplumClient, OperationOutcomeError } from '@medplum/core';
import { CapabilityTool, Client, type FhirResource } from 'fhir-kit-client';
import { at, type House, listAt, withHouse } from './harness.ts';

const SYSTEM = 'urn:own';
const PATIENT = {
  resourceType: 'Patient',
  identifier: [{ system: SYSTEM, value: 'A1' }],
  name: [{ family: 'Lark', given: ['Zoë'] }],
  birthDate: '1980-05-01',
} as const;
const WEIGHT = { resourceType: 'Observation', status: 'final', code: { text: 'Weight' } } as const;
const base = (house: House) => `${house.running.addresses.http}/fhir/R4`;
const named = (resource: unknown) => String(at(resource, 'id'));
const resources = (bundle: unknown) => listAt(bundle, 'entry').map((entry) => at(entry, 'resource'));
const body = (resource: object) => resource as FhirResource;

suite('fhir-kit-client', () => {
  const clientOf = (house: House) => new Client({ baseUrl: base(house), customHeaders: { 'vouch-source': 'gp' } });

  test('creates, reads, updates, patches, deletes and looks back', async () => {
    await withHouse(async (house) => {
      const client = clientOf(house);
      const made = await client.create({ resourceType: 'Patient', body: body(PATIENT) });
      const id = named(made);
      assert.equal(at(await client.read({ resourceType: 'Patient', id }), 'name.0.family'), 'Lark');
      const updated = await client.update({ resourceType: 'Patient', id, body: body({ ...made, gender: 'female' }) });
      assert.equal(at(updated, 'gender'), 'female');
      const patched = await client.patch({
        resourceType: 'Patient',
        id,
        jsonPatch: [{ op: 'replace', path: '/gender', value: 'other' }],
      });
      assert.equal(at(patched, 'gender'), 'other');
      const first = await client.vread({ resourceType: 'Patient', id, version: '1' });
      assert.equal(at(first, 'gender'), undefined);
      assert.equal(listAt(await client.history({ resourceType: 'Patient', id }), 'entry').length, 3);
      assert.equal(listAt(await client.typeHistory({ resourceType: 'Patient' }), 'entry').length, 3);
      assert.equal(listAt(await client.systemHistory(), 'entry').length, 3);
      const ward = named(
        await client.create({ resourceType: 'Location', body: body({ resourceType: 'Location', name: 'Ward' }) }),
      );
      await client.delete({ resourceType: 'Location', id: ward });
      await assert.rejects(
        client.read({ resourceType: 'Location', id: ward }),
        (error: unknown) => at(error, 'response.status') === 410,
      );
    });
  });

  test('searches by address, form, system and compartment, and turns pages', async () => {
    await withHouse(async (house) => {
      const client = clientOf(house);
      const patient = named(await client.create({ resourceType: 'Patient', body: body(PATIENT) }));
      for (let n = 0; n < 5; n += 1)
        await client.create({
          resourceType: 'Observation',
          body: body({ ...WEIGHT, subject: { reference: `Patient/${patient}` } }),
        });
      let page: FhirResource | undefined = await client.search({
        resourceType: 'Observation',
        searchParams: { patient, _count: '2' },
      });
      const seen = new Set<string>();
      while (page !== undefined) {
        for (const resource of resources(page)) seen.add(named(resource));
        page = await client.nextPage({ bundle: page as never });
      }
      assert.equal(seen.size, 5);
      const posted = await client.search({
        resourceType: 'Patient',
        searchParams: { name: 'zoe' },
        options: { postSearch: true },
      } as never);
      assert.deepEqual(resources(posted).map(named), [patient]);
      const system = await client.systemSearch({ searchParams: { _type: 'Patient,Observation', _count: '50' } });
      assert.equal(resources(system).length, 6);
      const compartment = { resourceType: 'Patient', id: patient };
      const inside = await client.compartmentSearch({ resourceType: 'Observation', compartment });
      assert.equal(resources(inside).length, 5);
    });
  });

  test('runs operations, batches and transactions, and reads what the server can', async () => {
    await withHouse(async (house) => {
      const client = clientOf(house);
      const entry = {
        fullUrl: 'urn:uuid:6f1c7c52-3c92-4b3c-9d0b-7a2f8c1d2e3f',
        resource: PATIENT,
        request: { method: 'POST', url: 'Patient' },
      };
      const observation = { ...WEIGHT, subject: { reference: entry.fullUrl } };
      const bundle = {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [entry, { resource: observation, request: { method: 'POST', url: 'Observation' } }],
      };
      const done = await client.transaction({ body: body(bundle) as never });
      assert.match(String(at(done, 'entry.0.response.status')), /^201/);
      const id = String(at(done, 'entry.0.response.location')).split('/')[1] ?? '';
      const batch = {
        resourceType: 'Bundle',
        type: 'batch',
        entry: [{ request: { method: 'GET', url: `Patient/${id}` } }],
      };
      assert.equal(at(await client.batch({ body: body(batch) as never }), 'entry.0.resource.id'), id);
      const all = await client.operation({ name: 'everything', resourceType: 'Patient', id, method: 'GET' });
      assert.equal(resources(all).length, 2);
      const valid = await client.operation({
        name: 'validate',
        resourceType: 'Patient',
        input: body(PATIENT) as never,
      });
      assert.equal(at(valid, 'resourceType'), 'OperationOutcome');
      const statement = await client.capabilityStatement();
      const tool = new CapabilityTool(statement as never);
      assert.ok(tool.resourceCan('Patient', 'history-type'));
      assert.ok(tool.resourceSearch('Patient', 'birthdate'));
      const resolved = await client.resolve({ reference: `Patient/${id}` });
      assert.equal(named(resolved), id);
    });
  });
});

suite('MedplumClient', () => {
  const clientOf = (house: House) =>
    new MedplumClient({
      baseUrl: `${house.running.addresses.http}/`,
      fhirUrlPath: 'fhir/R4/',
      cacheTime: 0,
      autoBatchTime: 0,
      fetch: (url: string, options: RequestInit) =>
        fetch(url, { ...options, headers: { ...options.headers, 'vouch-source': 'gp' } }),
    });

  test('creates, reads, updates, patches, deletes and looks back', async () => {
    await withHouse(async (house) => {
      const client = clientOf(house);
      const made = await client.createResource({
        ...PATIENT,
        identifier: [...PATIENT.identifier],
        name: [{ family: 'Lark' }],
      });
      const { id } = made;
      assert.equal((await client.readResource('Patient', id)).birthDate, '1980-05-01');
      assert.equal((await client.updateResource({ ...made, gender: 'female' })).gender, 'female');
      const patched = await client.patchResource('Patient', id, [{ op: 'replace', path: '/gender', value: 'other' }]);
      assert.equal(patched.gender, 'other');
      assert.equal((await client.readHistory('Patient', id)).entry?.length, 3);
      assert.equal((await client.readVersion('Patient', id, '1')).gender, undefined);
      const ward = await client.createResource({ resourceType: 'Location', name: 'Ward' });
      await client.deleteResource('Location', ward.id);
      await assert.rejects(client.readResource('Location', ward.id), OperationOutcomeError);
    });
  });

  test('searches, turns pages, creates where there is none, and asks for everything', async () => {
    await withHouse(async (house) => {
      const client = clientOf(house);
      const patient = {
        resourceType: 'Patient' as const,
        identifier: [{ system: SYSTEM, value: 'A1' }],
        name: [{ family: 'Lark' }],
      };
      const query = `identifier=${SYSTEM}|A1`;
      const first = await client.createResourceIfNoneExist(patient, query);
      assert.equal((await client.createResourceIfNoneExist(patient, query)).id, first.id);
      assert.equal((await client.upsertResource({ ...patient, gender: 'male' }, query)).id, first.id);
      const subject = { reference: `Patient/${first.id}` };
      for (let n = 0; n < 5; n += 1)
        await client.createResource({
          resourceType: 'Observation',
          status: 'final',
          code: { text: 'Weight' },
          subject,
        });
      assert.equal((await client.searchOne('Patient', query))?.id, first.id);
      const seen: string[] = [];
      for await (const page of client.searchResourcePages('Observation', { subject: subject.reference, _count: 2 }))
        seen.push(...page.map(({ id }) => id));
      assert.equal(new Set(seen).size, 5);
      assert.equal((await client.readPatientEverything(first.id)).entry?.length, 6);
      assert.equal((await client.readReference(subject)).id, first.id);
      const statement = await client.get(client.fhirUrl('metadata'));
      assert.equal(at(statement, 'rest.0.resource.0.interaction.0.code'), 'read');
      const wrong = await client.validateResource({ ...patient, gender: 'x' as 'male' });
      assert.ok(wrong.issue?.some((issue: unknown) => at(issue, 'severity') === 'error'));
      const expanded = await client.valueSetExpand({ url: 'http://hl7.org/fhir/ValueSet/administrative-gender' });
      assert.equal(expanded.expansion?.contains?.length, 4);
      const answer = await client.executeBatch({
        resourceType: 'Bundle',
        type: 'batch',
        entry: [
          { request: { method: 'GET', url: `Patient/${first.id}` } },
          { request: { method: 'GET', url: 'Patient/none' } },
        ],
      });
      assert.deepEqual(
        listAt(answer, 'entry').map((entry) => at(entry, 'response.status')),
        ['200', '404'],
      );
    });
  });

  test('is told what is wrong in words', async () => {
    await withHouse(async (house) => {
      const client = clientOf(house);
      await assert.rejects(client.search('Patient', 'nmae=lark'), /Did you mean "name"/);
      await assert.rejects(
        client.createResource({ resourceType: 'Patient', birthDate: '1980-02-31' }),
        OperationOutcomeError,
      );
    });
  });
});

suite('fhirclient', () => {
  type FhirClient = {
    create(resource: object): Promise<unknown>;
    update(resource: object): Promise<unknown>;
    delete(url: string): Promise<unknown>;
    patch(url: string, operations: readonly object[]): Promise<unknown>;
    request(url: string | object, options?: object): Promise<unknown>;
    pages(url: string): AsyncGenerator<unknown>;
    getFhirRelease(): Promise<number>;
  };
  type Smart = (request: object, response: object) => { client(state: { serverUrl: string }): FhirClient };
  // Imported, its types would bring those of a browser into all of the server's.
  const require = createRequire(import.meta.url);
  const smart = require('fhirclient') as Smart;

  test('creates, reads, updates, patches, deletes, searches and turns pages', async () => {
    await withHouse(async (house) => {
      const client = smart({}, {}).client({ serverUrl: base(house) });
      assert.equal(await client.getFhirRelease(), 4);
      const made = await client.create(PATIENT);
      const id = named(made);
      assert.equal(at(await client.request(`Patient/${id}`), 'birthDate'), '1980-05-01');
      assert.equal(at(await client.update({ ...PATIENT, id, gender: 'female' }), 'gender'), 'female');
      const patched = await client.patch(`Patient/${id}`, [{ op: 'replace', path: '/gender', value: 'other' }]);
      assert.equal(at(patched, 'gender'), 'other');
      for (let n = 0; n < 5; n += 1) await client.create({ ...WEIGHT, subject: { reference: `Patient/${id}` } });
      const seen: string[] = [];
      for await (const page of client.pages(`Observation?patient=${id}&_count=2`))
        seen.push(...resources(page).map(named));
      assert.equal(new Set(seen).size, 5);
      assert.equal(resources(await client.request(`Patient/${id}/$everything`)).length, 6);
      assert.equal(resources(await client.request(`Patient/${id}/_history`)).length, 3);
      const ward = named(await client.create({ resourceType: 'Location', name: 'Ward' }));
      await client.delete(`Location/${ward}`);
      await assert.rejects(client.request(`Location/${ward}`), /410|deleted/);
    });
  });
});
