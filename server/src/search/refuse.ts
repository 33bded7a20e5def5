// Refusals of searches: each names the parameter, and what would have been understood.
import { Refused } from '../base/errors.ts';
import { nearest } from './nearest.ts';

const SHOWN_MAX = 40;

/** A value that the parameter does not take. */
export function malformed(parameter: string, takes: string): Refused {
  return new Refused('search-value', `"${parameter}" takes ${takes}.`, parameter);
}

export function unknownParameter(type: string, code: string, known: readonly string[]): Refused {
  const meant = nearest(code, known);
  const list = known.length > SHOWN_MAX ? `${known.slice(0, SHOWN_MAX).join(', ')}, …` : known.join(', ');
  return new Refused(
    'search-parameter',
    `${type} cannot be searched by "${code.slice(0, 64)}". Did you mean "${meant}"? Known: ${list}.`,
    code.slice(0, 64),
  );
}

export function unknownModifier(parameter: string, modifier: string, known: readonly string[]): Refused {
  const meant = nearest(modifier, known);
  const hint =
    meant === undefined
      ? 'It takes no modifier.'
      : `Did you mean ":${meant}"? Known: ${known.map((one) => `:${one}`).join(', ')}.`;
  return new Refused(
    'search-modifier',
    `"${parameter}" has no modifier ":${modifier.slice(0, 64)}". ${hint}`,
    `${parameter}:${modifier.slice(0, 64)}`,
  );
}
