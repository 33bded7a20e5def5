// Held resources that stand alone: visits, places, provenance. Nothing judged with a person, so each may be let go by itself.  (pure)
import { ALLERGIES, judgedList } from '../truth/index.ts';
import type { Basis } from './types.ts';

/** The turn that last touched each, longest untouched first. */
type Turns = Map<string, number>;
/** `once`: what is not spoken of again goes as soon as it is written. */
export type Loose = { readonly turns: Turns; readonly once: Turns; turn: number };

type Held = {
  readonly loose: Loose;
  readonly basis: Pick<Basis, 'resources'>;
  readonly asked: { readonly resources: Set<string> };
};

const LOOSE_MAX = 8_000;
/** The batch being planned, and the one whose commit is under way: what they touch cannot be read from the store yet. */
export const TURNS_UNDER_WAY = 2;

export function createLoose(): Loose {
  return { turns: new Map(), once: new Map(), turn: 0 };
}

export function looseSize({ turns, once }: Loose): number {
  return turns.size + once.size;
}

/** Of each message anew, and only ever spoken of again where the message itself comes again. */
export function isSpokenOfOnce(type: string): boolean {
  return type === 'Provenance';
}

export function touch(loose: Loose, type: string, name: string): void {
  if (type === 'Patient' || type === ALLERGIES || judgedList(type) !== undefined) return;
  const turns = isSpokenOfOnce(type) ? loose.once : loose.turns;
  // To the young end: a Map keeps the order of insertion.
  turns.delete(name);
  turns.set(name, loose.turn);
}

/** Begins a turn. What has long not been touched goes, and is read again if it is asked for. */
export function letGo(held: Held): void {
  held.loose.turn += 1;
  letGoBeyond(held, held.loose.once, 0);
  letGoBeyond(held, held.loose.turns, LOOSE_MAX);
}

function letGoBeyond({ loose, basis, asked }: Held, turns: Turns, most: number): void {
  for (const [name, turn] of turns) {
    if (turns.size <= most || turn > loose.turn - TURNS_UNDER_WAY) return;
    turns.delete(name);
    basis.resources.delete(name);
    asked.resources.delete(name);
  }
}
