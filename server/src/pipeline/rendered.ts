// A view's text, rendered once: it is asked for when a statement is compared, when a version is made, and by the next message.
import { rendersAlike, renderView } from '../truth/index.ts';
import type { View } from '../truth/types.ts';

const texts = new WeakMap<View, string>();

/** The same as `renderView`; views are values, so the text of one never changes. */
export function rendered(view: View): string {
  const known = texts.get(view);
  if (known !== undefined) return known;
  const text = renderView(view);
  texts.set(view, text);
  return text;
}

export function rendersSame(one: View, other: View): boolean {
  return rendersAlike(one, other) || rendered(one) === rendered(other);
}
