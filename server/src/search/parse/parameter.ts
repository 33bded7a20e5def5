// One parameter of a search, by its kind.                                                                                     (pure)
import { Refused } from '../../base/errors.ts';
import type { Condition } from '../query.ts';
import type { Parameter } from '../types.ts';
import { readComposite } from './composite.ts';
import { type Asked, any, idsOf } from './context.ts';
import { readMissing } from './missing.ts';
import { readNear } from './near.ts';
import { noModifier, readDate, readNumber, readQuantity } from './ordered.ts';
import { readReference } from './reference.ts';
import { readString } from './text-match.ts';
import { readToken } from './token.ts';
import { readUri } from './uri.ts';

/** Alternatives that one parameter may list. */
const VALUES_MAX = 2_000;

/** Has a resource one value at most? So it is for an element that is no list, and for the types of one choice. */
function isSingle({ paths, sameAs }: Parameter): boolean {
  const stems = paths.map(({ steps, type }) => {
    const [step] = steps;
    if (steps.length !== 1 || step === undefined || step.isList) return undefined;
    return step.name.toLowerCase().endsWith(type.toLowerCase()) ? step.name.slice(0, -type.length) : step.name;
  });
  return sameAs === undefined && stems[0] !== undefined && stems.every((stem) => stem === stems[0]);
}

/** The condition that a parameter, its modifier and its values mean. Throws `Refused` naming what is wrong. */
export function readParameter(asked: Asked): Condition {
  const { parameter, name, modifier, values, world } = asked;
  if (values.length > VALUES_MAX)
    throw new Refused(
      'search-cost',
      `"${name}" lists ${values.length} values; ${VALUES_MAX} can be searched for at once.`,
      name,
    );
  if (modifier === 'missing') return readMissing(asked);
  const rows = { params: idsOf(parameter), name, world };
  switch (parameter.kind) {
    case 'token':
      return readToken(asked);
    case 'string':
      return readString(asked);
    case 'reference':
      return readReference(asked);
    case 'uri':
      return readUri(asked);
    case 'date':
      noModifier(name, modifier);
      return any(values.map((value) => readDate(value, { ...rows, single: isSingle(parameter) })));
    case 'number':
      noModifier(name, modifier);
      return any(values.map((value) => readNumber(value, rows)));
    case 'quantity':
      noModifier(name, modifier);
      return any(values.map((value) => readQuantity(value, rows)));
    case 'composite':
      return readComposite(asked, readParameter);
    case 'special':
      return readNear(asked);
  }
}
