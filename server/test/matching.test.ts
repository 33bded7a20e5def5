// Scored matching on a running server: what it proposes, who decides, $match, runs of a model and their way back.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import type { Config } from '../src/operate/config.ts';
import { at, configOf, type House, listAt, NHS, withHouse } from './harness.ts';
import { annabel } from './messages.ts';

const MODEL = new URL('../../policies/identity/uk-default.v1.json', import.meta.url);

const NEARLY = annabel({
  name: [{ family: 'Featherstonhaugh', given: ['Anabel'] }],
  telecom: [{ system: 'phone', value: '+44 1632 960143' }],
});

function matchingConfig(matching: NonNullable<Config['matching']>): Config {
  return { ...configOf(), matching };
}

async function put(house: House, who: string, body: object): Promise<void> {
  const [source = ''] = who.split('-');
  const answer = await house.fhir('PUT', `/Patient/${who}`, { source, body: { ...body, id: who } });
  assert.ok(answer.status < 300, answer.text);
}

async function caughtUp(house: House): Promise<void> {
  // A question waits until everybody has been compared; proposals are settled by then.
  await house.fhir('POST', '/Patient/$match', { source: 'gp', body: annabel() });
  await house.idle();
}

const isOnePerson = async (house: House) => at((await house.fhir('GET', '/Patient/app-1')).json, 'id') === 'gp-1';
const openCases = async (house: House) => listAt((await house.http('GET', '/api/v1/cases')).json, 'cases');
const run = async (house: House, mode: string, model?: unknown) => {
  const answer = await house.http('POST', '/api/v1/identity/runs', { body: { mode, model } });
  assert.equal(answer.status, 200, answer.text);
  const lines = answer.text.trim().split('\n');
  return JSON.parse(lines.at(-1) ?? '{}') as { result?: { [name: string]: unknown }; error?: { code: string } };
};

suite('scored matching for review', () => {
  test('opens a case with the waterfall, and links nobody', async () => {
    await withHouse(
      async (house) => {
        await put(house, 'gp-1', annabel());
        await put(house, 'app-1', NEARLY);
        await caughtUp(house);
        assert.equal(await isOnePerson(house), false);
        const [one, ...others] = await openCases(house);
        assert.equal(others.length, 0);
        assert.equal(at(one, 'kind'), 'possible-link');
        const whole = (await house.http('GET', `/api/v1/cases/${String(at(one, 'id'))}`)).json;
        const score = at(whole, 'detail.score');
        assert.ok(Number(at(score, 'total')) > Number(at(score, 'thresholds.link')), JSON.stringify(whole));
        const bits = listAt(score, 'fields').map((field) => Number(at(field, 'bits')));
        assert.equal(
          bits.reduce((sum, one) => sum + one, 0),
          at(score, 'total'),
        );
      },
      { config: matchingConfig('review') },
    );
  });

  test('a person who says that they are two is not asked again', async () => {
    await withHouse(
      async (house) => {
        await put(house, 'gp-1', annabel());
        await put(house, 'app-1', NEARLY);
        await caughtUp(house);
        const ruling = { kind: 'not-same', a: 'gp-1', b: 'app-1', reason: 'mother and daughter', by: 'dr' };
        assert.equal((await house.rule(ruling)).status, 201);
        assert.equal((await openCases(house)).length, 0);
        await put(house, 'app-1', annabel({ gender: 'unknown' }));
        await caughtUp(house);
        assert.equal((await openCases(house)).length, 0);
        assert.equal((await run(house, 'apply')).result?.['links'], 0, 'no model goes against it');
        assert.equal(await isOnePerson(house), false);
      },
      { config: matchingConfig('review') },
    );
  });
});

suite('scored matching that links', () => {
  test('links the sure, and another verified NHS number keeps the others apart', async () => {
    const verified = (value: string) => ({
      identifier: [
        {
          system: NHS,
          value,
          extension: [
            {
              url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus',
              valueCodeableConcept: {
                coding: [
                  {
                    system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland',
                    code: '01',
                  },
                ],
              },
            },
          ],
        },
      ],
    });
    await withHouse(
      async (house) => {
        await put(house, 'gp-1', annabel());
        await put(house, 'app-1', NEARLY);
        await caughtUp(house);
        assert.equal(await isOnePerson(house), true);
        await put(house, 'gp-1', annabel(verified('9990000018')));
        await put(house, 'app-1', { ...NEARLY, ...verified('9990000026') });
        await caughtUp(house);
        assert.equal(await isOnePerson(house), false, 'two verified numbers are two persons');
      },
      { config: matchingConfig('automatic') },
    );
  });
});

suite('scored links and who comes later', () => {
  test('a rival who comes later has the link taken back and shown to a person; when the rival is cleared up, it is made again', async () => {
    // One house, one family name and one letter: what was written down with little may be either.
    const of = (given: string, birthDate: string) =>
      annabel({
        name: [{ family: 'Featherstonehaugh', given: [given] }],
        birthDate,
        gender: undefined,
        telecom: undefined,
      });
    await withHouse(
      async (house) => {
        await put(house, 'gp-1', of('Rosalind', '1961-07-19'));
        await put(house, 'app-1', of('R', '1961'));
        await caughtUp(house);
        assert.equal(await isOnePerson(house), true);
        await put(house, 'gp-2', of('Rupert', '1961-02-03'));
        await caughtUp(house);
        assert.equal(await isOnePerson(house), false, 'the rival is as likely');
        assert.ok((await openCases(house)).length > 0);
        await put(
          house,
          'gp-2',
          annabel({
            name: [{ family: 'Ostrowska', given: ['Zofia'] }],
            birthDate: '1999-12-31',
            address: undefined,
            telecom: undefined,
          }),
        );
        await caughtUp(house);
        assert.equal(await isOnePerson(house), true, 'nobody else is as likely any more');
      },
      { config: matchingConfig('automatic') },
    );
  });
});

suite('a run of a model over everybody', () => {
  test('says what would change and changes nothing; applied it links; rolled back it is as if it had never been', async () => {
    await withHouse(async (house) => {
      await put(house, 'gp-1', annabel());
      await put(house, 'app-1', NEARLY);
      await put(
        house,
        'app-2',
        annabel({ name: [{ family: 'Ostrowska', given: ['Zofia'] }], birthDate: '1999-12-31' }),
      );
      const before = (await house.fhir('GET', '/Patient/app-1')).text;
      const books = (await house.http('GET', '/api/v1/books')).text;
      const dry = await run(house, 'dry-run');
      assert.equal(dry.result?.['links'], 1);
      assert.equal(dry.result?.['persons'], 2);
      assert.equal((await house.http('GET', '/api/v1/books')).text, books, 'nothing entered');
      assert.equal((await run(house, 'apply')).result?.['links'], 1);
      assert.equal(await isOnePerson(house), true);
      assert.equal((await run(house, 'apply')).result?.['links'], 0, 'what is done is not done again');
      assert.equal((await run(house, 'roll-back')).result?.['withdrawn'], 1);
      assert.equal(await isOnePerson(house), false);
      const after = (await house.fhir('GET', '/Patient/app-1')).text;
      assert.deepEqual({ ...JSON.parse(after), meta: null }, { ...JSON.parse(before), meta: null });
    });
  });

  test('under a model that asks for more, takes back what the model before linked', async () => {
    await withHouse(async (house) => {
      await put(house, 'gp-1', annabel());
      await put(house, 'app-1', NEARLY);
      await run(house, 'apply');
      assert.equal(await isOnePerson(house), true);
      const strict = JSON.parse(readFileSync(MODEL, 'utf8'));
      strict.version += 1;
      strict.decision.link = 90_000;
      assert.equal((await run(house, 'dry-run', strict)).result?.['withdrawn'], 1);
      assert.equal(await isOnePerson(house), true);
      await run(house, 'apply', strict);
      assert.equal(await isOnePerson(house), false);
    });
  });

  test('a model that cannot be read is refused with its place', async () => {
    await withHouse(async (house) => {
      const answer = await house.http('POST', '/api/v1/identity/runs', {
        body: { mode: 'dry-run', model: { prior: 'x' } },
      });
      assert.equal(answer.status, 400, answer.text);
      assert.equal((await house.http('POST', '/api/v1/identity/runs', { body: { mode: 'maybe' } })).status, 400);
    });
  });
});

suite('Patient/$match', () => {
  test('finds who it may be, with the score and the grade of each', async () => {
    await withHouse(async (house) => {
      await put(house, 'gp-1', annabel());
      await put(
        house,
        'app-2',
        annabel({ name: [{ family: 'Ostrowska', given: ['Zofia'] }], birthDate: '1999-12-31' }),
      );
      const body = {
        resourceType: 'Parameters',
        parameter: [
          { name: 'resource', resource: NEARLY },
          { name: 'count', valueInteger: 3 },
        ],
      };
      const answer = await house.fhir('POST', '/Patient/$match', { source: 'gp', body });
      assert.equal(answer.status, 200, answer.text);
      const [entry, ...others] = listAt(answer.json, 'entry');
      assert.equal(others.length, 0);
      assert.equal(at(entry, 'resource.id'), 'gp-1');
      assert.equal(at(entry, 'search.extension.0.valueCode'), 'certain');
      assert.ok(Number(at(entry, 'search.score')) > 0.99);
    });
  });

  test('what it is not asked in the right way is refused by name', async () => {
    await withHouse(async (house) => {
      for (const parameter of [
        [],
        [{ name: 'resource', resource: { resourceType: 'Person' } }],
        [
          { name: 'resource', resource: NEARLY },
          { name: 'count', valueInteger: 0 },
        ],
        [
          { name: 'resource', resource: NEARLY },
          { name: 'sure', valueBoolean: true },
        ],
      ]) {
        const answer = await house.fhir('POST', '/Patient/$match', {
          source: 'gp',
          body: { resourceType: 'Parameters', parameter },
        });
        assert.equal(answer.status, 400, answer.text);
        assert.equal(at(answer.json, 'resourceType'), 'OperationOutcome');
      }
    });
  });
});
