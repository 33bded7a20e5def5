// What cannot settle a conflict: of some elements a person can have only one, so that two different values can never both be right;
// of what rests on something withdrawn nothing competes with anything else.
import { restsOn } from './rests-on.ts';
import type { Ruling } from './types.ts';

const WHY: { readonly [element: string]: string } = {
  birthDate: 'A person was born on one day',
  gender: 'The record holds one administrative gender at a time',
  'deceased[x]': 'Somebody is alive or dead, and dies once',
  'multipleBirth[x]': 'A person was born once',
  active: 'A record is in use or it is not',
  AllergyIntolerance: 'Where an allergy is known it cannot be that none is',
};

export type NotPossible = { readonly decision: Ruling['decision']; readonly words: string };

/** Rulings that cannot settle a conflict about the element, and why. */
export function notPossibleOn(element: string): readonly NotPossible[] {
  if (restsOn(element) !== undefined)
    return (['choose', 'choose-none'] as const).map((decision) => ({ decision, words: NOTHING_COMPETES }));
  const why = WHY[element];
  if (why === undefined) return [];
  return [{ decision: 'both-valid', words: `${why}, so different values cannot all be right.` }];
}

const NOTHING_COMPETES =
  'The question is not which of them is right, but whether each stands without what was withdrawn.';
