// `:missing`: whether a resource has a value at all. https://hl7.org/fhir/R4/search.html#modifiers                             (pure)
import { isCustom, markTerm } from '../custom.ts';
import { parameterOf } from '../parameters.ts';
import type { Condition } from '../query.ts';
import { malformed } from '../refuse.ts';
import type { Parameter } from '../types.ts';
import { onlyOf } from './component.ts';
import { type Asked, all, any, indexedAs, not, termsOf } from './context.ts';

export function readMissing({ parameter, name, values }: Asked): Condition {
  const [value] = values;
  if (values.length !== 1 || (value !== 'true' && value !== 'false'))
    throw malformed(`${name}:missing`, 'true or false');
  // A custom parameter marks what has no value, too.
  const { id } = parameter;
  if (value === 'true' && isCustom(id)) return termsOf(id, [markTerm(id, 'absent'), markTerm(id, 'failed')]);
  const present = presence(parameter);
  return value === 'true' ? not(present) : present;
}

function presence(parameter: Parameter): Condition {
  if (parameter.kind === 'composite' && !isCustom(parameter.id)) return compositePresence(parameter);
  const own = parameter.bit === undefined ? indexedAs(parameter) : [parameter];
  const bits = own.flatMap((one) => one.bit ?? []);
  if (bits.length > 0) return { kind: 'present', mask: bits.reduce((mask, bit) => mask | (1n << BigInt(bit)), 0n) };
  return any(own.map(({ id }) => (isCustom(id) ? termsOf(id, [markTerm(id, 'present')]) : { kind: 'never' })));
}

/** A composite is there where one item has all its parts; the parts of a whole resource are parameters of their own. */
function compositePresence(parameter: Parameter): Condition {
  if (parameter.sameAs !== undefined) return any(indexedAs(parameter).map(presence));
  const { components = [], type, group } = parameter;
  return all(
    components.flatMap((component) => {
      const own = parameterOf(type, component.code);
      if (own === undefined) return [];
      return group === undefined ? [presence(own), onlyOf(own, component)] : [presence(own)];
    }),
  );
}
