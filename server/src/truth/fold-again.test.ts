// Folding a repetition the short way gives what folding it gives, whatever was said before, down to the order of what is stored.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Instant, ReceiptId, ResourceId, SourceKey, StatementId, SubjectId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { ElementSaid } from '../mapping/types.ts';
import { fold, foldAgain, foldNext, isFoldableAgain, viewText } from './index.ts';
import type { Spoken, View } from './types.ts';

type Content = { readonly resource: JsonObject; readonly said: readonly ElementSaid[]; readonly replaces: boolean };

// FHIR knows no empty lists, and validation refuses them.
const phone = fc.record({ use: fc.constantFrom('home', 'work', 'mobile'), value: fc.constantFrom('1', '2', '3') });
const values = fc.record(
  {
    birthDate: fc.constantFrom('1950-01-01', '1950-01-02'),
    _birthDate: fc.constantFrom({ extension: [{ url: 'urn:a', valueBoolean: true }] }),
    gender: fc.constantFrom('male', 'female'),
    deceasedDateTime: fc.constantFrom('2020', '2021'),
    telecom: fc.array(phone, { minLength: 1, maxLength: 3 }),
    maritalStatus: fc.record({ text: fc.constantFrom('a', 'b') }),
    meta: fc.record({ tag: fc.array(fc.record({ code: fc.constantFrom('x', 'y') }), { minLength: 1, maxLength: 2 }) }),
    text: fc.constantFrom({ status: 'generated', div: '<div/>' }),
  },
  { requiredKeys: [] },
);
const said: fc.Arbitrary<readonly ElementSaid[]> = fc.array(
  fc.record({
    element: fc.constantFrom(
      'birthDate',
      'deceasedBoolean',
      'deceasedDateTime',
      'deceased[x]',
      'telecom',
      'maritalStatus',
    ),
    action: fc.constantFrom('set' as const, 'set' as const, 'set' as const, 'clear' as const),
    update: fc.constantFrom('snapshot' as const, 'merge-by-type' as const),
  }),
  { maxLength: 6 },
);
const content: fc.Arbitrary<Content> = fc.record({ resource: values, said, replaces: fc.boolean() });

function spoken({ resource, said: what, replaces }: Content, place: number): Spoken {
  return {
    ...{ id: (place + 1) as StatementId, receipt: (place + 1) as ReceiptId, source: 'gp' as SourceKey },
    ...{ subject: 's' as SubjectId, resourceType: 'Patient', resourceId: 's' as ResourceId },
    saidAt: new Date(Date.UTC(2026, 0, 1, 0, 0, place)).toISOString() as Instant,
    receivedAt: '2026-01-01T00:00:00.000Z' as Instant,
    ...{ replaces, text: JSON.stringify(resource), resource: { resourceType: 'Patient', ...resource }, said: what },
  };
}

test('a repetition folded the short way gives the view that folding it gives, to the byte', () => {
  let short = 0;
  const times = fc.array(fc.tuple(content, fc.integer({ min: 1, max: 4 })), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(times, (all) => {
      const contents = all.flatMap(([one, count]) => Array.from({ length: count }, () => one));
      const statements = contents.map(spoken);
      let view: View | undefined;
      for (const [place, statement] of statements.entries()) {
        const next: View | 'refold' = foldNext(view, statement);
        assert.ok(next !== 'refold');
        if (view !== undefined && contents[place - 1] === contents[place] && isFoldableAgain(view, statement)) {
          short += 1;
          const again = foldAgain(view, statement);
          assert.equal(viewText(again), viewText(next));
          view = again;
        } else view = next;
      }
      assert.ok(view !== undefined);
      assert.deepEqual(view, fold(statements));
    }),
    { numRuns: 2_000 },
  );
  assert.ok(short > 1_000, `only ${short} repetitions were folded the short way`);
});

test('what is late, takes something back, or has a life of its own goes the long way', () => {
  const one: Content = {
    resource: { birthDate: '1950-01-01' },
    said: [{ element: 'birthDate', action: 'set', update: 'snapshot' }],
    replaces: false,
  };
  const view = fold([spoken(one, 1)]);
  assert.ok(view !== undefined);
  const asked = (statement: Partial<Spoken>) => isFoldableAgain(view, { ...spoken(one, 2), ...statement });
  assert.equal(asked({}), true);
  assert.equal(asked({ saidAt: '2025-01-01T00:00:00.000Z' as Instant }), false);
  assert.equal(asked({ said: [{ element: 'birthDate', action: 'clear', update: 'snapshot' }] }), false);
  assert.equal(asked({ said: [{ element: '*', action: 'clear', update: 'snapshot' }] }), false);
  assert.equal(asked({ resourceType: 'Observation' }), false);
});
