// Explanations of clinical lists: why entries are one thing, how many witnesses there are, why there is nothing, and soundness.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Instant, SourceKey, SubjectId } from '../base/ids.ts';
import type { Json, JsonObject } from '../base/json.ts';
import type { SourceState } from './explain-input.ts';
import { explain, loadPolicy } from './index.ts';
import type { Explanation, Statement } from './types.ts';
import { statementOf } from './vectors.testkit.ts';

const folder = new URL('../../../policies/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');
const loaded = loadPolicy(read('uk-default.v2.yaml'), 'uk', read);
assert.ok(loaded.ok);
const uk = loaded.policy;
const sourceNames = { pas: 'Royal PAS', gp: 'City GP', app: 'Patient app' };
const AT = '2026-03-01T09:00:00.000Z' as Instant;

type Said = {
  readonly source: string;
  readonly id: string;
  readonly type?: string;
  readonly day?: number;
  readonly says: JsonObject;
};

function statementsOf(said: readonly Said[]): readonly Statement[] {
  return said.map(({ source, id, type = 'Condition', day = 1, says }, place) =>
    statementOf(
      [source, source],
      { at: `2026-02-0${day}T08:00:00.000Z`, type, id, set: says, replaces: true },
      place + 1,
    ),
  );
}

function ask(element: string, statements: readonly Statement[], sources?: readonly SourceState[]): Explanation {
  const subjects = ['gp', 'pas', 'app'].map((source) => ({
    id: source as SubjectId,
    source: source as SourceKey,
    trust: 50,
    retired: false,
    erased: false,
  }));
  const silence = sources === undefined ? {} : { sources };
  const answer = explain({
    ...silence,
    ...{ policy: uk, subjects, statements, rulings: [], element, asOf: 1_000, at: AT, sourceNames },
  });
  assert.ok(!('refused' in answer), JSON.stringify(answer));
  return answer;
}

const sct = (code: string, text?: string): Json => ({
  coding: [{ system: 'http://snomed.info/sct', code }],
  ...(text === undefined ? {} : { text }),
});
const asthma = sct('195967001', 'Asthma');
const state = (code: string): Json => ({ coding: [{ code }] });
const medicine = (dose: number): JsonObject => ({
  status: 'active',
  medicationCodeableConcept: { text: 'Ramipril 5mg capsules' },
  dosageInstruction: [
    {
      doseAndRate: [{ doseQuantity: { value: dose, unit: 'mg' } }],
      timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd' } },
    },
  ],
});

describe('the explanation of a clinical list', () => {
  it('tells why two entries are one problem, and that two sources say so', () => {
    const answer = ask(
      'Condition/a',
      statementsOf([
        { source: 'gp', id: 'a', says: { code: asthma, onsetDateTime: '2001' } },
        { source: 'pas', id: 'b', says: { code: asthma } },
      ]),
    );
    assert.equal(answer.state, 'known');
    assert.deepEqual(answer.whatWeKnow, [
      'This problem: Asthma, since 2001.',
      'City GP and Royal PAS agree.',
      'City GP and Royal PAS speak of the same thing: the same code.',
      'Royal PAS does not give the time of onset as exactly; it fits this one and no other.',
      '2 sources say so independently of each other.',
    ]);
  });

  it('tells a dose difference as what nobody may settle but a person', () => {
    const statements = statementsOf([
      { source: 'gp', id: 'a', type: 'MedicationRequest', says: medicine(5) },
      { source: 'pas', id: 'b', type: 'MedicationRequest', says: medicine(10) },
    ]);
    const answer = ask('MedicationRequest/a', statements);
    assert.deepEqual([answer.state, answer.harm], ['conflicting', 'H2']);
    assert.deepEqual(answer.whatWeKnow, [
      'The sources do not agree, and a wrong choice could harm the patient.',
      'City GP says Ramipril 5mg capsules, 5 mg once a day (1 February 2026 at 08:00).',
      'Royal PAS says Ramipril 5mg capsules, 10 mg once a day (1 February 2026 at 08:00).',
      'City GP and Royal PAS speak of the same thing: the same medicine and form.',
      '2 sources say so independently of each other.',
      'They differ in the dose or how often it is taken. No rule may settle that.',
    ]);
    assert.deepEqual(answer.whatWeAssume, ['Nothing. Everything the sources say is shown until a person decides.']);
    assert.match(
      ask('MedicationStatement', statements).text,
      /The sources differ about 1 of them\. Ask about each by its name: MedicationStatement:[0-9a-f]{12}\./,
    );
  });

  it('answers about one element of a thing', () => {
    const statements = statementsOf([
      { source: 'gp', id: 'a', says: { code: asthma, clinicalStatus: state('active') } },
      { source: 'pas', id: 'b', says: { code: asthma, clinicalStatus: state('resolved') } },
    ]);
    const answer = ask('Condition/a.clinicalStatus', statements);
    assert.equal(answer.state, 'conflicting');
    assert.deepEqual(answer.values, [state('active'), state('resolved')]);
    assert.match(answer.text, /treating a problem as active while another calls it resolved/);
  });

  it('says of copies that they are one witness', () => {
    const identifier: Json = [{ system: 'https://gp.example/p', value: '1' }];
    const answer = ask(
      'Condition/a',
      statementsOf([
        { source: 'gp', id: 'a', says: { code: asthma, identifier } },
        { source: 'pas', id: 'b', says: { code: asthma, identifier } },
      ]),
    );
    assert.ok(answer.whatWeKnow.includes('All of it comes from one origin, so it counts as one witness.'));
    assert.match(answer.setAside[0]?.sentence ?? '', /Royal PAS passed on Asthma .* so it is no second witness/);
  });

  it('tells apart the reasons for which there is nothing', () => {
    const sends = (unavailableSince?: string): SourceState => ({
      source: 'gp' as SourceKey,
      sends: ['Condition'],
      ...(unavailableSince === undefined ? {} : { unavailableSince: unavailableSince as Instant }),
    });
    assert.equal(ask('Condition', []).absence, 'none-recorded');
    assert.equal(ask('Condition', [], [sends()]).absence, 'none-recorded');
    const never = ask('Condition', [], [{ source: 'pas' as SourceKey, sends: ['Encounter'] }]);
    assert.equal(never.absence, 'never-asked');
    assert.match(never.text, /None of the systems that send to us record anything about problems/);
    const down = ask('Condition', [], [sends('2026-02-27T06:00:00.000Z')]);
    assert.equal(down.absence, 'source-unavailable');
    assert.deepEqual(down.whatWeKnow, [
      'Nobody has told us anything about problems.',
      'City GP usually tells us, and has not been heard from since 27 February 2026 at 06:00.',
      'That is not the same as there being none.',
    ]);
    const ips = 'http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips';
    const noInfo = { source: 'gp', id: 'a', says: { code: { coding: [{ system: ips, code: 'no-problem-info' }] } } };
    assert.equal(ask('Condition', statementsOf([noInfo])).absence, 'never-asked');
    const error = { source: 'gp', id: 'a', says: { code: asthma, verificationStatus: state('entered-in-error') } };
    const withdrawn = ask('Condition', statementsOf([error]));
    assert.equal(withdrawn.absence, 'withdrawn');
    assert.equal(withdrawn.whatWeKnow[0], 'What was recorded about problems has been taken back.');
    assert.equal(ask('AllergyIntolerance', []).absence, 'none-recorded');
    const none = { source: 'gp', id: 'a', says: { code: sct('160245001', 'No current problems') } };
    assert.equal(ask('Condition', statementsOf([none])).absence, undefined);
  });

  it('knows nothing of a thing that nobody speaks of', () => {
    assert.equal(ask('Condition:000000000000', []).state, 'missing');
  });
});

const anyCode = fc.constantFrom<Json>(
  sct('1', 'Asthma'),
  sct('2'),
  { text: 'asthma' },
  sct('160245001'),
  {
    coding: [
      { system: 'http://snomed.info/sct', code: '1' },
      { system: 'local', code: 'A' },
    ],
  },
  { coding: [{ system: 'local', code: 'A' }] },
);
const anyProblem = fc.record(
  {
    code: anyCode,
    onsetDateTime: fc.constantFrom<Json>('2015', '2020'),
    clinicalStatus: fc.constantFrom<Json>(state('active'), state('resolved')),
    verificationStatus: fc.constantFrom<Json>(state('confirmed'), state('entered-in-error')),
    identifier: fc.constantFrom<Json>([{ system: 's', value: '1' }], [{ system: 's', value: '2' }]),
  },
  { requiredKeys: ['code'] },
);
const anyMedicine = fc.record(
  {
    medicationCodeableConcept: fc.constantFrom<Json>(
      { text: 'Ramipril 5mg capsules' },
      { text: 'Ramipril 5mg tablets' },
      { text: 'Ramipril' },
      sct('31'),
      sct('31', 'Ramipril 10mg tablets'),
    ),
    status: fc.constantFrom<Json>('active', 'stopped', 'completed'),
  },
  { requiredKeys: ['medicationCodeableConcept', 'status'] },
);

function saidOf(type: string, says: fc.Arbitrary<JsonObject>): fc.Arbitrary<readonly Said[]> {
  const one = fc.record({
    source: fc.constantFrom('gp', 'pas', 'app'),
    entry: fc.constantFrom('1', '2'),
    day: fc.integer({ min: 1, max: 9 }),
    says,
  });
  return fc
    .array(one, { minLength: 1, maxLength: 7 })
    .map((all) => all.map(({ entry, ...rest }) => ({ ...rest, type, id: `${rest.source}-${entry}` })));
}

const asked = fc.oneof(saidOf('Condition', anyProblem), saidOf('MedicationRequest', anyMedicine)).chain((said) =>
  fc.record({
    statements: fc.constant(statementsOf(said)),
    element: fc.constantFrom(said[0]?.type ?? '', ...said.map(({ type, id }) => `${type ?? ''}/${id}`)),
  }),
);

function citedIds(answer: Explanation): ReadonlySet<number> {
  const rows = [...answer.said, ...answer.setAside];
  return new Set(rows.flatMap((row) => [row.statement, ...(row.repeats ?? [])]).map(Number));
}

describe('explanations of clinical lists are sound', () => {
  it('removing a statement that is not cited leaves the answer as it was', () => {
    let tried = 0;
    fc.assert(
      fc.property(asked, ({ statements, element }) => {
        const answer = ask(element, statements);
        const cited = citedIds(answer);
        for (const statement of statements) {
          if (cited.has(statement.id)) continue;
          tried += 1;
          const without = statements.filter((other) => other !== statement);
          assert.deepEqual(ask(element, without), answer);
        }
      }),
      { numRuns: 600 },
    );
    assert.ok(tried > 100, 'the property was put to the test');
  });

  it('removing every statement that carries the answer changes it', () => {
    let tried = 0;
    fc.assert(
      fc.property(asked, ({ statements, element }) => {
        const answer = ask(element, statements);
        if (answer.values.length === 0) return;
        tried += 1;
        const carrying = new Set(
          [
            ...answer.said,
            ...answer.setAside.filter((row) => row.reason !== 'lower-trust' && row.reason !== 'older'),
          ].flatMap((row) => [row.statement, ...(row.repeats ?? [])]),
        );
        const without = ask(
          element,
          statements.filter((statement) => !carrying.has(statement.id)),
        );
        assert.notDeepEqual([without.values, without.state], [answer.values, answer.state]);
      }),
      { numRuns: 600 },
    );
    assert.ok(tried > 100, 'the property was put to the test');
  });
});
