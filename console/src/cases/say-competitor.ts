// A competing value in words. Its own file, so that the choices of a ruling can be tested without a browser.
import type { Json } from '../api/types.ts';
import { sayValue } from '../fhir/say.ts';

export function sayCompetitor(value: unknown, element: string | undefined): string {
  return sayValue(value as Json, element).join('; ') || 'no value';
}
