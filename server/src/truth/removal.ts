// A source takes a whole resource away: one thing said, that there is nothing any more.
import type { ElementSaid } from '../mapping/types.ts';

export function isRemoval({ said }: { readonly said: readonly ElementSaid[] }): boolean {
  return said.length === 1 && said[0]?.element === '*';
}
