// Explanations: the words a nurse reads, and the promise that what is not cited played no part.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Instant, SubjectId } from '../base/ids.ts';
import type { Json } from '../base/json.ts';
import { explain, loadPolicy } from './index.ts';
import { AT, allergicPerson, person } from './people.testkit.ts';
import type { Explanation, Policy, Ruling, Statement } from './types.ts';
import { statementOf, statementsOf, type TruthCase } from './vectors.testkit.ts';

const loaded = loadPolicy(readFileSync(new URL('../../../policies/uk-default.v1.yaml', import.meta.url), 'utf8'), 'uk');
assert.ok(loaded.ok);
const uk: Policy = loaded.policy;
const sourceNames = { pas: 'Royal PAS', gp: 'City GP', lab: 'County Lab', app: 'Patient app' };

type Asking = {
  readonly element: string;
  readonly statements?: readonly Statement[];
  readonly asOf?: number;
  readonly rulings?: readonly Ruling[];
};

function ask(one: TruthCase, asking: Asking): Explanation {
  const subjects = Object.entries(one.subjects).map(([id, { source, trust, retired = false, erased = false }]) => ({
    id: id as SubjectId,
    source: source as never,
    trust,
    retired,
    erased,
  }));
  const statements = asking.statements ?? statementsOf(one.subjects);
  const { element, asOf = 1_000_000, rulings = [] } = asking;
  const answer = explain({ policy: uk, subjects, statements, rulings, element, asOf, at: one.at, sourceNames });
  assert.ok(!('refused' in answer), 'the path is known');
  return answer;
}

const disagreement: TruthCase = {
  why: '',
  at: AT,
  expect: {},
  subjects: {
    a: { source: 'pas', trust: 80, statements: [{ at: '2026-02-01T08:00:00.000Z', set: { birthDate: '1980-05-01' } }] },
    b: {
      source: 'app',
      trust: 20,
      statements: [
        { at: '2026-02-02T08:00:00.000Z', set: { birthDate: '1980-05-11' } },
        { at: '2026-02-03T08:00:00.000Z', set: { birthDate: '1980-05-10' } },
      ],
    },
  },
};

describe('an explanation', () => {
  it('tells what is known apart from what is assumed', () => {
    const { whatWeKnow, whatWeAssume, state, rule } = ask(disagreement, { element: 'birthDate' });
    assert.deepEqual([state, rule], ['assumed', 'most-trusted-source']);
    assert.deepEqual(whatWeKnow, [
      'The sources do not agree.',
      'Royal PAS says 1 May 1980 (1 February 2026 at 08:00).',
      'Patient app says 10 May 1980 (3 February 2026 at 08:00).',
    ]);
    assert.deepEqual(whatWeAssume, [
      'Date of birth: 1 May 1980. We go by Royal PAS, because for this we rely on it more than on the others.',
    ]);
  });

  it('cites what a source said before it changed its mind', () => {
    const { setAside } = ask(disagreement, { element: 'Patient.birthDate' });
    assert.deepEqual(
      setAside.map(({ statement, reason }) => [Number(statement), reason]),
      [
        [3, 'lower-trust'],
        [2, 'superseded-by-same-source'],
      ],
    );
    assert.match(setAside[1]?.sentence ?? '', /said 11 May 1980 on 2 February 2026 at 08:00, and later something else/);
  });

  it('answers as of a ledger size from what was there then', () => {
    const then = ask(disagreement, { element: 'birthDate', asOf: 2 });
    assert.deepEqual([then.state, then.values, then.setAside.length], ['known', ['1980-05-01'], 0]);
  });

  it('names receipt, field and bytes, and when a message came late', () => {
    const [first] = statementsOf(disagreement.subjects);
    assert.ok(first);
    const origins = [{ path: 'birthDate', position: 'PID-7', span: { start: 120, end: 128 } }];
    const late = { ...first, origins, receivedAt: '2026-02-04T08:00:00.000Z' as Instant };
    const { text, said } = ask(disagreement, { element: 'birthDate', statements: [late] });
    assert.deepEqual(said[0]?.origins, origins);
    assert.match(
      text,
      /Royal PAS said 1 May 1980 on 1 February 2026 at 08:00 \(receipt 1; PID-7, bytes 120 to 128\)\. It reached us on 4 February/,
    );
  });

  it('tells times in the local form, summer time included', () => {
    const one = statementOf(['a', 'pas'], { at: '2026-07-01T23:30:00.000Z', set: { gender: 'female' } }, 1);
    assert.match(ask(disagreement, { element: 'gender', statements: [one] }).text, /2 July 2026 at 00:30/);
  });

  it('answers for a part of an element', () => {
    const name: Json = [{ use: 'official', family: 'Smith', given: ['Jo', 'Ann'] }];
    const one = statementOf(['a', 'pas'], { at: AT, set: { name } }, 1);
    const values = (element: string) => ask(disagreement, { element, statements: [one] }).values;
    assert.deepEqual(values('name.family'), ['Smith']);
    assert.deepEqual(values('name[0].given'), ['Jo', 'Ann']);
    assert.deepEqual(values('name.given[1]'), ['Ann']);
    assert.deepEqual(values('name[1].given'), []);
    assert.deepEqual(values('name'), name);
  });

  it('knows death by each of its names', () => {
    const one = statementOf(['a', 'pas'], { at: AT, set: { deceasedDateTime: '2026-01-15' } }, 1);
    for (const element of ['deceased', 'deceased[x]', 'deceasedDateTime', 'Patient.deceasedBoolean']) {
      assert.match(ask(disagreement, { element, statements: [one] }).text, /The patient died on 15 January 2026\./);
    }
  });

  it('refuses an unknown path and offers what comes near', () => {
    const refused = (element: string) =>
      explain({ policy: uk, subjects: [], statements: [], rulings: [], element, asOf: 1, at: AT, sourceNames });
    assert.deepEqual(refused('birthdate'), {
      refused: true,
      code: 'unknown-path',
      message: 'There is no such element of a patient. Did you mean birthDate?',
      nearest: ['birthDate'],
    });
    for (const [path, near] of [
      ['name.famly', 'name.family'],
      ['adress', 'address'],
      ['AllergyIntolerence', 'AllergyIntolerance'],
    ] as const) {
      const answer = refused(path);
      assert.ok('refused' in answer && answer.nearest.includes(near), path);
    }
    for (const path of ['', 'Patient', '..', 'name[', 'x'.repeat(500), 'birthDate.year'])
      assert.ok('refused' in refused(path), path);
  });

  it('says that silence is not absence', () => {
    assert.deepEqual(ask(disagreement, { element: 'AllergyIntolerance' }).whatWeKnow, [
      'Nobody has told us anything about allergies.',
      'That is not the same as there being none.',
    ]);
  });

  it('shows both sides of an allergy conflict', () => {
    const allergy = (id: string, text: string) => ({ type: 'AllergyIntolerance', id, at: AT, set: { code: { text } } });
    const statements = [
      statementOf(['a', 'pas'], allergy('x', 'No known allergies'), 1),
      statementOf(['b', 'app'], allergy('y', 'Penicillin'), 2),
    ];
    const { state, whatWeKnow, whatWeAssume } = ask(disagreement, { element: 'AllergyIntolerance', statements });
    assert.equal(state, 'conflicting');
    assert.match(whatWeKnow.join(' '), /Patient app says Penicillin .*Royal PAS says No known allergies/);
    assert.deepEqual(whatWeAssume, ['Nothing. Everything the sources say is shown until a person decides.']);
  });

  it('names who ruled, when and why, and that a ruling no longer counts', () => {
    const bare = ask(disagreement, { element: 'birthDate' });
    assert.equal(bare.state, 'assumed');
    const ruling: Ruling = {
      id: 9,
      receipt: 9 as never,
      subject: 'a' as SubjectId,
      element: 'birthDate',
      decision: 'choose',
      chosen: 3 as never,
      competingSet: 'of another day',
      reason: 'Seen on the passport.',
      by: 'A. Clerk',
      at: '2026-02-05T12:00:00.000Z' as Instant,
    };
    const stale = ask(disagreement, { element: 'birthDate', rulings: [ruling] });
    assert.match(stale.whatWeKnow.at(-1) ?? '', /A\. Clerk decided about this on 5 February 2026 at 12:00, but/);
  });

  it('does not repeat what is withheld', () => {
    const meta = { security: [{ code: 'R' }] };
    const address = [{ use: 'home', line: ['1 Secret Lane'] }];
    const statements = [
      statementOf(['a', 'pas'], { at: '2026-02-01T08:00:00.000Z', set: { address: [{ line: ['9 Hidden Row'] }] } }, 1),
      statementOf(['a', 'pas'], { at: '2026-02-02T08:00:00.000Z', set: { address } }, 2),
      statementOf(['b', 'gp'], { at: AT, set: { gender: 'male' }, meta }, 3),
    ];
    const answer = ask(disagreement, { element: 'address', statements });
    assert.equal(answer.state, 'withheld');
    assert.doesNotMatch(JSON.stringify(answer), /Secret|Hidden/);
  });

  it('cites a restriction that was lifted since, because without the lifting nothing would be shown', () => {
    const meta = { security: [{ code: 'R' }] };
    const address = [{ use: 'home', line: ['1 High Street'] }];
    const statements = [
      statementOf(['a', 'pas'], { at: '2026-02-01T08:00:00.000Z', set: { address } }, 1),
      statementOf(['a', 'pas'], { at: '2026-02-02T08:00:00.000Z', set: { gender: 'male' }, meta }, 2),
      statementOf(['a', 'pas'], { at: '2026-02-03T08:00:00.000Z', set: { gender: 'male' }, meta: {} }, 3),
    ];
    const answer = ask(disagreement, { element: 'address', statements });
    assert.equal(answer.state, 'known');
    assert.deepEqual(
      answer.setAside.map((row) => row.sentence),
      [
        'Royal PAS marked this record as restricted on 2 February 2026 at 08:00 (receipt 2).',
        'Royal PAS took the restriction away on 3 February 2026 at 08:00 (receipt 3).',
      ],
    );
  });

  it('says when sources agree on the part that was asked about', () => {
    const named = (given: string) => ({ name: [{ use: 'official', family: 'Smith', given: [given] }] });
    const statements = [
      statementOf(['a', 'pas'], { at: AT, set: named('Jo') }, 1),
      statementOf(['b', 'app'], { at: AT, set: named('Al') }, 2),
    ];
    const [first] = ask(disagreement, { element: 'name.family', statements }).whatWeKnow;
    assert.equal(first, 'The sources agree on this part, but not on the rest of the name.');
  });

  it('counts repetitions in one row', () => {
    const said = (day: number) => ({ at: `2026-02-0${day}T08:00:00.000Z`, set: { gender: 'male' } });
    const statements = [1, 2, 3].map((day) => statementOf(['a', 'pas'], said(day), day));
    const answer = ask(disagreement, { element: 'gender', statements });
    assert.deepEqual(
      answer.said.map((row) => [row.statement, row.repeats]),
      [[1, [2, 3]]],
    );
    assert.match(answer.text, /Last said again on 3 February 2026 at 08:00\./);
  });

  it('is the same whatever the order in which statements are given', () => {
    const statements = statementsOf(disagreement.subjects);
    const there = ask(disagreement, { element: 'birthDate', statements });
    assert.deepEqual(ask(disagreement, { element: 'birthDate', statements: [...statements].reverse() }), there);
  });
});

const ELEMENTS = ['birthDate', 'gender', 'deceased[x]', 'telecom', 'name', 'maritalStatus'];

function citedIds(answer: Explanation): ReadonlySet<number> {
  const rows = [...answer.said, ...answer.setAside];
  return new Set(rows.flatMap((row) => [row.statement, ...(row.repeats ?? [])]).map(Number));
}

const asked = fc.oneof(
  { arbitrary: fc.tuple(person, fc.constantFrom(...ELEMENTS)), weight: 3 },
  { arbitrary: fc.tuple(allergicPerson, fc.constant('AllergyIntolerance')), weight: 1 },
);

describe('explanations are sound', () => {
  it('removing a statement that is not cited leaves the answer as it was', () => {
    let tried = 0;
    fc.assert(
      fc.property(asked, ([one, element]) => {
        const statements = statementsOf(one.subjects);
        const answer = ask(one, { element, statements });
        const cited = citedIds(answer);
        for (const statement of statements) {
          if (cited.has(statement.id)) continue;
          tried += 1;
          const without = ask(one, { element, statements: statements.filter((other) => other !== statement) });
          assert.deepEqual(without, answer);
        }
      }),
      { numRuns: 400 },
    );
    assert.ok(tried > 100, 'the property was put to the test');
  });

  it('removing every statement that carries the answer changes it', () => {
    let tried = 0;
    fc.assert(
      fc.property(asked, ([one, element]) => {
        const statements = statementsOf(one.subjects);
        const answer = ask(one, { element, statements });
        if (answer.values.length === 0) return;
        // Whoever else said the same carries it too, even if set aside for another reason.
        const rows = [
          ...answer.said,
          ...answer.setAside.filter((row) => row.reason !== 'lower-trust' && row.reason !== 'older'),
        ];
        const carrying = new Set(rows.flatMap((row) => [row.statement, ...(row.repeats ?? [])]));
        tried += 1;
        const without = ask(one, {
          element,
          statements: statements.filter((statement) => !carrying.has(statement.id)),
        });
        assert.notDeepEqual([without.values, without.state], [answer.values, answer.state]);
      }),
      { numRuns: 400 },
    );
    assert.ok(tried > 100, 'the property was put to the test');
  });
});
