// Patches applied to what is current. The receipt that brings them is then prepared again, as if it had sent the outcome whole.
import { Refused } from '../base/errors.ts';
import { type JsonObject, parseFaithful } from '../base/json.ts';
import { applyFhirPathPatch, applyJsonPatch } from '../fhir-patch/index.ts';
import type { StateReason } from '../intake/types.ts';
import type { PatchAsked, Patched } from '../mapping/types.ts';
import type { ReadCurrent } from '../record/current-reader.ts';
import type { StoredVersion } from '../record/types.ts';
import { prepare } from './prepare.ts';
import { reservedReference } from './reserved-references.ts';
import type { Prepared } from './types.ts';

export type HeldOf = ReadCurrent;
type World = { readonly find: (query: string) => Promise<readonly string[]>; readonly held: HeldOf };

/** All patches of a receipt are applied, or it is refused whole. One without patches comes back as it is. */
export async function applyPatches(world: World, prepared: Prepared): Promise<Prepared> {
  const { patches = [], receipt, source, end } = prepared;
  if (patches.length === 0 || end !== undefined) return prepared;
  const made = new Map<string, Patched>();
  for (const asked of patches) {
    try {
      made.set(asked.position, await patched(world, asked));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const state = receipt.door === 'fhir' ? 'rejected' : 'quarantined';
      return { ...prepared, patches: [], end: { state, reasons: [reasonOf(error, asked)] } };
    }
  }
  return { ...prepare(receipt, source, made), patches: [] };
}

async function patched({ find, held }: World, asked: PatchAsked): Promise<Patched> {
  const { target, ifMatch } = asked;
  const named = await nameOf(find, target);
  const current = await held(named);
  if (current === undefined)
    throw new Refused('not-found', `There is no ${named.type} with this id to patch. A PUT would create it.`);
  if (current.deleted)
    throw new Refused(
      'gone',
      `This ${named.type} was deleted, so there is nothing to patch. A PUT would bring it back.`,
    );
  const { type, id, version } = current;
  if (ifMatch !== undefined && ifMatch !== version)
    throw new Refused(
      'version-conflict',
      `The current version is ${version}, not the one asked for. Read it again, and decide again.`,
    );
  const text = applied(asked, current);
  const reserved = reservedReference(Buffer.from(text), 'fhir-json');
  if (reserved !== undefined) throw new Refused(reserved.code, reserved.message, reserved.position);
  return { type, id, askedId: named.id, version, text };
}

async function nameOf(find: World['find'], target: string): Promise<{ type: string; id: string }> {
  const [, type, rest = ''] = /^([A-Za-z]+)[/?](.*)$/s.exec(target) ?? [];
  if (type === undefined) throw new Refused('not-found', 'A patch names its resource: Type/id, or Type?search.');
  if (!target.includes('?')) return { type, id: rest };
  const [id, ...others] = await find(target);
  if (id === undefined) throw new Refused('not-found', 'Nothing matches the condition of the patch.');
  if (others.length > 0)
    throw new Refused(
      'multiple-matches',
      'More than one resource matches the condition, so it is not known which is meant. Ask by something only one has.',
    );
  return { type, id };
}

function applied({ language, text: patch }: PatchAsked, { type, text }: StoredVersion): string {
  if (language === 'json-patch') return applyJsonPatch(text, patch);
  let parameters: JsonObject;
  try {
    parameters = parseFaithful(patch) as JsonObject;
  } catch {
    throw new Refused('patch-syntax', 'The patch is not JSON. Send the Parameters of a FHIRPath Patch.');
  }
  return JSON.stringify(applyFhirPathPatch(parseFaithful(text) as JsonObject, parameters, { type }));
}

/** Where in the patch, and in a Bundle which patch. */
function reasonOf({ code, message, where }: Refused, { position }: PatchAsked): StateReason {
  const inBundle = position.startsWith('Bundle.');
  const place = where === undefined ? position : inBundle ? `${position}.${where}` : where;
  return { code, message, position: place };
}
