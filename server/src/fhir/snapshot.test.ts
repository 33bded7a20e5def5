// Snapshots made from differentials against those that HL7 published for R4.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { flattened, treeOf } from './element-tree.ts';
import { baseLibrary, STRUCTURE_BASE } from './library.ts';
import { generateSnapshot, snapshotTree } from './snapshot.ts';
import type { ElementJson, StructureDefinition } from './structures.ts';

const library = baseLibrary();
const MERGED_TYPE =
  'HL7 copied the constraints of SimpleQuantity onto the element; here they are met through its type.';
/** Every difference, with its reason. */
const EXPLAINED: { readonly [profile: string]: { readonly [difference: string]: string } | undefined } = {
  cholesterol: { 'Observation.referenceRange.high constraint': MERGED_TYPE },
  ldlcholesterol: { 'Observation.referenceRange.high constraint': MERGED_TYPE },
  hdlcholesterol: { 'Observation.referenceRange.low constraint': MERGED_TYPE },
  'elementdefinition-de': Object.fromEntries(
    ['Question', 'AllowedUnits'].flatMap((slice) =>
      ['id', 'extension', 'url', 'value[x]'].map((child) => [
        `ElementDefinition.extension:${slice}.${child} missing`,
        'HL7 wrote out the children of the extension, which its definition says already.',
      ]),
    ),
  ),
  'provenance-relevant-history': {
    'Provenance.agent:Author.type binding':
      'The differential binds Provenance.agent.type, and a slice of agent inherits that.',
    'Provenance.entity.agent contentReference': 'HL7 pointed at a slice; the base type points at the element.',
  },
  catalog: {
    unreadable: 'The published snapshot slices Composition.date, which may not repeat, and leaves the element out.',
  },
  'familymemberhistory-genetic': {
    unreadable: 'The published snapshot has a slice of relationship before any such element.',
  },
};

function profiles(): readonly StructureDefinition[] {
  return library
    .urls('StructureDefinition')
    .map((url) => library.structure(url))
    .filter((one) => one?.derivation === 'constraint')
    .filter((one) => one !== undefined);
}

/** What a snapshot says that a validator goes by. */
function meaning(element: ElementJson): { readonly [part: string]: unknown } {
  const { min, max, type = [], binding, constraint = [], slicing, contentReference, maxLength } = element;
  const types = type.map(({ code, profile, targetProfile = [] }) => ({
    code,
    profile,
    targets: [...targetProfile].sort(),
  }));
  return {
    min,
    max,
    maxLength,
    contentReference,
    type: types.sort((a, b) => (a.code < b.code ? -1 : 1)),
    values: Object.entries(element).filter(([name]) => /^(fixed|pattern)/.test(name)),
    binding: [binding?.strength, binding?.valueSet],
    constraint: constraint.map(({ key }) => key).sort(),
    slicing: slicing && [slicing.discriminator, slicing.rules, slicing.ordered ?? false],
  };
}

function differences(profile: StructureDefinition): readonly string[] {
  const made = new Map(flattened(generateSnapshot(library, profile)).map((one) => [one.id, one]));
  let published: ReadonlyMap<string, ElementJson>;
  try {
    published = new Map(flattened(treeOf(profile.snapshot?.element ?? [])).map((one) => [one.id, one]));
  } catch {
    return ['unreadable'];
  }
  const found = [...made.keys()].filter((id) => !published.has(id)).map((id) => `${id} extra`);
  for (const [id, element] of published) {
    const own = made.get(id);
    if (own === undefined) found.push(`${id} missing`);
    else {
      const [wanted, got] = [meaning(element), meaning(own)];
      for (const part of Object.keys(wanted)) {
        if (JSON.stringify(wanted[part]) !== JSON.stringify(got[part])) found.push(`${id} ${part}`);
      }
    }
  }
  return found;
}

describe('a generated snapshot', () => {
  test('says, element by element, what HL7 published, for every profile and extension of R4', () => {
    const all = profiles();
    assert.ok(all.length >= 430, String(all.length));
    for (const profile of all) {
      const name = profile.url.slice(STRUCTURE_BASE.length);
      assert.deepEqual([...differences(profile)].sort(), Object.keys(EXPLAINED[name] ?? {}).sort(), name);
    }
  });

  test('is used where the published one cannot be read', () => {
    const tree = snapshotTree(library, `${STRUCTURE_BASE}catalog`);
    assert.ok(tree.children.some(({ name }) => name === 'date'));
  });

  test('of a profile on a profile holds what both say', () => {
    const made = flattened(snapshotTree(library, `${STRUCTURE_BASE}bp`));
    const category = made.find(({ id }) => id === 'Observation.category:VSCat.coding.code');
    assert.equal(category?.fixedCode, 'vital-signs');
    assert.equal(made.find(({ id }) => id === 'Observation.component')?.min, 2);
  });
});
