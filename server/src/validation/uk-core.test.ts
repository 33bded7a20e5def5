// UK Core as a package given by path: it loads whole, every profile compiles, and its examples are valid but for named faults.
// The package is not part of this repository: put it beside it, or name it in VOUCH_UK_CORE.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { decimal, isRawJson, type Json, type JsonObject } from '../base/json.ts';
import { libraryWith, openPackage } from '../fhir/index.ts';
import { validate, validatorFor } from './index.ts';
import { changed, spotsOf } from './spots.testkit.ts';

const PACKAGE =
  process.env['VOUCH_UK_CORE'] ??
  new URL('../../../../shared/reference/uk-core/ukcore-2.0.0.tgz', import.meta.url).pathname;
const VECTOR = new URL('../../../vectors/validation/uk-core-examples.json', import.meta.url).pathname;
const CANONICAL = 'https://fhir.hl7.org.uk/StructureDefinition/';
const skip = existsSync(PACKAGE) ? false : 'the package of UK Core is not here';

type Finding = { readonly reason: string; readonly expression: string; readonly why: string };
const { findings } = JSON.parse(readFileSync(VECTOR, 'utf8')) as {
  readonly findings: { readonly [file: string]: readonly Finding[] };
};

describe('UK Core', { skip }, () => {
  const opened = skip === false ? openPackage(readFileSync(PACKAGE)) : undefined;
  const definitions = opened?.definitions ?? [];
  const library = libraryWith(opened === undefined ? [] : [opened]);
  const profiles = definitions.filter((one) => one.resourceType === 'StructureDefinition');

  test('loads whole, and every profile compiles', () => {
    assert.equal(profiles.length, 153);
    for (const { url } of profiles) assert.doesNotThrow(() => validatorFor(url, library), url);
  });

  test('has examples that meet their profiles, or do not for a reason written down', () => {
    const examples = opened?.examples ?? [];
    assert.equal(examples.length, 215);
    const found = examples.flatMap(({ file, resource }) => {
      const sound = repaired(resource);
      const type = String(sound['resourceType']);
      const profile = profileOf(sound, type);
      const issues = validate(sound, { type, library, references: 'sent', claimed: true, profiles: [profile] });
      return issues.map(({ reason, expression }) => `${file.slice('package/example/'.length)} ${reason} ${expression}`);
    });
    const expected = Object.entries(findings).flatMap(([file, list]) =>
      list.map(({ reason, expression }) => `${file} ${reason} ${expression}`),
    );
    assert.deepEqual(found.sort(), expected.sort());
  });

  test('says of each code that nobody here can check that it was not checked', () => {
    const example = opened?.examples.find(({ file }) => file.includes('DocumentReference-ECG'))?.resource ?? {};
    const issues = validate(repaired(example), {
      type: 'DocumentReference',
      library,
      warnings: true,
      profiles: [`${CANONICAL}UKCore-DocumentReference`],
    });
    const [told] = issues.filter(({ reason }) => reason === 'binding-not-checked');
    assert.equal(told?.severity, 'information');
    assert.equal(told?.expression, 'DocumentReference.type');
  });

  test('finds what is wrong with an NHS number, an extension and a place', () => {
    const patient = {
      resourceType: 'Patient',
      identifier: [
        { system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' },
        { system: 'https://fhir.nhs.uk/Id/nhs-number' },
      ],
      extension: [{ url: `${CANONICAL}Extension-UKCore-EthnicCategory`, valueString: 'A' }],
      name: [
        {
          family: 'A',
          extension: [{ url: `${CANONICAL}Extension-UKCore-BirthSex`, valueCodeableConcept: { text: 'x' } }],
        },
      ],
    };
    const found = validatorFor(`${CANONICAL}UKCore-Patient`, library)(patient);
    assert.deepEqual(
      found.map(({ reason, expression }) => `${reason} ${expression}`),
      [
        'profile-type-not-allowed Patient.extension[0].value.ofType(string)',
        'extension-context Patient.name[0].extension[0]',
        'code-not-in-value-set Patient.name[0].extension[0].value.ofType(CodeableConcept)',
        'slice-too-many Patient.identifier',
        'profile-element-missing Patient.identifier[1].value',
      ],
    );
  });

  /** An example is named after its profile, else it is of the one for its type. */
  function profileOf(resource: JsonObject, type: string): string {
    const names = profiles.filter((one) => one.type === type).map(({ url }) => url.slice(CANONICAL.length));
    const named = names
      .filter((name) => String(resource['id']).startsWith(name))
      .sort((a, b) => b.length - a.length)[0];
    return CANONICAL + (named ?? `UKCore-${type}`);
  }
});

/** The examples were converted from XML: comments became a property that R4 does not have, and decimals became text. */
function repaired(example: JsonObject): JsonObject {
  let resource = (withoutComments(example) ?? {}) as JsonObject;
  for (const { type, keys, value } of spotsOf(resource)) {
    if (type === 'decimal' && typeof value === 'string')
      resource = changed(resource, keys, decimal(value)) as JsonObject;
  }
  return resource;
}

function withoutComments(value: Json): Json | undefined {
  if (typeof value !== 'object' || value === null || isRawJson(value)) return value;
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((one) => withoutComments(one) ?? null);
    return items.every((one) => one === null) ? undefined : items;
  }
  const kept = Object.entries(value)
    .filter(([key]) => key !== 'fhir_comments')
    .map(([key, one]) => [key, withoutComments(one ?? null)] as const)
    .filter(([, one]) => one !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
