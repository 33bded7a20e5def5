// What rests on something withdrawn and still stands, and when that waits for a person.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Instant, ResourceId, SourceKey, StatementId, SubjectId } from '../base/ids.ts';
import { PARTS_MAX } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import { type RestingInput, restingOn, restingVerdicts } from './resting.ts';
import type { Policy, Ruling } from './types.ts';

const ERROR = 'entered-in-error';
const to = (reference: string) => ({ reference });
const records = (status: string) => [
  { name: 'Observation/k', resource: { resourceType: 'Observation', status } },
  { name: 'Observation/score', resource: { resourceType: 'Observation', derivedFrom: [to('Observation/k')] } },
  { name: 'Condition/c', resource: { resourceType: 'Condition', evidence: [{ detail: [to('Observation/score')] }] } },
  { name: 'Provenance/p', resource: { resourceType: 'Provenance', target: [to('Observation/k')] } },
];
const POLICY: Policy = { id: 'test@1', elements: {} };
const NOW = '2026-03-02T12:00:00.000Z' as Instant;

type Said = {
  readonly name: string;
  readonly source: string;
  readonly receipt: number;
  readonly resource?: JsonObject;
};

function entry({ name, source, receipt, resource = {} }: Said): RestingInput['entries'][number] {
  const [type = '', id = ''] = name.split('/');
  const from = {
    source: source as SourceKey,
    statement: (receipt * PARTS_MAX) as StatementId,
    saidAt: `2026-03-02T08:${String(receipt).padStart(2, '0')}:00.000Z` as Instant,
  };
  const elements = Object.fromEntries(
    Object.entries({ status: 'final', ...resource }).map(([key, value]) => [key, { value, cleared: false, ...from }]),
  );
  const view = {
    resourceType: type,
    elements,
    lastSaidAt: from.saidAt,
    lastStatement: from.statement,
    wholeText: undefined,
  };
  return { type, resourceId: id as ResourceId, subject: 'p' as SubjectId, source: from.source, trust: 50, view };
}

function judged(score: Omit<Said, 'name'>, rulings: readonly Ruling[] = []) {
  const entries = [
    entry({ name: 'Observation/k', source: 'lab', receipt: 10, resource: { status: ERROR } }),
    entry({ name: 'Observation/score', ...score }),
  ];
  const resting = restingOn(records(ERROR).slice(0, 2));
  return restingVerdicts({ policy: POLICY, resting, entries, rulings, at: NOW });
}

describe('something withdrawn', () => {
  it('has resting on it whatever was concluded, step by step, and no bookkeeping', () => {
    const [one, ...others] = restingOn(records(ERROR));
    assert.deepEqual(others, []);
    assert.equal(one?.withdrawn, 'Observation/k');
    assert.deepEqual(
      one?.reached.map(({ name, steps }) => [name, steps]),
      [
        ['Observation/score', 1],
        ['Condition/c', 2],
      ],
    );
    assert.deepEqual(restingOn(records('final')), []);
  });

  it('has nothing resting on it by way of what was withdrawn as well', () => {
    const all = records(ERROR).map((one) =>
      one.name === 'Observation/score' ? { ...one, resource: { ...one.resource, status: ERROR } } : one,
    );
    assert.deepEqual(
      restingOn(all).map(({ withdrawn, reached }) => [withdrawn, ...reached.map((one) => one.name)]),
      [['Observation/score', 'Condition/c']],
    );
  });

  it('is a conflict as long as another source’s conclusion stands on it', () => {
    const [verdict] = judged({ source: 'pas', receipt: 11 });
    assert.deepEqual(
      [verdict?.element, verdict?.state, verdict?.harm],
      ['Withdrawn:Observation/k', 'conflicting', 'H2'],
    );
    assert.equal(verdict?.because.rule, 'rests-on-withdrawn');
  });

  it('is none where the source that withdrew it says the conclusion again, with it or after it', () => {
    assert.equal(judged({ source: 'lab', receipt: 9 }).length, 1);
    assert.equal(judged({ source: 'lab', receipt: 10 }).length, 0);
    assert.equal(judged({ source: 'lab', receipt: 11 }).length, 0);
  });

  it('is settled by a ruling that all stand, until something else rests on it', () => {
    const [open] = judged({ source: 'pas', receipt: 11 });
    const ruling = {
      ...{ id: 12, subject: 'p', element: 'Withdrawn:Observation/k', decision: 'both-valid', by: 'Dr May' },
      ...{ competingSet: open?.because.competingSet, reason: 'seen', at: NOW },
    } as unknown as Ruling;
    assert.equal(judged({ source: 'pas', receipt: 11 }, [ruling])[0]?.state, 'known');
    const [changed] = judged({ source: 'pas', receipt: 11, resource: { valueInteger: 3 } }, [ruling]);
    assert.deepEqual([changed?.state, changed?.because.staleRulings], ['conflicting', [12]]);
  });
});
