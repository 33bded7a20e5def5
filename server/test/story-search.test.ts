// Searches: each parameter finds what it should and nothing else, pages neither lose nor repeat, and what is unknown is refused.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { at, type House, listAt, MRN, withHouse } from './harness.ts';
import { adt, merged, oru, patient, visit } from './messages.ts';

const PEOPLE = [
  ['RX1', 'Lark', 'Ada', '19600607'],
  ['RX2', 'Müller-Lark', 'Zoë', '19600607'],
  ['RX3', 'Brook', 'Tom', '19601101'],
  ['RX4', 'O’Brien', 'Siân Ada', '19510203'],
] as const;

async function people(house: House): Promise<ReadonlyMap<string, string>> {
  for (const [index, [mrn, family, given, born]] of PEOPLE.entries()) {
    house.clock.set(`2026-03-02T08:0${index}:00Z`);
    await house.hl7(
      'pas',
      adt({
        trigger: 'A01',
        id: `P${index}`,
        at: `20260302070${index}`,
        who: { mrn, family, given, born, sex: '1' },
        more: [visit(`V${index}`, 'W1', `202603020${index}00`)],
      }),
    );
    await house.idle();
  }
  house.clock.set('2026-03-02T08:30:00Z');
  await house.hl7(
    'lab',
    oru({ id: 'L1', at: '202603020730', who: { mrn: 'RX1' }, report: 'R1', status: 'F', value: '4.1' }),
  );
  await house.hl7(
    'lab',
    oru({ id: 'L2', at: '202603020731', who: { mrn: 'RX1' }, report: 'R2', status: 'P', value: '4.2' }),
  );
  await house.idle();
  const ids = await Promise.all(
    PEOPLE.map(
      async ([mrn]) =>
        [
          mrn,
          String(
            at(
              (await house.fhir('GET', `/Patient?identifier=${encodeURIComponent(`${MRN}|${mrn}`)}`)).json,
              'entry.0.resource.id',
            ),
          ),
        ] as const,
    ),
  );
  return new Map(ids);
}

const found = async (house: House, search: string, read = 'id') => {
  const answer = await house.fhir('GET', search);
  assert.equal(answer.status, 200, `${search}: ${answer.text}`);
  return listAt(answer.json, 'entry').map((entry) => at(entry, `resource.${read}`));
};

suite('a search', () => {
  test('finds by each parameter', async () => {
    await withHouse(async (house) => {
      const ids = await people(house);
      const mrns = async (query: string) => {
        const got = await found(house, `/Patient?${query}`);
        return [...ids].filter(([, id]) => got.includes(id)).map(([mrn]) => mrn);
      };
      const cases: readonly (readonly [query: string, mrns: readonly string[]])[] = [
        [`identifier=${encodeURIComponent(`${MRN}|RX1`)}`, ['RX1']],
        ['identifier=RX2', ['RX2']],
        ['identifier=RX1,RX3', ['RX1', 'RX3']],
        [`identifier=${encodeURIComponent('urn:other|RX1')}`, []],
        ['name=lark', ['RX1', 'RX2']],
        ['family=lark', ['RX1']],
        ['name=mu', ['RX2']],
        ['name=ada', ['RX1', 'RX4']],
        ['name=zoe', ['RX2']],
        ['family=brook', ['RX3']],
        ['given=sian', ['RX4']],
        ['given=Sian%20Ad', ['RX4']],
        ['given=sian,tom', ['RX3', 'RX4']],
        ["family=o'brien", ['RX4']],
        ['name=ada&birthdate=1951-02-03', ['RX4']],
        ['birthdate=1960-06-07', ['RX1', 'RX2']],
        ['birthdate=1960', ['RX1', 'RX2', 'RX3']],
        ['birthdate=1960-11', ['RX3']],
        [`_id=${ids.get('RX3')}`, ['RX3']],
        // The laboratory's record joined the first person later.
        ['_lastUpdated=ge2026-03-02T08:02:00Z', ['RX1', 'RX3', 'RX4']],
        ['_lastUpdated=lt2026-03-02T08:02:00Z', ['RX2']],
        ['name=nobody', []],
      ];
      for (const [query, expected] of cases) assert.deepEqual(await mrns(query), expected, query);

      const ada = ids.get('RX1');
      assert.equal((await found(house, `/Observation?patient=${ada}`)).length, 2);
      assert.equal((await found(house, `/Observation?subject=Patient/${ada}&code=2823-3`)).length, 2);
      assert.equal(
        (
          await found(
            house,
            `/Observation?patient=${ada}&code=${encodeURIComponent('http://loinc.org|2823-3')}&status=final`,
          )
        ).length,
        1,
      );
      assert.equal((await found(house, `/Observation?patient=${ids.get('RX2')}`)).length, 0);
      assert.equal((await found(house, '/Observation?date=2026-03-02')).length, 2);
      assert.equal((await found(house, '/Observation?date=lt2026-03-02')).length, 0);
      assert.equal(
        (await found(house, `/Encounter?date=ge2026-03-02T02:00:00Z&status=in-progress`)).length,
        4,
        'none has ended',
      );
      assert.equal((await found(house, '/Encounter?date=lt2026-03-02T02:00:00Z')).length, 2);
      assert.equal((await found(house, `/Encounter?identifier=V3`)).length, 1);
    });
  });

  test('pages through everything once, while others write', async () => {
    await withHouse(async (house) => {
      const written = Array.from({ length: 7 }, (_, index) => `p${index}`);
      for (const [index, id] of written.entries()) {
        // Two to a moment: the cursor has to tell them apart.
        house.clock.set(`2026-03-02T08:0${Math.floor(index / 2)}:00Z`);
        await house.fhir('PUT', `/Patient/${id}`, { body: patient(id, { family: 'Lark', given: id }) });
      }
      const seen: unknown[] = [];
      let url: unknown = '/fhir/R4/Patient?name=lark&_count=3';
      for (let page = 0; typeof url === 'string'; page += 1) {
        const answer = await house.http('GET', url);
        assert.equal(answer.status, 200, answer.text);
        assert.equal(at(answer.json, 'link.0.relation'), 'self');
        seen.push(...listAt(answer.json, 'entry').map((entry) => at(entry, 'resource.id')));
        url = at(
          listAt(answer.json, 'link').find((link) => at(link, 'relation') === 'next'),
          'url',
        );
        if (page === 0) {
          house.clock.set('2026-03-02T09:00:00Z');
          await house.fhir('PUT', '/Patient/late', { body: patient('late', { family: 'Lark', given: 'Late' }) });
        }
        assert.ok(page < 5, 'it ends');
      }
      assert.deepEqual(seen.toSorted(), written);
    });
  });

  test('by what it does not know is refused with the nearest name it knows', async () => {
    await withHouse(async (house) => {
      for (const [search, nearest] of [
        ['/Patient?nmae=lark', 'name'],
        ['/Patient?birthDate=1960', 'birthdate'],
        ['/Observation?pateint=x', 'patient'],
        ['/Patient?_lastupdated=2026', '_lastUpdated'],
        ['/Patient?code=x&_count=5&telecom=1', undefined],
      ] as const) {
        const answer = await house.fhir('GET', search);
        assert.equal(answer.status, 400, search);
        assert.equal(at(answer.json, 'resourceType'), 'OperationOutcome');
        if (nearest !== undefined) assert.match(answer.text, new RegExp(`Did you mean \\\\"${nearest}\\\\"`), search);
      }
    });
  });

  test('finds no signpost of a merged record, and everything of both under either id', async () => {
    await withHouse(async (house) => {
      const ids = await people(house);
      await house.hl7(
        'pas',
        adt({
          trigger: 'A40',
          id: 'P9',
          at: '202603020900',
          who: { mrn: 'RX2', family: 'Müller-Lark', given: 'Zoë', born: '19600607' },
          more: [merged('RX1')],
        }),
      );
      await house.idle();
      const [kept, gone] = [
        String(at((await house.fhir('GET', `/Patient/${ids.get('RX2')}`)).json, 'id')),
        ids.get('RX1'),
      ];
      assert.deepEqual(await found(house, '/Patient?birthdate=1960-06-07'), [kept]);
      assert.deepEqual(await found(house, `/Patient?_id=${gone}`), [kept]);
      assert.equal((await found(house, `/Encounter?patient=${gone}`)).length, 2);
      assert.equal((await found(house, `/Encounter?patient=${kept}`)).length, 2);
    });
  });
});
