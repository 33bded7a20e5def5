// What a source says over and over: the wards, doctors and practices that ride along in every message.                   (pure)
import type { View } from '../truth/types.ts';
import type { PreparedDraft } from './types.ts';

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

function sameSaid({ said }: Said, draft: Said): boolean {
  if (said === draft.said) return true;
  return (
    said.length === draft.said.length &&
    said.every((one, place) => {
      const other = draft.said[place];
      return one.element === other?.element && one.action === other.action && one.update === other.update;
    })
  );
}
