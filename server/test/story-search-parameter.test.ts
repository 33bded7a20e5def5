// Search parameters of one's own, through the FHIR API: refused when they cannot be, built while others write, usable when complete.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, at, type House, listAt, withHouse } from './harness.ts';

const EYES = 'https://example.org/eye-colour';
const eyes = {
  resourceType: 'SearchParameter',
  url: 'https://example.org/SearchParameter/eye-colour',
  name: 'EyeColour',
  status: 'active',
  description: 'Colour of the eyes',
  code: 'eye-colour',
  base: ['Patient'],
  type: 'token',
  expression: `Patient.extension.where(url = '${EYES}').value.ofType(code)`,
};

const person = (id: string, colour?: string) => ({
  resourceType: 'Patient',
  id,
  identifier: [{ system: 'https://example.org/number', value: id }],
  ...(colour === undefined ? {} : { extension: [{ url: EYES, valueCode: colour }] }),
});

async function put(house: House, resource: { readonly resourceType: string; readonly id: string }): Promise<Answer> {
  const answer = await house.fhir('PUT', `/${resource.resourceType}/${resource.id}`, { body: resource });
  assert.ok(answer.status < 300, `${answer.status} ${answer.text}`);
  return answer;
}

async function found(house: House, search: string): Promise<readonly unknown[]> {
  const answer = await house.fhir('GET', search);
  assert.equal(answer.status, 200, `${search}: ${answer.text}`);
  return listAt(answer.json, 'entry')
    .map((entry) => at(entry, 'resource.id'))
    .toSorted();
}

const WAIT_MS = 15_000;
const WRITERS = 8;
const ROUNDS = 6;

/** Waits for a state of the parameter, and returns the answer that said so. */
async function status(house: House, id: string, state: string): Promise<unknown> {
  const until = performance.now() + WAIT_MS;
  for (;;) {
    const answer = await house.fhir('GET', `/SearchParameter/${id}/$status`);
    if (at(answer.json, 'parameter.0.valueCode') === state) return answer.json;
    assert.ok(performance.now() < until, `${state}: ${answer.text}`);
    await sleep(20);
  }
}

function countsOf(json: unknown): unknown {
  const parts = listAt(json, 'parameter.1.part').map((part) => [at(part, 'name'), at(part, 'valueUnsignedInt')]);
  return Object.fromEntries(parts.filter(([, value]) => value !== undefined));
}

const issue = ({ json }: Answer) => ({
  code: at(json, 'issue.0.details.coding.0.code'),
  text: String(at(json, 'issue.0.details.text')),
  at: at(json, 'issue.0.expression.0'),
});

suite('a search parameter of one’s own', () => {
  test('finds what was written before and after it, and goes when it is retired', async () => {
    await withHouse(async (house) => {
      for (let number = 0; number < 30; number += 1)
        await put(house, person(`p${number}`, number % 3 === 0 ? 'green' : undefined));
      const unknown = await house.fhir('GET', '/Patient?eye-colour=green');
      assert.equal(unknown.status, 400);
      await put(house, { ...eyes, id: 'eyes' });
      await put(house, person('late', 'green'));
      const complete = await status(house, 'eyes', 'complete');
      assert.deepEqual(countsOf(complete), { indexed: 31, total: 31, percent: 100, failed: 0, restarts: 0 });
      assert.equal((await found(house, '/Patient?eye-colour=green&_count=100')).length, 11);
      assert.equal((await found(house, '/Patient?eye-colour:missing=true&_count=100')).length, 20);
      const statement = await house.fhir('GET', '/metadata');
      assert.match(
        statement.text,
        /"name":"eye-colour","definition":"https:\/\/example.org\/SearchParameter\/eye-colour"/,
      );

      await put(house, person('p0', 'blue'));
      assert.deepEqual(await found(house, '/Patient?eye-colour=blue'), ['p0']);
      await house.fhir('DELETE', '/Patient/p0');
      assert.deepEqual(await found(house, '/Patient?eye-colour=blue'), []);

      await put(house, { ...eyes, id: 'eyes', status: 'retired' } as typeof eyes & { id: string });
      assert.equal((await house.fhir('GET', '/Patient?eye-colour=green')).status, 400);
      await status(house, 'eyes', 'not-indexed');
      assert.doesNotMatch((await house.fhir('GET', '/metadata')).text, /"eye-colour"/);
    });
  });

  test('is whole although everybody writes while it is defined, changed and built', async () => {
    await withHouse(async (house) => {
      for (let number = 0; number < WRITERS; number += 1) await put(house, person(`w${number}`, 'green'));
      const writers = Array.from({ length: WRITERS }, async (_, number) => {
        for (let round = 0; round < ROUNDS; round += 1) {
          await put(house, person(`w${number}`, round === ROUNDS - 1 ? 'blue' : 'grey'));
          await put(house, person(`n${number}-${round}`, 'blue'));
        }
        await house.fhir('DELETE', `/Patient/n${number}-0`);
      });
      await put(house, { ...eyes, id: 'eyes', expression: 'Patient.gender' } as typeof eyes & { id: string });
      await put(house, { ...eyes, id: 'eyes' });
      await Promise.all(writers);
      const counts = countsOf(await status(house, 'eyes', 'complete'));
      const total = WRITERS * ROUNDS;
      assert.deepEqual(counts, {
        indexed: at(counts, 'indexed'),
        total: at(counts, 'indexed'),
        percent: 100,
        failed: 0,
        restarts: 0,
      });
      const blue = await house.fhir('GET', '/Patient?eye-colour=blue&_summary=count');
      assert.equal(at(blue.json, 'total'), total);
      const others = await house.fhir('GET', '/Patient?eye-colour:not=blue&_summary=count');
      assert.equal(at(others.json, 'total'), 0);
    });
  });

  test('means what its newest definition says, in conditions and chains, too', async () => {
    await withHouse(async (house) => {
      await put(house, person('a', 'green'));
      await put(house, { ...eyes, id: 'eyes' });
      await status(house, 'eyes', 'complete');
      const body = { ...person('b', 'green'), id: undefined };
      const again = await house.fhir('POST', '/Patient', { body, headers: { 'if-none-exist': 'eye-colour=green' } });
      assert.equal(again.status, 200, again.text);
      const visit = { resourceType: 'Encounter', id: 'e', status: 'finished', class: { code: 'AMB' } };
      await put(house, { ...visit, subject: { reference: 'Patient/a' } } as typeof visit);
      assert.deepEqual(await found(house, '/Encounter?subject.eye-colour=green'), ['e']);
      assert.deepEqual(await found(house, '/Encounter?subject:Patient.eye-colour=red'), []);

      await put(house, {
        ...eyes,
        id: 'eyes',
        type: 'string',
        expression: 'Patient.identifier.value',
      } as typeof eyes & { id: string });
      await status(house, 'eyes', 'complete');
      assert.deepEqual(await found(house, '/Patient?eye-colour=a'), ['a']);
      assert.deepEqual(await found(house, '/Patient?eye-colour=green'), []);
    });
  });

  test('is refused where it cannot be, with the place of the error', async () => {
    await withHouse(async (house) => {
      const refused = async (change: object) => {
        const answer = await house.fhir('PUT', '/SearchParameter/x', { body: { ...eyes, id: 'x', ...change } });
        assert.equal(answer.status, 422, answer.text);
        return issue(answer);
      };
      const syntax = await refused({ expression: 'Patient.name.where(' });
      assert.equal(syntax.at, 'SearchParameter.expression');
      assert.match(syntax.text, /line 1, column 20/);
      assert.match((await refused({ expression: 'Patient.nam.given' })).text, /no element "nam" \(line 1, column 9\)/);
      assert.match((await refused({ expression: 'Person.name' })).text, /says nothing of Patient/);
      assert.match(
        (await refused({ expression: 'Patient.birthDate <= today()' })).text,
        /today\(\).*line 1, column 22/,
      );
      assert.match((await refused({ expression: 'Patient.managingOrganization.resolve().name' })).text, /column 30/);
      assert.match((await refused({ expression: 'Patient.contact' })).text, /leads to no elements/);
      assert.deepEqual((await refused({ code: 'birthdate' })).code, 'definition-collision');
      assert.deepEqual((await refused({ code: 'a.b' })).code, 'definition-code');
      assert.deepEqual((await refused({ type: 'composite' })).code, 'definition-component');
      assert.deepEqual((await refused({ type: 'special' })).code, 'definition-special');
      await put(house, { ...eyes, id: 'eyes' });
      assert.match((await refused({})).text, /defined by another active SearchParameter/);
      await put(house, { ...eyes, id: 'draft', status: 'draft', expression: 'Patient.name.where(' } as typeof eyes & {
        id: string;
      });
    });
  });
});
