// Other validators on the same vectors. Neither of them checks all that Vouch does; what they refuse and Vouch takes, or the other
// way round, has a reason here.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, test } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { Ajv } from 'ajv';
import type { JsonObject } from '../base/json.ts';
import { baseLibrary } from '../fhir/library.ts';
import { validate } from './index.ts';

const VECTORS = new URL('../../../vectors/validation/', import.meta.url).pathname;

/** Valid R4 that @medplum/core refuses, or invalid R4 that it takes, is no finding against Vouch; these are the first kind. */
const MEDPLUM_REFUSES: { readonly [vector: string]: string } = {
  'transaction-bundle':
    'It asks a fullUrl of every entry for bdl-8, and does not look a urn:uuid up among the entries.',
};

function vectors(kind: string): readonly (readonly [name: string, resource: JsonObject])[] {
  return globSync('*.json', { cwd: VECTORS + kind })
    .sort()
    .map((file) => {
      const vector = JSON.parse(readFileSync(`${VECTORS}${kind}/${file}`, 'utf8')) as { readonly resource: JsonObject };
      return [basename(file, '.json'), vector.resource] as const;
    });
}

/** Valid R4 that HL7's JSON schema refuses. */
const SCHEMA_REFUSES: { readonly [vector: string]: string } = {
  'nulls-in-primitive-lists': 'It has no null beside the extension of a list item.',
};

type Medplum = Parameters<typeof validateResource>[0];
type Indexed = Parameters<typeof indexStructureDefinitionBundle>[0];

function indexMedplum(): void {
  const library = baseLibrary();
  const all = library
    .urls('StructureDefinition')
    .map((url) => library.structure(url))
    .filter((one) => one?.derivation !== 'constraint');
  indexStructureDefinitionBundle(all as unknown as Indexed);
}

function medplumRefuses(resource: JsonObject): boolean {
  try {
    validateResource(resource as unknown as Medplum);
    return false;
  } catch {
    return true;
  }
}

describe('@medplum/core', () => {
  indexMedplum();

  test('takes what Vouch takes', () => {
    for (const [name, resource] of vectors('valid')) {
      if (MEDPLUM_REFUSES[name] === undefined) assert.equal(medplumRefuses(resource), false, name);
    }
  });

  test('refuses nothing that Vouch takes, and misses much that Vouch refuses', () => {
    const cases = vectors('invalid');
    const refused = cases.filter(([, resource]) => medplumRefuses(resource));
    for (const [name, resource] of refused) {
      const type = String(resource['resourceType']);
      assert.ok(validate(resource, { type }).length > 0, name);
    }
    assert.ok(refused.length > 40, String(refused.length));
    assert.ok(refused.length < cases.length, 'then it would be as strict');
  });
});

describe("ajv with HL7's JSON schema", () => {
  const packed = readFileSync(`${VECTORS}fhir.schema.json.br`);
  const engine = new Ajv({ strict: false, validateFormats: false });
  engine.addSchema(JSON.parse(brotliDecompressSync(packed).toString('utf8')) as JsonObject, 'fhir');
  const refuses = (resource: JsonObject) => {
    const check = engine.getSchema(`fhir#/definitions/${String(resource['resourceType'])}`);
    return check === undefined || check(resource) !== true;
  };

  test('takes what Vouch takes', () => {
    for (const [name, resource] of vectors('valid')) {
      if (SCHEMA_REFUSES[name] === undefined) assert.equal(refuses(resource), false, name);
    }
  });

  test('refuses nothing that Vouch takes, and misses much that Vouch refuses', () => {
    const cases = vectors('invalid');
    const refused = cases.filter(([, resource]) => refuses(resource));
    for (const [name, resource] of refused) {
      assert.ok(validate(resource, { type: String(resource['resourceType']) }).length > 0, name);
    }
    assert.ok(refused.length > 30, String(refused.length));
    assert.ok(refused.length < cases.length, 'then it would be as strict');
  });
});
