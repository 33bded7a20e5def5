// Held resources that stand alone: visits, places, provenance. Nothing judged with a person, so each may be let go by itself.  (pure)
import { ALLERGIES, judgedList } from '../truth/index.ts';
import type { Basis } from './types.ts';

/** The turn that last touched each, longest untouched first. */
export type Loose = { readonly turns: Map<string, number>; turn: number };

type Held = {
  readonly loose: Loose;
  readonly basis: Pick<Basis, 'resources'>;
  readonly asked: { readonly resources: Set<string> };
};

const LOOSE_MAX = 8_000;
/** The batch being planned, and the one whose commit is under way: what they touch cannot be read from the store yet. */
const TURNS_UNDER_WAY = 2;

export function createLoose(): Loose {
  return { turns: new Map(), turn: 0 };
}

export function touch({ turns, turn }: Loose, type: string, name: string): void {
  if (type === 'Patient' || type === ALLERGIES || judgedList(type) !== undefined) return;
  // To the young end: a Map keeps the order of insertion.
  turns.delete(name);
  turns.set(name, turn);
}

/** Begins a turn. What has long not been touched goes, and is read again if it is asked for. */
export function letGo({ loose, basis, asked }: Held): void {
  loose.turn += 1;
  for (const [name, turn] of loose.turns) {
    if (loose.turns.size <= LOOSE_MAX || turn > loose.turn - TURNS_UNDER_WAY) return;
    loose.turns.delete(name);
    basis.resources.delete(name);
    asked.resources.delete(name);
  }
}
