// Other validators, each in its quickest form. What is not installed is left out, and said so.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { JsonObject } from '../../server/src/base/json.ts';
import { baseLibrary } from '../../server/src/fhir/library.ts';

export type Contender = {
  readonly name: string;
  readonly run: (sample: { readonly text: string; readonly resource: JsonObject; readonly type: string }) => unknown;
};
/** What is used of packages that are no dependency: they are compared with where somebody has put them. */
type Optional = { readonly [name: string]: unknown };

export async function contenders(
  schema: string | undefined,
  say: (line: string) => void,
): Promise<readonly Contender[]> {
  const found = [medplum(), await fhirJs(), schema === undefined ? undefined : await ajv(schema)];
  if (found[1] === undefined) say('fhir.js is not installed (npm install --no-save fhir): left out');
  if (schema === undefined) say('no --schema: ajv is left out');
  return found.filter((one) => one !== undefined);
}

type Medplum = {
  readonly indexStructureDefinitionBundle: (definitions: readonly unknown[]) => void;
  readonly validateResource: (resource: JsonObject) => unknown;
};

function medplum(): Contender {
  const load = createRequire(new URL('../../server/package.json', import.meta.url));
  const { indexStructureDefinitionBundle, validateResource } = load('@medplum/core') as Medplum;
  const library = baseLibrary();
  const types = library
    .urls('StructureDefinition')
    .map((url) => library.structure(url))
    .filter((one) => one?.derivation !== 'constraint');
  indexStructureDefinitionBundle(types);
  return {
    name: '@medplum/core',
    run: ({ resource }) => {
      try {
        return validateResource(resource);
      } catch (refused) {
        return refused;
      }
    },
  };
}

async function fhirJs(): Promise<Contender | undefined> {
  const module = await optional('fhir');
  const Fhir = (module?.['Fhir'] ?? (module?.['default'] as Optional | undefined)?.['Fhir']) as
    | (new () => { validate: (resource: JsonObject) => unknown })
    | undefined;
  if (Fhir === undefined) return undefined;
  const fhir = new Fhir();
  return { name: 'fhir.js', run: ({ resource }) => fhir.validate(resource) };
}

/** HL7's schema, each type compiled alone; what it says of its draft is older than the engine. */
async function ajv(path: string): Promise<Contender | undefined> {
  const module = await optional('ajv');
  const Ajv = module?.['default'] as
    | (new (
        options: object,
      ) => { addSchema: (schema: object, key: string) => void; getSchema: (key: string) => unknown })
    | undefined;
  if (Ajv === undefined) return undefined;
  const { id: _, $schema: __, ...schema } = JSON.parse(readFileSync(path, 'utf8')) as JsonObject;
  const engine = new Ajv({ strict: false, validateFormats: false });
  engine.addSchema(schema, 'fhir');
  const compiled = new Map<string, (resource: JsonObject) => unknown>();
  return {
    name: 'ajv with the JSON schema',
    run: ({ resource, type }) => {
      const check =
        compiled.get(type) ?? (engine.getSchema(`fhir#/definitions/${type}`) as (resource: JsonObject) => unknown);
      compiled.set(type, check);
      return check(resource);
    },
  };
}

async function optional(name: string): Promise<Optional | undefined> {
  try {
    return (await import(name)) as Optional;
  } catch (error) {
    // Not installed is one thing, broken another.
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
