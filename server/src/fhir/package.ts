// Opens FHIR packages: the gzipped tar of an npm layout that HL7 and its affiliates publish specifications in.                (pure)
import { gunzipSync } from 'node:zlib';
import { Refused } from '../base/errors.ts';
import { type Json, type JsonObject, parseFaithful } from '../base/json.ts';
import type { Definition } from './structures.ts';
import { filesOfTar } from './tar.ts';

export type FhirPackage = {
  readonly name: string;
  readonly version: string;
  readonly definitions: readonly Definition[];
  /** Resources of `package/example/`, with their file names. */
  readonly examples: readonly { readonly file: string; readonly resource: JsonObject }[];
};

/** Unpacked, a package larger than this is not one of definitions. */
const PACKAGE_BYTES_MAX = 1 << 30;
const KINDS: ReadonlySet<Json | undefined> = new Set([
  'StructureDefinition',
  'ValueSet',
  'CodeSystem',
  'ConceptMap',
  'SearchParameter',
]);

/** Throws Refused when the bytes are not such a package. */
export function openPackage(bytes: Uint8Array): FhirPackage {
  const definitions: Definition[] = [];
  const examples: { file: string; resource: JsonObject }[] = [];
  let manifest: JsonObject = {};
  for (const { name, bytes: content } of files(bytes)) {
    if (!name.endsWith('.json') || /(^|\/)\.index/.test(name)) continue;
    const parsed = parsedFile(name, content);
    if (name === 'package/package.json') manifest = parsed;
    else if (/^package\/example/.test(name)) examples.push({ file: name, resource: parsed });
    else if (isDefinition(parsed)) definitions.push(parsed);
  }
  const { name, version } = manifest;
  if (typeof name !== 'string' || typeof version !== 'string') {
    throw new Refused(
      'package-without-manifest',
      'This is no FHIR package: package/package.json is missing or has no name.',
    );
  }
  return { name, version, definitions, examples };
}

function files(bytes: Uint8Array): readonly { readonly name: string; readonly bytes: Uint8Array }[] {
  try {
    return [...filesOfTar(gunzipSync(bytes, { maxOutputLength: PACKAGE_BYTES_MAX }))];
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused('package-unreadable', 'This is no FHIR package: it cannot be unpacked as a gzipped tar archive.');
  }
}

function parsedFile(name: string, content: Uint8Array): JsonObject {
  try {
    return parseFaithful(new TextDecoder().decode(content)) as JsonObject;
  } catch {
    throw new Refused('package-file-not-json', `The package's file ${name} is not JSON.`);
  }
}

function isDefinition(parsed: JsonObject): parsed is JsonObject & Definition {
  return KINDS.has(parsed['resourceType']) && typeof parsed['url'] === 'string';
}
