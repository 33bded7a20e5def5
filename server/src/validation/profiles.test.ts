// Profiles against their vectors: slicing by every discriminator, values, bindings, extensions, invariants.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { JsonObject } from '../base/json.ts';
import { baseLibrary, libraryWith, openPackage } from '../fhir/index.ts';
import type { Definition } from '../fhir/structures.ts';
import { validate, validatorFor } from './index.ts';

const VECTORS = new URL('../../../vectors/validation/profiles/', import.meta.url).pathname;

type Vector = {
  readonly why: string;
  readonly profile: string;
  readonly definitions: readonly Definition[];
  readonly cases: readonly {
    readonly name: string;
    readonly resource: JsonObject;
    readonly issues: readonly { readonly reason: string; readonly expression: string }[];
  }[];
};
/** Every resource without narrative has it, and it is of no interest here. */
const NO_NARRATIVE = 'invariant-dom-6';

function vectorOf(file: string): Vector {
  return JSON.parse(readFileSync(VECTORS + file, 'utf8')) as Vector;
}

function libraryOf({ definitions }: Vector) {
  return libraryWith([{ name: 'test', version: '1', definitions, examples: [] }]);
}

for (const file of globSync('*.json', { cwd: VECTORS }).sort()) {
  const vector = vectorOf(file);
  describe(`profiles, ${basename(file, '.json').replaceAll('-', ' ')}`, () => {
    const check = validatorFor(vector.profile, libraryOf(vector));
    for (const one of vector.cases) {
      test(one.name, () => {
        const found = check(one.resource, { warnings: true })
          .filter(({ reason }) => reason !== NO_NARRATIVE)
          .map(({ reason, expression }) => ({ reason, expression }));
        assert.deepEqual(found, one.issues, vector.why);
      });
    }
  });
}

describe('a profile', () => {
  const vector = vectorOf('values-types-and-counts.json');
  const library = libraryOf(vector);
  const resource = vector.cases.find(({ name }) => name === 'another fixed value')?.resource ?? {};

  test('is held against a resource that claims it when claims are looked at', () => {
    const claiming = { ...resource, meta: { profile: [vector.profile] } };
    const reasons = (options: object) =>
      validate(claiming, { type: 'Observation', library, ...options }).map((one) => one.reason);
    assert.deepEqual(reasons({}), []);
    assert.deepEqual(reasons({ claimed: true }), ['fixed-value']);
  });

  test('that is not loaded is an error where it was asked for, and a warning where it was claimed', () => {
    const claiming = { ...resource, meta: { profile: ['https://nowhere.example/p'] } };
    const found = (options: object) =>
      validate(claiming, { type: 'Observation', library, ...options })
        .filter(({ reason }) => reason === 'profile-not-loaded')
        .map(({ severity }) => severity);
    assert.deepEqual(found({ profiles: ['https://nowhere.example/p'] }), ['error']);
    assert.deepEqual(found({ claimed: true, warnings: true }), ['warning']);
    assert.throws(() => validatorFor('https://nowhere.example/p', library), { code: 'profile-not-loaded' });
  });

  test('of another type is refused', () => {
    const reasons = validate({ resourceType: 'Patient' }, { type: 'Patient', library, profiles: [vector.profile] });
    assert.deepEqual(
      reasons.map(({ reason }) => reason),
      ['profile-of-other-type'],
    );
  });

  test('that constrains what its base does not have is refused with its name', () => {
    const [first] = vector.definitions;
    assert.ok(first?.resourceType === 'StructureDefinition');
    const broken = {
      ...first,
      differential: { element: [{ id: 'Observation.nothing', path: 'Observation.nothing' }] },
    };
    const odd = libraryOf({ ...vector, definitions: [broken] });
    assert.throws(() => validatorFor(vector.profile, odd), { code: 'profile-unknown-element', where: vector.profile });
  });

  test('under itself is refused instead of followed for ever', () => {
    const [first] = vector.definitions;
    assert.ok(first?.resourceType === 'StructureDefinition');
    const odd = libraryOf({ ...vector, definitions: [{ ...first, baseDefinition: first.url }] });
    assert.throws(() => validatorFor(vector.profile, odd), { code: 'profile-bases-circular' });
  });

  test('of R4 itself is known without a package', () => {
    const check = validatorFor('http://hl7.org/fhir/StructureDefinition/heartrate', baseLibrary());
    const found = check({ resourceType: 'Observation', status: 'final', code: { text: 'Pulse' } });
    assert.deepEqual(
      found.map(({ reason, expression }) => `${reason} ${expression}`),
      [
        'invariant-vs-2 Observation',
        'profile-element-missing Observation.category',
        'slice-missing Observation.category',
        'slice-missing Observation.code.coding',
        'profile-element-missing Observation.subject',
        'profile-element-missing Observation.effective',
      ],
    );
  });

  test('that asks for a time to the day refuses a year, and takes a day and a period', () => {
    const check = validatorFor('http://hl7.org/fhir/StructureDefinition/vitalsigns', baseLibrary());
    const reasons = (effective: JsonObject) =>
      check({ resourceType: 'Observation', status: 'final', code: { text: 'Pulse' }, ...effective }).map(
        ({ reason }) => reason,
      );
    assert.ok(reasons({ effectiveDateTime: '2020' }).includes('invariant-vs-1'));
    assert.ok(reasons({ effectiveDateTime: '2020-03' }).includes('invariant-vs-1'));
    for (const fit of [{ effectiveDateTime: '2020-03-01' }, { effectivePeriod: { start: '2020' } }])
      assert.ok(!reasons(fit).includes('invariant-vs-1'), JSON.stringify(fit));
  });
});

describe('a package', () => {
  /** One file as tar writes it. */
  function file(name: string, content: string): Buffer {
    const bytes = Buffer.from(content);
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(`${bytes.length.toString(8).padStart(11, '0')} `, 124);
    header.write('0', 156);
    return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
  }
  const manifest = file('package/package.json', '{"name":"a.b","version":"1.0.0"}');

  test('gives its definitions and examples', () => {
    const valueSet = file('package/ValueSet-x.json', '{"resourceType":"ValueSet","url":"urn:x"}');
    const example = file('package/example/Patient-x.json', '{"resourceType":"Patient"}');
    const opened = openPackage(gzipSync(Buffer.concat([manifest, valueSet, example, Buffer.alloc(1024)])));
    assert.equal(`${opened.name} ${opened.version}`, 'a.b 1.0.0');
    assert.deepEqual(
      opened.definitions.map(({ url }) => url),
      ['urn:x'],
    );
    assert.deepEqual(opened.examples, [
      { file: 'package/example/Patient-x.json', resource: { resourceType: 'Patient' } },
    ]);
  });

  test('that is none is refused, each kind of fault by its name', () => {
    const code = (bytes: Uint8Array) => {
      try {
        openPackage(bytes);
        return undefined;
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    assert.equal(code(Buffer.from('no gzip')), 'package-unreadable');
    assert.equal(code(gzipSync(manifest.subarray(0, 520))), 'package-unreadable');
    assert.equal(code(gzipSync(file('package/x.json', '{}'))), 'package-without-manifest');
    assert.equal(code(gzipSync(file('package/x.json', '{'))), 'package-file-not-json');
  });
});
