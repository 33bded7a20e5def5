// What a withdrawal reaches: everything concluded from what was withdrawn, its copies, and nothing else.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Recorded, withdrawalReach } from './withdrawal.ts';

const to = (reference: string) => ({ reference });
const records: readonly Recorded[] = [
  { name: 'Observation/k', resource: { subject: to('Patient/p') } },
  { name: 'Observation/copy', resource: {}, origins: ['lab|1'] },
  { name: 'Observation/original', resource: {}, origins: ['lab|1'] },
  { name: 'DiagnosticReport/r', resource: { result: [to('Observation/k')], subject: to('Patient/p') } },
  { name: 'Condition/c', resource: { evidence: [{ detail: [to('DiagnosticReport/r')] }] } },
  { name: 'MedicationRequest/m', resource: { reasonReference: [to('Condition/c')] } },
  { name: 'Observation/other', resource: { subject: to('Patient/p'), encounter: to('Observation/k') } },
];

describe('a withdrawal', () => {
  it('reaches what was concluded from it, step by step, with the way', () => {
    assert.deepEqual(withdrawalReach(records, ['Observation/k']), [
      { name: 'DiagnosticReport/r', from: 'Observation/k', by: 'result', steps: 1 },
      { name: 'Condition/c', from: 'DiagnosticReport/r', by: 'evidence.detail', steps: 2 },
      { name: 'MedicationRequest/m', from: 'Condition/c', by: 'reasonReference', steps: 3 },
    ]);
  });

  it('reaches copies of the same origin', () => {
    assert.deepEqual(withdrawalReach(records, ['Observation/original']), [
      { name: 'Observation/copy', from: 'Observation/original', by: 'same origin', steps: 1 },
    ]);
  });

  it('does not reach whoever else the patient is or was seen with', () => {
    assert.deepEqual(withdrawalReach(records, ['Patient/p']), []);
  });

  it('reaches everything that can be reached, once, whatever the order and through circles', () => {
    const name = (place: number) => `Observation/${place}`;
    const graph = fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 3 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(graph, (edges) => {
        const all = edges.map((from, place) => ({
          name: name(place),
          resource: { derivedFrom: from.map((one) => to(name(one))) },
        }));
        const there = withdrawalReach(all, [name(0)]);
        assert.deepEqual(withdrawalReach([...all].reverse(), [name(0)]), there);
        const reached = new Set([name(0)]);
        for (let before = -1; before !== reached.size; ) {
          before = reached.size;
          for (const [place, from] of edges.entries())
            if (from.some((one) => reached.has(name(one)))) reached.add(name(place));
        }
        assert.deepEqual(new Set([name(0), ...there.map((one) => one.name)]), reached);
      }),
      { numRuns: 200 },
    );
  });
});
