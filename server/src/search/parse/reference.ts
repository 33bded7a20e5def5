// References: https://hl7.org/fhir/R4/search.html#reference                                                                    (pure)
import { isResourceType, RESOURCE_TYPES } from '../../fhir/index.ts';
import { foldCode } from '../fold.ts';
import { FORM, seedOf } from '../forms.ts';
import { hash64 } from '../hash.ts';
import type { Condition } from '../query.ts';
import { malformed, unknownModifier } from '../refuse.ts';
import { meant } from '../split.ts';
import type { Parameter } from '../types.ts';
import { type Asked, any, indexedAs, seededTerms, termsOf } from './context.ts';
import { tokenOf } from './token.ts';

const LOCAL = /^(?:([A-Z][A-Za-z]+)\/)?([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

export function readReference(asked: Asked): Condition {
  const { modifier, parameter, name, values } = asked;
  if (modifier === 'identifier') return any(values.map((value) => byIdentifier(parameter, value, name)));
  if (modifier !== undefined && !isResourceType(modifier))
    throw unknownModifier(name, modifier, [
      'missing',
      'identifier',
      ...(parameter.targets ?? ['Patient', 'Practitioner']),
    ]);
  return any(values.map((value) => byReference(meant(value), asked)));
}

/** The types a reference may be to, here: those of the parameter, narrowed by what it is an alias with and by a modifier. */
export function targetsOf(parameter: Parameter, modifier: string | undefined): readonly string[] {
  const own = parameter.only === undefined ? (parameter.targets ?? RESOURCE_TYPES) : [parameter.only];
  return modifier === undefined ? own : own.filter((type) => type === modifier);
}

export function seedsOf(parameter: Parameter): readonly number[] {
  return indexedAs(parameter).map((one) => seedOf(one.id, FORM.reference));
}

function byReference(value: string, { parameter, name, modifier, world }: Asked): Condition {
  if (value === '') throw malformed(name, 'a reference such as Patient/123; it is empty');
  const text = value.startsWith(`${world.baseUrl}/`) ? value.slice(world.baseUrl.length + 1) : value;
  const seeds = seedsOf(parameter);
  const local = LOCAL.exec(text);
  if (local === null) return referenceTerms(seeds, text);
  const [, type, id = ''] = local;
  const targets = targetsOf(parameter, modifier);
  if (type !== undefined && modifier !== undefined && type !== modifier) return { kind: 'never' };
  // A parameter's list of targets is advice to clients; a type written out is looked for as it stands.
  const types = type === undefined ? targets : parameter.only === undefined || type === parameter.only ? [type] : [];
  if (text.includes('/_history/')) return referenceTerms(seeds, text);
  return any([
    ...types.filter((one) => one !== 'Patient').map((one) => referenceTerms(seeds, `${one}/${id}`)),
    ...(types.includes('Patient') ? [{ kind: 'patients', seeds, ids: [id] } as const] : []),
    // In a reference to a canonical, a bare word may be all there is.
    ...(type === undefined && parameter.targets === undefined ? [referenceTerms(seeds, id)] : []),
  ]);
}

function referenceTerms(seeds: readonly number[], text: string): Condition {
  return seededTerms(seeds, (seed) => [hash64(seed, text)]);
}

/** `subject:identifier=system|value`: the identifier written in the reference itself. */
function byIdentifier(parameter: Parameter, value: string, name: string): Condition {
  const { system, code } = tokenOf(value, `${name}:identifier`);
  const term = (id: number) => {
    if (system === undefined) return hash64(seedOf(id, FORM.identifierCode), foldCode(code));
    if (code === '') return hash64(seedOf(id, FORM.identifierSystem), system);
    return hash64(seedOf(id, FORM.identifierSystemCode), `${system}|${foldCode(code)}`);
  };
  return any(indexedAs(parameter).map(({ id }) => termsOf(id, [term(id)])));
}
