// Operations on terminology over the real server: what ships with it, and what is stored.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { at, type House, listAt, withHouse } from './harness.ts';

type Options = Parameters<House['fhir']>[2];
/** `asked` is a method and a path: `GET /Patient/p1`. */
const send = (house: House, asked: string, options: Options = {}) => {
  const [method = '', path = ''] = asked.split(/ (.*)/s);
  return house.fhir(method, path, { source: 'gp', ...options });
};
const put = async (house: House, resource: { resourceType: string; id: string } & Record<string, unknown>) => {
  const answer = await send(house, `PUT /${resource.resourceType}/${resource.id}`, { body: resource });
  assert.ok([200, 201].includes(answer.status), answer.text);
  return answer;
};

suite('terminology', () => {
  const value = (json: unknown, name: string) => {
    const found = listAt(json, 'parameter').find((one) => at(one, 'name') === name);
    return Object.entries(found ?? {}).find(([member]) => member.startsWith('value'))?.[1];
  };
  const COLOURS = {
    resourceType: 'CodeSystem',
    id: 'colours',
    url: 'https://codes.example/colours',
    status: 'active',
    content: 'complete',
    hierarchyMeaning: 'is-a',
    concept: [{ code: 'red', display: 'Red', concept: [{ code: 'crimson', display: 'Crimson' }] }],
  };

  test('of the definitions that ship with the server', async () => {
    await withHouse(async (house) => {
      const expanded = await send(
        house,
        'GET /ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender',
      );
      assert.deepEqual(
        listAt(expanded.json, 'expansion.contains')
          .map((one) => at(one, 'code'))
          .toSorted(),
        ['female', 'male', 'other', 'unknown'],
      );
      const looked = await send(
        house,
        'GET /CodeSystem/$lookup?system=http://hl7.org/fhir/administrative-gender&code=male',
      );
      assert.equal(value(looked.json, 'display'), 'Male');
      const is = await send(house, 'POST /ValueSet/$validate-code', {
        body: {
          resourceType: 'Parameters',
          parameter: [
            { name: 'url', valueUri: 'http://hl7.org/fhir/ValueSet/administrative-gender' },
            { name: 'coding', valueCoding: { system: 'http://hl7.org/fhir/administrative-gender', code: 'green' } },
          ],
        },
      });
      assert.equal(value(is.json, 'result'), false);
      const none = await send(house, 'GET /ValueSet/$expand?url=urn:none');
      assert.ok(none.status >= 400 && none.status < 500, none.text);
      assert.equal(at(none.json, 'resourceType'), 'OperationOutcome');
    });
  });

  test('of what is stored, as it is now', async () => {
    await withHouse(async (house) => {
      await put(house, COLOURS);
      const under = '/CodeSystem/$subsumes?system=https://codes.example/colours&codeA=red&codeB=crimson';
      assert.equal(value((await send(house, `GET ${under}`)).json, 'outcome'), 'subsumes');
      const byInstance = await send(house, 'GET /CodeSystem/colours/$validate-code?code=crimson');
      assert.equal(value(byInstance.json, 'result'), true, byInstance.text);
      await put(house, { ...COLOURS, concept: [{ code: 'red', display: 'Red' }] });
      const after = await send(house, 'GET /CodeSystem/$validate-code?url=https://codes.example/colours&code=crimson');
      assert.equal(value(after.json, 'result'), false, after.text);
      await put(house, {
        resourceType: 'ConceptMap',
        id: 'm',
        url: 'https://codes.example/map',
        status: 'active',
        sourceUri: 'https://codes.example/colours-set',
        group: [
          {
            source: COLOURS.url,
            target: 'urn:other',
            element: [{ code: 'red', target: [{ code: 'r', equivalence: 'equivalent' }] }],
          },
        ],
      });
      const translated = await send(
        house,
        `GET /ConceptMap/$translate?url=https://codes.example/map&system=${COLOURS.url}&code=red`,
      );
      assert.equal(value(translated.json, 'result'), true, translated.text);
      assert.equal((await send(house, 'GET /ConceptMap/none/$translate?code=red')).status, 404);
    });
  });

  test('what there is of it is told by mode, valid, with how much is stored', async () => {
    await withHouse(async (house) => {
      await put(house, { ...COLOURS, version: '7' });
      const told = await send(house, 'GET /metadata?mode=terminology');
      const named = (url: string) => listAt(told.json, 'codeSystem').find((one) => at(one, 'uri') === url);
      assert.equal(at(named(COLOURS.url), 'version.0.code'), '7');
      assert.ok(named('http://hl7.org/fhir/administrative-gender') !== undefined);
      assert.match(String(at(told.json, 'implementation.description')), /1 code systems.* of 32\.0 MiB/);
      const checked = await send(house, 'POST /TerminologyCapabilities/$validate', { body: told.text });
      const errors = listAt(checked.json, 'issue').filter((issue) => at(issue, 'severity') === 'error');
      assert.deepEqual(errors, []);
    });
  });

  test('searches go by stored value sets and hierarchies, as they are now', async () => {
    await withHouse(async (house) => {
      await put(house, COLOURS);
      const warm = (...codes: readonly string[]) => ({
        ...{ resourceType: 'ValueSet', id: 'warm', url: 'https://codes.example/warm', status: 'active' },
        compose: { include: [{ system: COLOURS.url, concept: codes.map((code) => ({ code })) }] },
      });
      for (const code of ['red', 'crimson']) {
        const coded = { coding: [{ system: COLOURS.url, code }] };
        await put(house, { resourceType: 'Observation', id: code, status: 'final', code: coded });
      }
      const found = async (search: string) => {
        const answer = await send(house, `GET /Observation?${search}`);
        assert.equal(answer.status, 200, answer.text);
        return listAt(answer.json, 'entry')
          .map((entry) => at(entry, 'resource.id'))
          .toSorted();
      };
      assert.equal((await send(house, 'GET /Observation?code:in=https://codes.example/warm')).status, 400);
      await put(house, warm('red'));
      assert.deepEqual(await found('code:in=https://codes.example/warm'), ['red']);
      assert.deepEqual(await found('code:not-in=https://codes.example/warm'), ['crimson']);
      await put(house, warm('crimson'));
      assert.deepEqual(await found('code:in=https://codes.example/warm'), ['crimson']);
      assert.deepEqual(await found(`code:below=${COLOURS.url}|red`), ['crimson', 'red']);
      assert.deepEqual(await found(`code:above=${COLOURS.url}|crimson`), ['crimson', 'red']);
      assert.deepEqual(await found('_filter=code in https://codes.example/warm'), ['crimson']);
    });
  });
});
