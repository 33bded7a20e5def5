// Cases as data: vectors/mapping/adt. A case names everything it expects; issues and unmapped positions it does not name must not be.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import type { JsonObject } from '../base/json.ts';
import { firstOfType, mapV2, messageOf, statementsOf } from './sample.ts';
import type { MappingResult, Source } from './types.ts';

type Case = {
  readonly name: string;
  readonly trigger?: string;
  readonly source?: Partial<Source>;
  readonly message: readonly string[];
  readonly expect: Expect;
};
type Expect = {
  readonly outcome?: MappingResult['outcome'];
  /** Elements of the first statement of a type; `null` must not be there. */
  readonly resources?: { readonly [resourceType: string]: { readonly [element: string]: unknown } };
  /** `clear`, `set snapshot` … by `Type.element`; `null` must not be said. */
  readonly said?: { readonly [element: string]: string | null };
  readonly keys?: { readonly [resourceType: string]: readonly string[] };
  /** Origin positions by `Type.path`. */
  readonly origins?: { readonly [path: string]: string };
  readonly links?: readonly JsonObject[];
  readonly issues?: readonly string[];
  readonly unmapped?: readonly string[];
  readonly ignored?: { readonly [position: string]: string };
};

const FOLDER = new URL('../../../vectors/mapping/adt/', import.meta.url);

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.json'))) {
  suite(file.replace('.json', ''), () => {
    for (const one of JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as readonly Case[])
      test(one.name, () => check(one));
  });
}

function check({ message, trigger, source, expect }: Case): void {
  const result = mapV2(messageOf(message, trigger), source);
  assert.equal(result.outcome, expect.outcome ?? 'mapped');
  assert.deepEqual(result.issues.map((issue) => issue.reason).sort(), [...(expect.issues ?? [])].sort());
  for (const [type, elements] of Object.entries(expect.resources ?? {})) checkResource(result, type, elements);
  for (const [path, said] of Object.entries(expect.said ?? {}))
    assert.equal(saidOf(result, path), said ?? undefined, path);
  for (const [type, keys] of Object.entries(expect.keys ?? {})) {
    const made = statementsOf(result).filter((one) => one.resourceType === type);
    assert.deepEqual(
      made.map((one) => one.key),
      keys,
    );
  }
  for (const [path, position] of Object.entries(expect.origins ?? {}))
    assert.equal(originOf(result, path), position, path);
  if (expect.links !== undefined) {
    const links = result.outcome === 'mapped' ? result.links : [];
    assert.deepEqual(
      links.map(({ span: _span, ...link }) => link),
      expect.links,
    );
  }
  if (result.outcome !== 'refused') checkLoss(result, expect);
}

function checkResource(result: MappingResult, type: string, elements: { readonly [element: string]: unknown }): void {
  const resource = firstOfType(result, type)?.resource;
  assert.ok(resource, `no ${type}`);
  for (const [element, value] of Object.entries(elements))
    assert.deepEqual(resource[element] ?? null, value, `${type}.${element}`);
}

function checkLoss({ loss }: MappingResult, expect: Expect): void {
  const unmapped = loss.entries.filter((entry) => entry.disposition === 'unmapped').map((entry) => entry.position);
  assert.deepEqual(unmapped, expect.unmapped ?? []);
  for (const [position, rule] of Object.entries(expect.ignored ?? {}))
    assert.equal(loss.entries.find((entry) => entry.position === position)?.by, rule, position);
}

function saidOf(result: MappingResult, path: string): string | undefined {
  const [type = '', element] = path.split('.');
  const said = firstOfType(result, type)?.said.find((one) => one.element === element);
  return said && (said.action === 'clear' && said.update === 'snapshot' ? 'clear' : `${said.action} ${said.update}`);
}

function originOf(result: MappingResult, path: string): string | undefined {
  const dot = path.indexOf('.');
  return firstOfType(result, path.slice(0, dot))?.origins.find((one) => one.path === path.slice(dot + 1))?.position;
}
