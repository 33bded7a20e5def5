// Query parameters as the routes read them: in order, repeats kept, unknown ones refused.
import type { FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';

export type Query = readonly (readonly [string, string])[];

export function queryOf(request: FastifyRequest): Query {
  const mark = request.url.indexOf('?');
  return mark < 0 ? [] : [...new URLSearchParams(request.url.slice(mark + 1))];
}

/** The one value of a parameter. Throws when it is given twice. */
export function one(query: Query, name: string): string | undefined {
  const values = query.filter(([parameter]) => parameter === name);
  if (values.length > 1)
    throw new Refused('parameter-twice', `"${name}" is given ${values.length} times; once is enough.`, name);
  return values[0]?.[1];
}

/** Refuses parameters nobody asked for: a filter that is ignored is worse than an error. */
export function onlyKnown(query: Query, known: readonly string[]): void {
  for (const [name] of query) {
    if (!known.includes(name))
      throw new Refused('search-parameter', `"${name}" is not a parameter here. Known: ${known.join(', ')}.`, name);
  }
}

/** A whole number from 1; what is beyond `max` is read as `max`. */
export function wholeNumber(value: string, parameter: string, max: number): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1)
    throw new Refused('search-value', `"${parameter}" takes a whole number from 1.`, parameter);
  return Math.min(number, max);
}
