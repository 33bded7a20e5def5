// Composites: https://hl7.org/fhir/R4/search.html#combining                                                                   (pure)
import { RESOURCE_TYPES } from '../../fhir/index.ts';
import { FORM, seedOf } from '../forms.ts';
import { hash64 } from '../hash.ts';
import { parameterOf } from '../parameters.ts';
import type { Condition, RowCondition } from '../query.ts';
import { malformed, unknownModifier } from '../refuse.ts';
import { meant, split } from '../split.ts';
import type { Component, Parameter } from '../types.ts';
import { onlyOf } from './component.ts';
import { type Asked, all, any, indexedAs, type SearchWorld } from './context.ts';
import { readDate, readNumber, readQuantity } from './ordered.ts';
import { readText } from './text-match.ts';
import { tokenOf, tokenTerms } from './token.ts';

/** `readOne` reads a component that is a parameter of the resource. */
export function readComposite(asked: Asked, readOne: (asked: Asked) => Condition): Condition {
  const { parameter, name, modifier, values } = asked;
  if (modifier !== undefined) throw unknownModifier(name, modifier, ['missing']);
  return any(
    indexedAs(parameter).flatMap((one) => values.map((value) => readAlternative(one, value, { ...asked, readOne }))),
  );
}

type Reading = Asked & { readonly readOne: (asked: Asked) => Condition };

function readAlternative(parameter: Parameter, value: string, reading: Reading): Condition {
  const components = parameter.components ?? [];
  const parts = split(value, '$');
  if (parts.length !== components.length || parts.includes(''))
    throw malformed(reading.name, `${components.map((one) => one.code).join('$')}`);
  if (parameter.group === undefined)
    return all(
      components.map((component, index) =>
        readWhole(parameter, component, { ...reading, values: [parts[index] ?? ''] }),
      ),
    );
  return { kind: 'group', of: components.map((component, index) => readPart(component, parts[index] ?? '', reading)) };
}

/** Parts of the whole resource are there once, so that both conditions on the resource are one on the pair. */
function readWhole(parameter: Parameter, component: Component, reading: Reading): Condition {
  const own = parameterOf(parameter.type, component.code);
  if (own === undefined)
    throw malformed(reading.name, `nothing: ${component.code} is not a parameter of ${parameter.type}`);
  return all([reading.readOne({ ...reading, parameter: own, modifier: undefined }), onlyOf(own, component)]);
}

/** Alternatives of one part; one is enough. */
function readPart({ id, kind, paths }: Component, value: string, { name, world }: Reading): readonly RowCondition[] {
  const reading = { params: [id], name, world };
  switch (kind) {
    case 'quantity':
      return [readQuantity(value, reading)];
    case 'number':
      return [readNumber(value, reading)];
    case 'date':
      return [readDate(value, reading)];
    case 'string':
      return [{ kind: 'strings', params: [id], match: 'starts', values: [readText(value, name)] }];
    case 'token':
      return [{ kind: 'parts', params: [id], terms: tokenTerms(id, paths, tokenOf(value, name)) }];
    case 'uri':
      return [{ kind: 'parts', params: [id], terms: [hash64(seedOf(id, FORM.uri), meant(value))] }];
    case 'reference':
      return [{ kind: 'parts', params: [id], terms: referenceTerms(id, meant(value), world) }];
    default:
      throw malformed(name, 'nothing: a part of it cannot be searched');
  }
}

/** Without its type it may be of any; R4's own composites have references in DocumentReference's relationship alone. */
function referenceTerms(id: number, text: string, { baseUrl }: SearchWorld): readonly bigint[] {
  const own = text.startsWith(`${baseUrl}/`) ? text.slice(baseUrl.length + 1) : text;
  const targets = own.includes('/') ? [own] : [own, ...RESOURCE_TYPES.map((type) => `${type}/${own}`)];
  return targets.map((target) => hash64(seedOf(id, FORM.reference), target));
}
