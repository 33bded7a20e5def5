// Why records are one person, and why two persons are not: told from what sources say and what was decided, apart.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { Instant, LinkId, ReceiptId, SourceKey, SubjectId } from '../../base/ids.ts';
import { fold } from '../fold.ts';
import { statementOf } from '../vectors.testkit.ts';
import { explainIdentity } from './explain-identity.ts';
import type { IdentityInput, IdentitySubject, TimedLink } from './types.ts';

const AT = '2026-03-05T09:00:00.000Z' as Instant;

function subject(id: string, source: string, more: Partial<IdentitySubject> = {}): IdentitySubject {
  const said = statementOf(
    [id, source],
    { at: '2026-03-02T07:15:00.000Z', set: { birthDate: '1980-05-01', gender: 'female' } },
    Number(id.slice(1)),
  );
  return {
    id: id as SubjectId,
    source: source as SourceKey,
    person: 's1' as SubjectId,
    retired: false,
    view: fold([said]),
    verifiedNhsNumbers: [],
    ...more,
  };
}

function link(id: number, more: Partial<TimedLink>): TimedLink {
  return {
    id: id as LinkId,
    a: 's1' as SubjectId,
    b: 's2' as SubjectId,
    kind: 'same',
    rule: 'same-identifier',
    retired: undefined,
    receipt: id as ReceiptId,
    because: [{ code: 'same-identifier', detail: 'https://example.org/mrn' }],
    at: '2026-03-03T10:00:00.000Z' as Instant,
    ...more,
  };
}

function ask(more: Partial<IdentityInput>) {
  return explainIdentity({
    person: 's1' as SubjectId,
    other: undefined,
    subjects: [subject('s1', 'pas'), subject('s2', 'gp')],
    pairs: [],
    suspicions: [],
    asOf: 10,
    at: AT,
    sourceNames: new Map([
      ['pas' as SourceKey, 'Royal PAS'],
      ['gp' as SourceKey, 'City GP'],
    ]),
    ...more,
  });
}

const ruledApart = link(8, {
  kind: 'not-same',
  rule: 'ruling',
  because: [{ code: 'ruling', detail: 'Dr Example: twins' }],
  at: '2026-03-04T10:00:00.000Z' as Instant,
});

suite('why records are one person', () => {
  test('what sources say is known; that a shared number means one person is assumed, by the name of the rule', () => {
    const told = ask({ pairs: [{ links: [link(5, {})], asserted: undefined }] });
    assert.equal(told.answer, 'one-person');
    assert.equal(told.whatWeKnow.length, 2);
    assert.match(
      told.whatWeKnow[0] ?? '',
      /Royal PAS, record s1, says: born 1 May 1980 \(said on 2 March 2026 at 07:15\)/,
    );
    assert.match(
      told.whatWeAssume.join(),
      /same number of https:\/\/example\.org\/mrn.*rule same-identifier.*3 March 2026 at 10:00/,
    );
    assert.deepEqual(
      told.links.map((one) => one.standing),
      ['joins'],
    );
  });

  test('a scored link tells model, total, margin and the weight of each field', () => {
    const because = [
      { code: 'model', detail: 'uk-default@1' },
      { code: 'score', detail: '21.4 bits' },
      { code: 'margin', detail: '9.0 bits' },
      { code: 'prior', detail: ': -20.0 bits' },
      { code: 'birthDate', detail: 'same: 12.3 bits' },
      { code: 'postcode', detail: 'different: -1.5 bits' },
    ];
    const scored = link(5, { rule: 'scored', because });
    const told = ask({ pairs: [{ links: [scored], asserted: scored }] });
    assert.deepEqual(told.links[0]?.score?.fields.at(-1), { field: 'postcode', level: 'different', bits: '-1.5 bits' });
    const [sentence = ''] = told.whatWeAssume;
    assert.match(sentence, /uk-default@1 .* 21\.4 bits: odds of at least 2,097,152 to 1/);
    assert.match(
      sentence,
      /For it speak birthDate \(same, 12\.3 bits\)\. Against it speak postcode \(different, -1\.5 bits\)/,
    );
    assert.match(sentence, /next likely person is 9\.0 bits behind/);
  });

  test('after an unmerge each tells that they were one, and who parted them', () => {
    const subjects = [subject('s1', 'pas'), subject('s2', 'gp', { person: 's2' as SubjectId })];
    const pairs = [{ links: [link(5, {}), ruledApart], asserted: ruledApart }];
    const told = ask({ subjects, pairs });
    assert.deepEqual(
      told.links.map((one) => one.standing),
      ['taken-back', 'keeps-apart'],
    );
    assert.match(told.whatWasTakenBack.join(), /no longer holds/);
    assert.match(told.text, /a person decided that they are not one \(Dr Example: twins\)/);
    const two = ask({ subjects, pairs, other: 's2' as SubjectId });
    assert.equal(two.answer, 'two-persons');
    assert.match(two.text, /^These are two persons because they were decided to be\./);
  });

  test('two verified NHS numbers are told as the veto that nothing outvotes', () => {
    const two = ask({
      other: 's2' as SubjectId,
      subjects: [
        subject('s1', 'pas', { verifiedNhsNumbers: ['9990000018'] }),
        subject('s2', 'gp', { person: 's2' as SubjectId, verifiedNhsNumbers: ['9990000026'] }),
      ],
    });
    assert.equal(two.vetoes.length, 1);
    assert.match(two.text, /cannot be joined/);
  });

  test('where nothing links two it says so, and a suspicion names its case', () => {
    const subjects = [subject('s1', 'pas'), subject('s2', 'gp', { person: 's2' as SubjectId })];
    const other = 's2' as SubjectId;
    assert.match(ask({ subjects, other }).text, /nothing that any source says links them/);
    const suspicions = [
      { case: 'c1', a: 's1' as SubjectId, b: other, reason: 'same-demographics', because: [], openedAt: AT },
    ];
    const told = ask({ subjects, other, suspicions });
    assert.deepEqual(told.openCases, ['c1']);
    assert.match(told.text, /name, date of birth and sex agree, but no number does\. A person is to decide: case c1/);
  });

  test('decisions about others play no part, and without what it cites the answer is another', () => {
    const kinds = fc.constantFrom<TimedLink['rule']>('same-identifier', 'ruling', 'sender-merge');
    const ends = fc.constantFrom(['s1', 's2'], ['s2', 's3'], ['s4', 's5']);
    fc.assert(
      fc.property(fc.array(fc.tuple(ends, kinds), { maxLength: 6 }), (drawn) => {
        const links = drawn.map(([[a = '', b = ''], rule], place) =>
          link(place + 1, { a: a as SubjectId, b: b as SubjectId, rule }),
        );
        const person = (id: string) => (['s1', 's2', 's3'].includes(id) ? 's1' : 's4') as SubjectId;
        const subjects = ['s1', 's2', 's3', 's4', 's5'].map((id) => subject(id, 'gp', { person: person(id) }));
        const told = (some: readonly TimedLink[]) => {
          const pairs = [...Map.groupBy(some, ({ a, b }) => `${a} ${b}`).values()];
          return JSON.stringify(ask({ subjects, pairs: pairs.map((of) => ({ links: of, asserted: of.at(-1) })) }));
        };
        const cited = new Set(
          ask({ subjects, pairs: links.map((one) => ({ links: [one], asserted: one })) }).links.map(
            (one) => one.receipt,
          ),
        );
        for (const one of links) {
          const without = told(links.filter((other) => other !== one));
          assert.equal(without === told(links), !cited.has(one.receipt));
        }
      }),
      { numRuns: 200 },
    );
  });
});
