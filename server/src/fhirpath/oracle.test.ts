// Our compiler against HL7's engine: on every case of the table, and on everything that R4 publishes. Each difference is listed with
// its clause in vectors/fhirpath/disagreements.json, and each listed one must still be one.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { compile, type Node } from './index.ts';
import { isA } from './model.ts';
import { objectIn, oracle, ours, plain } from './oracle.testkit.ts';
import { invariantExpressions, type Published, searchExpressions } from './r4-expressions.testkit.ts';
import { children } from './runtime/navigate.ts';

const FOLDER = new URL('../../../vectors/fhirpath/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, FOLDER), 'utf8');
type Listed = {
  readonly cases: readonly { readonly expressions: readonly string[] }[];
  readonly published: readonly { readonly keys: readonly string[] }[];
};
type Group = { readonly fixture: string; readonly cases: readonly Case[] };
type Case = { readonly expression: string; readonly expected?: readonly Json[]; readonly error?: string };
const listed: Listed = JSON.parse(read('disagreements.json'));

test('HL7 answers the case table as we do, but for what is listed', () => {
  const differing = new Set<string>();
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.json'))) {
    const { groups = [] } = JSON.parse(read(file)) as { readonly groups?: readonly Group[] };
    for (const group of groups) {
      const resource = plain(objectIn(read(`fixtures/${group.fixture}.json`)));
      const other = { resourceType: 'Patient', id: 'p9' };
      const variables = { resource, rootResource: resource, given: 'Ada', many: [1, 2], flag: true, other };
      for (const { expression, expected, error } of group.cases) {
        // It reads the clock; ours is given the time.
        if (/(?:now|today|timeOfDay)\(/.test(expression)) continue;
        const answer = oracle(expression, resource, { variables });
        const due = error === undefined ? ours(() => (expected ?? []).map(nodeOf)) : 'error';
        if (answer !== due) differing.add(expression);
      }
    }
  }
  assert.deepEqual([...differing].sort(), listed.cases.flatMap(({ expressions }) => expressions).sort());
});

function nodeOf(value: Json): Node {
  return { value, companion: undefined, type: '', parent: undefined, name: undefined, index: -1 };
}

test('HL7 answers every search parameter and error-level invariant of R4 on the examples as we do, but for what is listed', () => {
  const differing = new Set<string>();
  let compared = 0;
  const examples = read('r4-examples.ndjson').trim().split('\n').map(objectIn);
  for (const resource of examples) {
    for (const question of questionsAbout(resource)) {
      compared += 1;
      if (!agrees(question, resource)) differing.add(question.published.key);
    }
  }
  assert.ok(compared > 2500, `only ${compared} comparisons`);
  const known = new Set(listed.published.flatMap(({ keys }) => keys));
  assert.deepEqual(
    [...differing].filter((key) => !known.has(key)),
    [],
  );
});

type Question = { readonly published: Published; readonly type: string; readonly focus: Node };
const SEARCH = searchExpressions();
const INVARIANTS = invariantExpressions();

function questionsAbout(resource: JsonObject): readonly Question[] {
  const type = String(resource['resourceType']);
  const root: Node = { ...nodeOf(resource), type, name: type };
  const searches = SEARCH.filter((one) => isA(type, one.type)).map((published) => ({ published, type, focus: root }));
  return [...searches, ...invariantsAt(root)];
}

function invariantsAt(focus: Node): readonly Question[] {
  const { type, value } = focus;
  const own = INVARIANTS.filter((one) => isA(type, one.type) && isObject(value)).map((published) => ({
    published,
    type,
    focus,
  }));
  const inside = children([focus]).filter((child) => isObject(child.value) && child.name !== 'contained');
  return [...own, ...inside.flatMap(invariantsAt)];
}

const compiled = new Map<string, ReturnType<typeof compile>>();

function agrees({ published, type, focus }: Question, resource: JsonObject): boolean {
  const { expression } = published;
  const key = `${type} ${expression}`;
  const run = compiled.get(key) ?? compile(expression, { type });
  compiled.set(key, run);
  const context = { resource, rootResource: resource, htmlChecks: () => true };
  const variables = { resource: plain(resource), rootResource: plain(resource) };
  const base = focus.parent === undefined ? {} : { base: type };
  return (
    ours(() => run(focus.value, context)) === oracle(adapted(expression), focus.value ?? null, { ...base, variables })
  );
}

/** `resolve()` is asynchronous there, and `as` takes one item; see `resolve` and `as` of the list. */
function adapted(expression: string): string {
  return expression
    .replace(/resolve\(\) is (\w+)/g, "reference.startsWith('$1/')")
    .replace(/ as (\w+)/g, '.ofType($1)')
    .replace(/\bas\(/g, 'ofType(');
}
