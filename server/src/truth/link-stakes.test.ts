// Cases about two records: as grave as what is at stake, decided by as many as that asks for, with the policy's reason.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Instant, SourceKey, StatementId, SubjectId } from '../base/ids.ts';
import type { Json } from '../base/json.ts';
import type { AllergyInput } from './decide-allergies.ts';
import { loadPolicy } from './index.ts';
import { contradictEachOther, linkHandling, linkTold } from './link-stakes.ts';
import { LINK_STAKES } from './policy/words.ts';

const folder = new URL('../../../policies/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');
const loaded = loadPolicy(read('uk-default.v2.yaml'), 'uk', read);
assert.ok(loaded.ok);
const uk = loaded.policy;
const NOW = '2026-03-02T08:00:00.000Z' as Instant;

function allergy(subject: string, code: Json, more: { readonly [element: string]: Json } = {}): AllergyInput {
  const source = subject as SourceKey;
  const from = { statement: 1 as StatementId, saidAt: NOW, source };
  const said = { code, ...more };
  const elements = Object.fromEntries(
    Object.entries(said).map(([name, value]) => [name, { value, cleared: false, ...from }]),
  );
  return {
    subject: subject as SubjectId,
    source,
    view: {
      resourceType: 'AllergyIntolerance',
      elements,
      lastSaidAt: NOW,
      lastStatement: from.statement,
      wholeText: undefined,
    },
  };
}
const snomed = (code: string) => ({ coding: [{ system: 'http://snomed.info/sct', code }] });
const PENICILLIN = snomed('764146007');
const NONE = snomed('716186003');

describe('a case about two records', () => {
  it('is of low harm and for one person where nothing grave is known of either', () => {
    const handling = linkHandling(uk, []);
    assert.deepEqual(
      [handling.harm, handling.priority, handling.stakes.map((one) => one.stake)],
      ['H1', 'soon', ['plain']],
    );
    const { same, 'not-same': notSame } = linkTold(handling);
    assert.deepEqual([same.approvers, notSame.approvers], [1, 1]);
    assert.match(same.why, /^One person decides\. ./);
  });

  it('asks two for joining two persons of several records, and one for keeping them apart', () => {
    const told = linkTold(linkHandling(uk, ['several-records']));
    assert.deepEqual([told.same.approvers, told['not-same'].approvers], [2, 1]);
  });

  it('asks two either way where something grave is recorded, and tells the reason of the policy', () => {
    const told = linkTold(linkHandling(uk, ['grave']));
    assert.deepEqual([told.same.approvers, told['not-same'].approvers], [2, 2]);
    assert.ok(told.same.why.includes(uk.links?.grave?.why ?? 'no reason'), told.same.why);
  });

  it('cannot be ruled "same" against two verified numbers', () => {
    const told = linkTold(linkHandling(uk, ['vetoed']));
    assert.deepEqual([told.same.approvers, told['not-same'].approvers], [0, 2]);
  });

  it('is handled by the strictest of all that applies, and graver with each stake', () => {
    const all = linkHandling(uk, ['contradicting', 'several-records', 'grave']);
    assert.deepEqual([all.harm, all.priority, all.secondApprover], ['H3', 'immediate', 'always']);
    assert.deepEqual(
      all.stakes.map((one) => one.stake),
      ['several-records', 'grave', 'contradicting'],
    );
    const harms = LINK_STAKES.map((stake) => linkHandling(uk, [stake]).harm);
    assert.deepEqual(harms, [...harms].sort());
    assert.ok(linkHandling(uk, ['vetoed']).decideWithinHours < linkHandling(uk, []).decideWithinHours);
  });

  it('is handled by class where the policy says nothing of links, and by one where it says never', () => {
    const { links, ...silent } = uk;
    assert.equal(linkHandling(silent, ['grave']).secondApprover, 'always');
    assert.equal(linkHandling(silent, []).priority, uk.cases?.H1?.priority);
    const h3 = { priority: 'immediate', decideWithinHours: 4, secondApprover: 'never' } as const;
    assert.equal(linkHandling({ ...silent, cases: { H3: h3 } }, ['grave']).secondApprover, 'never');
  });
});

describe('allergies of two persons', () => {
  it('contradict where one denies what the other names, and not where each names another', () => {
    const pair = (one: readonly AllergyInput[], other: readonly AllergyInput[]) =>
      contradictEachOther(uk, [one, other], NOW);
    assert.ok(pair([allergy('a', PENICILLIN)], [allergy('b', NONE)]));
    assert.ok(!pair([allergy('a', PENICILLIN)], [allergy('b', snomed('91936005'))]));
    assert.ok(!pair([allergy('a', PENICILLIN)], []));
  });
});
