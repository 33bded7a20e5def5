// What a source says over and over: the wards, doctors and practices that ride along in every message, and a patient's details, sent
// whole with each of them.                                                                                                  (pure)
import { hash } from 'node:crypto';
import type { View } from '../truth/types.ts';
import type { PlannedStatement, PreparedDraft } from './types.ts';

type Said = Pick<PreparedDraft, 'text' | 'said'>;

/** By view, the draft that was last folded into it and found to change nothing. */
const again = new WeakMap<View, Said>();

/**
 * True when folding this draft into the view is known to change nothing, so that it need not be done. A late draft takes another place
 * in the order of saying, and one that names a patient may be what makes that patient known: both go the long way.
 */
export function isSaidAgain(view: View, draft: PreparedDraft): boolean {
  const known = again.get(view);
  return known?.text === draft.text && sameSaid(known, draft) && draft.saidAt >= view.lastSaidAt;
}

export function noteSaidAgain(view: View, draft: PreparedDraft): void {
  if (!draft.text.includes('"key:Patient|')) again.set(view, { text: draft.text, said: draft.said });
}

type Told = Pick<PlannedStatement, 'text' | 'said' | 'replaces'>;
type Last = { readonly digest: string } & Pick<PlannedStatement, 'said' | 'replaces'>;

/** By view, what the last statement folded into it said: a digest, for views are many. */
const last = new WeakMap<View, Last>();

/** True when the statement says the very same, by the same text, as the last one of this view. */
export function saysTheSame(view: View, { text, said, replaces }: Told): boolean {
  const known = last.get(view);
  return known?.replaces === replaces && sameSaid(known, { said }) && known.digest === digestOf(text);
}

/** Remembers what the last statement of this view said. What is the same for `before`, the view that it moved on from, is taken over. */
export function noteLast(view: View, { text, said, replaces }: Told, before?: View): void {
  const same = before === undefined ? undefined : last.get(before);
  last.set(view, same ?? { digest: digestOf(text), said, replaces });
}

function digestOf(text: string): string {
  return hash('sha256', text, 'base64url');
}

function sameSaid({ said }: Pick<Said, 'said'>, other: Pick<Said, 'said'>): boolean {
  if (said === other.said) return true;
  return (
    said.length === other.said.length &&
    said.every((one, place) => {
      const theirs = other.said[place];
      return one.element === theirs?.element && one.action === theirs.action && one.update === theirs.update;
    })
  );
}
