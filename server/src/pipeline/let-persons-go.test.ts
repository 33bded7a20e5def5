// Who may leave the holding, and that nothing of them stays behind that would be taken for known.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Home, Instant, ResourceId, SourceKey, StatementId, SubjectId } from '../base/ids.ts';
import type { View } from '../truth/types.ts';
import { emptyBasis, putLink, putResource, putSubject } from './holding.ts';
import { letPersonsGo, touchPerson } from './let-persons-go.ts';
import type { Basis, SubjectRecord } from './types.ts';

const source = 'pas' as SourceKey;
const NUMBER_KEY = 'https://fhir.nhs.uk/Id/nhs-number|9990000018';
const said = { statement: 1 as StatementId, source, saidAt: '2026-03-02T07:15:00.000Z' as Instant };
const viewOf = (resourceType: string, number: string): View => ({
  resourceType,
  elements: {
    identifier: {
      value: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: number }],
      cleared: false,
      ...said,
    },
  },
  lastSaidAt: said.saidAt,
  lastStatement: said.statement,
  wholeText: undefined,
});
const subjectOf = (id: string, number: string): SubjectRecord => ({
  ...{ id: id as SubjectId, home: 0 as Home, source, key: `mrn|${id}`, firstSeen: 1, view: viewOf('Patient', number) },
  ...{ person: id as SubjectId, retired: false, behind: 0, identified: true },
});

function held(...subjects: readonly SubjectRecord[]) {
  const basis: Basis = emptyBasis({
    policy: { id: 'p', elements: {} } as unknown as Basis['policy'],
    ...{ sources: new Map(), mint: () => '' as ResourceId, parameters: {} },
  });
  const persons = new Map<SubjectId, number>();
  const asked = {
    subjects: new Set<string>(),
    ids: new Set<string>(),
    resources: new Set<string>(),
    lookups: new Set<string>(),
  };
  for (const subject of subjects) {
    putSubject(basis, subject);
    touchPerson(persons, subject.person, 1);
    asked.subjects.add(`${subject.source} ${subject.key}`);
    asked.ids.add(subject.id);
    const name = `AllergyIntolerance/of-${subject.id}`;
    const rest = { home: 0 as Home, version: 1, deleted: false, digest: undefined, behind: 0, subject: subject.id };
    putResource(basis, {
      ...rest,
      type: 'AllergyIntolerance',
      id: `of-${subject.id}` as ResourceId,
      view: viewOf('AllergyIntolerance', '1'),
    });
    asked.resources.add(name);
  }
  return { basis, persons, asked, loose: { turn: 9 } };
}

test('whoever concerns nobody else goes with all that is judged with them, and would be read again', () => {
  const all = held(subjectOf('a', '9990000018'), subjectOf('b', '9990000026'));
  letPersonsGo(all, () => all.basis.subjects.size <= 1);
  const { basis, asked } = all;
  assert.deepEqual([...basis.subjects.keys()], ['b']);
  assert.deepEqual([...basis.resources.keys()], ['AllergyIntolerance/of-b']);
  for (const map of [basis.members, basis.allergies]) assert.equal(map.has('a' as SubjectId), false);
  assert.equal(basis.subjectByKey.has('pas mrn|a'), false);
  assert.deepEqual(
    [[...asked.subjects], [...asked.ids], [...asked.resources]],
    [['pas mrn|b'], ['b'], ['AllergyIntolerance/of-b']],
  );
});

test('whoever was touched by what is still being written stays', () => {
  const all = held(subjectOf('a', '9990000018'), subjectOf('b', '9990000026'));
  touchPerson(all.persons, 'a' as SubjectId, 8);
  letPersonsGo(all, () => false);
  assert.deepEqual([...all.basis.subjects.keys()], ['a']);
});

test('whoever is linked, or shares a key with somebody, stays', () => {
  const linked = held(subjectOf('a', '9990000018'), subjectOf('b', '9990000026'));
  putLink(linked.basis, {
    ...{ id: 5, a: 'a', b: 'b', kind: 'not-same', rule: 'ruling', retired: undefined, receipt: 1, because: [] },
  } as unknown as Parameters<typeof putLink>[1]);
  letPersonsGo(linked, () => false);
  assert.equal(linked.basis.subjects.size, 2);

  const alike = held(subjectOf('a', '9990000018'), subjectOf('b', '9990000018'));
  alike.basis.lookup.set(NUMBER_KEY, new Set(['a' as SubjectId, 'b' as SubjectId]));
  letPersonsGo(alike, () => false);
  assert.equal(alike.basis.subjects.size, 2);

  alike.basis.lookup.clear();
  letPersonsGo({ ...alike, persons: new Map([['a' as SubjectId, 1]]) }, () => false);
  assert.equal(alike.basis.subjects.size, 1);
});

test('what came to be said of somebody else stays with them', () => {
  const all = held(subjectOf('a', '9990000018'), subjectOf('b', '9990000026'));
  const moved = all.basis.resources.get('AllergyIntolerance/of-a');
  assert.ok(moved !== undefined);
  putResource(all.basis, { ...moved, subject: 'b' as SubjectId });
  letPersonsGo(all, () => all.basis.subjects.size <= 1);
  assert.deepEqual([...all.basis.resources.keys()].sort(), ['AllergyIntolerance/of-a', 'AllergyIntolerance/of-b']);
});
