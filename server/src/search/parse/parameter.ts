// One parameter of a search, by its kind.                                                                                     (pure)
import { Refused } from '../../base/errors.ts';
import type { Condition } from '../query.ts';
import { readComposite } from './composite.ts';
import { type Asked, any, idsOf } from './context.ts';
import { readMissing } from './missing.ts';
import { noModifier, readDate, readNumber, readQuantity } from './ordered.ts';
import { readReference } from './reference.ts';
import { readString } from './text-match.ts';
import { readToken } from './token.ts';
import { readUri } from './uri.ts';

/** Alternatives that one parameter may list. */
const VALUES_MAX = 2_000;

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
      return any(values.map((value) => readDate(value, rows)));
    case 'number':
      noModifier(name, modifier);
      return any(values.map((value) => readNumber(value, rows)));
    case 'quantity':
      noModifier(name, modifier);
      return any(values.map((value) => readQuantity(value, rows)));
    case 'composite':
      return readComposite(asked, readParameter);
    case 'special':
      throw new Refused('search-parameter', `"${name}" cannot be searched by here.`, name);
  }
}
