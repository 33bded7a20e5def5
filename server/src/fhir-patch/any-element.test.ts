// Laws of FHIRPath Patch that hold for any element of any type, on resources made up from the definitions.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Json, JsonObject } from '../base/json.ts';
import { elementsOf, RESOURCE_TYPES } from '../fhir/definitions.ts';
import { resourceOf } from '../fhir-xml/resources.testkit.ts';
import { compile, locationOf, type Node } from '../fhirpath/index.ts';
import { applyFhirPathPatch } from './fhirpath-patch.ts';

const VALUE_TYPES: ReadonlySet<string> = new Set(
  elementsOf('Parameters.parameter').flatMap((element) =>
    element.isChoice ? element.types.map(({ type }) => type) : [],
  ),
);
const anyResource = fc.constantFrom(...RESOURCE_TYPES).chain((type) => resourceOf(type));

function patched(resource: JsonObject, operations: readonly JsonObject[]): JsonObject {
  const parameters = { resourceType: 'Parameters', parameter: operations };
  return applyFhirPathPatch(resource, parameters, { type: String(resource['resourceType']) });
}

function operation(kind: string, path: string, parts: readonly JsonObject[] = []): JsonObject {
  const own = [
    { name: 'type', valueCode: kind },
    { name: 'path', valueString: path },
  ];
  return { name: 'operation', part: [...own, ...parts] };
}

/** Elements that a parameter can hold as a value, with the path of each. */
function elementsIn(resource: JsonObject): readonly { readonly node: Node; readonly path: string }[] {
  const type = String(resource['resourceType']);
  const all = compile(`${type}.descendants()`, { type, mode: 'located' })(resource);
  return all.flatMap((node) => {
    const path = locationOf(node);
    return path === undefined || !VALUE_TYPES.has(node.type) ? [] : [{ node, path }];
  });
}

function valueOfNode({ value, companion, type }: Node): JsonObject {
  const name = `value${type.charAt(0).toUpperCase()}${type.slice(1)}`;
  const members: [string, Json][] = [];
  if (value !== undefined) members.push([name, value]);
  if (companion !== undefined && companion !== null) members.push([`_${name}`, companion]);
  return { name: 'value', ...Object.fromEntries(members) };
}

test('replacing an element by what it is changes nothing, wherever it stands', () => {
  fc.assert(
    fc.property(anyResource, fc.nat(), (resource, pick) => {
      const all = elementsIn(resource);
      fc.pre(all.length > 0);
      const one = all[pick % all.length];
      assert.ok(one !== undefined);
      const made = patched(resource, [operation('replace', one.path, [valueOfNode(one.node)])]);
      assert.equal(JSON.stringify(made), JSON.stringify(resource), one.path);
    }),
    { numRuns: 150 },
  );
});

test('what is deleted is gone, what is left is not empty, and all else stays', () => {
  fc.assert(
    fc.property(anyResource, fc.nat(), (resource, pick) => {
      const before = elementsIn(resource);
      fc.pre(before.length > 0);
      const one = before[pick % before.length];
      assert.ok(one !== undefined);
      const made = patched(resource, [operation('delete', one.path)]);
      assert.ok(!hasEmpty(made), JSON.stringify(made));
      assert.ok(elementsIn(made).length < before.length);
      assert.ok(elementsIn(made).every(({ node }) => before.some((other) => other.node.type === node.type)));
    }),
    { numRuns: 150 },
  );
});

function hasEmpty(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.length === 0 || value.every((one) => one === null) || value.some(hasEmpty);
  if (typeof value !== 'object' || value === null || 'rawJSON' in value) return false;
  const members = Object.values(value);
  return members.length === 0 || members.some(hasEmpty);
}
