// What the world lends to an evaluation: each part of the context is asked when, and only when, an expression needs it.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { JsonObject } from '../base/json.ts';
import { type Context, compile, compileBoolean, type Node } from './index.ts';

const PATIENT: JsonObject = {
  resourceType: 'Patient',
  id: 'p',
  gender: 'female',
  modifierExtension: [{ url: 'https://example.org/negated', valueBoolean: true }],
  maritalStatus: { coding: [{ code: 'M' }] },
  managingOrganization: { reference: 'Organization/o' },
  generalPractitioner: [{ reference: '#' }, { type: 'Practitioner', identifier: { value: '1' } }],
};

function values(expression: string, context: Context = {}): readonly unknown[] {
  return compile(expression, { type: 'Patient' })(PATIENT, context).map((node) => node.value);
}

const MISSING = { name: 'FhirPathError', code: 'missing-context' };

test('what is missing is said when an expression needs it', () => {
  for (const expression of [
    "maritalStatus.memberOf('x')",
    "conformsTo('https://example.org/profile')",
    'gender.subsumes(gender)',
    'gender.htmlChecks()',
    'now()',
    '%unknown',
  ]) {
    assert.throws(() => values(expression), MISSING, expression);
  }
  assert.deepEqual(values("maritalStatus.where(false).memberOf('x')"), []);
  assert.deepEqual(values('iif(gender.exists(), 1, now())'), [1]);
});

test('questions go to the context, with the node they are about; what it does not know is empty', () => {
  const asked: unknown[] = [];
  const note = (answer: boolean | undefined) => (node: Node, other: Node | string) => {
    asked.push([node.type, typeof other === 'string' ? other : other.value]);
    return answer;
  };
  assert.deepEqual(values("maritalStatus.memberOf('https://example.org/vs')", { memberOf: note(true) }), [true]);
  assert.deepEqual(values("conformsTo('https://example.org/profile')", { conformsTo: note(false) }), [false]);
  assert.deepEqual(values("gender.subsumes('x')", { subsumes: note(undefined) }), []);
  assert.deepEqual(values("gender.subsumedBy('x')", { subsumes: note(true) }), [true]);
  assert.deepEqual(asked, [
    ['CodeableConcept', 'https://example.org/vs'],
    ['Patient', 'https://example.org/profile'],
    ['code', 'x'],
    ['System.String', 'female'],
  ]);
});

test('resolve gives what the context finds, contained resources and the container, and leaves out the rest', () => {
  const organization = { resourceType: 'Organization', id: 'o', name: 'Ward' };
  const resolve = (reference: string) => (reference === 'Organization/o' ? organization : undefined);
  assert.deepEqual(values('managingOrganization.resolve().name', { resolve }), ['Ward']);
  assert.deepEqual(values('managingOrganization.resolve().name'), []);
  assert.deepEqual(values('generalPractitioner.resolve().id', { resource: PATIENT }), ['p']);
});

test('the type behind a reference is known without fetching', () => {
  const resolve = () => assert.fail('fetched');
  assert.deepEqual(values('managingOrganization.where(resolve() is Organization).exists()', { resolve }), [true]);
  assert.deepEqual(values('managingOrganization.where(resolve() is Patient).exists()', { resolve }), [false]);
  assert.deepEqual(values('generalPractitioner.where(resolve() is Practitioner).identifier.value'), ['1']);
});

test('trace hands out what passes by', () => {
  const seen: unknown[] = [];
  const trace = (name: string, nodes: readonly Node[]) => seen.push([name, nodes.map((node) => node.value)]);
  assert.deepEqual(values("maritalStatus.coding.trace('coding', code).code", { trace }), ['M']);
  assert.deepEqual(values("gender.trace('gender')", { trace }), ['female']);
  assert.deepEqual(seen, [
    ['coding', ['M']],
    ['gender', ['female']],
  ]);
});

test('a modifier extension that the expression does not name is refused', () => {
  assert.throws(() => values('checkModifiers().id'), { code: 'operand' });
  assert.deepEqual(values("checkModifiers('https://example.org/negated').id"), ['p']);
});

test('%resource, %rootResource and %context are what the caller says, or the focus', () => {
  const bundle = { resourceType: 'Bundle', id: 'b' };
  const run = compile('%resource.id | %rootResource.id | %context.code', { type: 'Coding' });
  const shown = (context: Context) => run({ code: 'M' }, context).map((node) => node.value);
  assert.deepEqual(shown({ resource: PATIENT, rootResource: bundle }), ['p', 'b', 'M']);
  assert.deepEqual(shown({ resource: PATIENT }), ['p', 'M']);
  assert.deepEqual(shown({}), ['M']);
});

test('a zone makes dateTimes without one comparable', () => {
  const later = compileBoolean('@2026-07-01T12:00:00 > @2026-07-01T11:30:00Z');
  assert.equal(later({}), undefined);
  assert.equal(later({}, { zoneMinutes: 60 }), false);
  assert.equal(later({}, { zoneMinutes: 0 }), true);
});

test('units convert as the context says', () => {
  const canonical: Context['canonical'] = (value, code) =>
    code === 'g' || code === 'mg' ? { value: Number(value) * (code === 'g' ? 1000 : 1), unit: 'mg' } : undefined;
  const run = compileBoolean("1 'g' > 500 'mg'");
  assert.equal(run({}), undefined);
  assert.equal(run({}, { canonical }), true);
  assert.equal(compileBoolean("1 'g' > 500 'ml'")({}, { canonical }), undefined);
});

test('a Boolean form is true, false or undefined, and one item of another type is true', () => {
  assert.equal(compileBoolean('gender', { type: 'Patient' })(PATIENT), true);
  assert.equal(compileBoolean("gender = 'male'", { type: 'Patient' })(PATIENT), false);
  assert.equal(compileBoolean('birthDate', { type: 'Patient' })(PATIENT), undefined);
  assert.throws(() => compileBoolean('generalPractitioner', { type: 'Patient' })(PATIENT), { code: 'singleton' });
});
