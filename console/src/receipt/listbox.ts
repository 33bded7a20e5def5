// One tab stop for a list of many parts: arrow keys move a cursor inside it, and the part at the cursor is announced.
import { type KeyboardEvent, type MouseEvent, type RefObject, useEffect, useRef } from 'react';

export type ListboxOptions = {
  /** DOM id of the part under the cursor. */
  readonly activeId: string | undefined;
  /** Index of the cursor among the parts; undefined: none yet. */
  readonly cursor: number | undefined;
  readonly length: number;
  /** Whether the cursor was last moved in this list, and not by its counterpart. */
  readonly own: boolean;
  readonly onMove: (index: number) => void;
};
export type ListboxProps = {
  readonly ref: RefObject<HTMLDivElement | null>;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onFocus: () => void;
  /** False for a pointer that has not moved since the page appeared under it: that points at nothing. */
  readonly isPointing: (event: MouseEvent) => boolean;
};

const STEPS: { readonly [key: string]: number } = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

// Where the pointer was last seen.
let seen: { readonly x: number; readonly y: number } | undefined;
const remember = (event: globalThis.MouseEvent) => {
  seen = { x: event.screenX, y: event.screenY };
};
window.addEventListener('mousemove', remember);
window.addEventListener('mousedown', remember);

export function useListbox({ activeId, cursor, length, own, onMove }: ListboxOptions): ListboxProps {
  const ref = useRef<HTMLDivElement>(null);
  const resting = useRef(seen);
  const byPointer = useRef(false);
  useEffect(() => {
    // What the pointer is on is in sight already; scrolling would only pull it away from under the pointer.
    if (activeId !== undefined && ref.current !== null && !(own && byPointer.current)) reveal(ref.current, activeId);
  }, [activeId, own]);
  const onKeyDown = (event: KeyboardEvent) => {
    const to = target(event.key, cursor, length);
    if (to === undefined) return;
    event.preventDefault();
    byPointer.current = false;
    onMove(to);
  };
  const isPointing = (event: MouseEvent) => {
    if (event.screenX === resting.current?.x && event.screenY === resting.current.y) return false;
    resting.current = undefined;
    byPointer.current = true;
    return true;
  };
  return {
    ref,
    isPointing,
    onKeyDown,
    onFocus: () => {
      // A click focuses too, and then the part under the pointer is chosen by the click itself.
      if (cursor === undefined && length > 0 && ref.current?.matches(':focus-visible')) onMove(0);
    },
  };
}

function target(key: string, cursor: number | undefined, length: number): number | undefined {
  if (length === 0) return undefined;
  if (key === 'Home') return 0;
  if (key === 'End') return length - 1;
  const step = STEPS[key];
  if (step === undefined) return undefined;
  return Math.min(length - 1, Math.max(0, (cursor ?? -step) + step));
}

// scrollIntoView would move the page as well; only the pane may follow.
function reveal(pane: HTMLElement, id: string): void {
  const part = document.getElementById(id);
  if (part === null || !pane.contains(part)) return;
  const inside = part.getBoundingClientRect();
  const outer = pane.getBoundingClientRect();
  if (inside.top < outer.top) pane.scrollTop -= outer.top - inside.top + outer.height / 3;
  else if (inside.bottom > outer.bottom) pane.scrollTop += inside.bottom - outer.bottom + outer.height / 3;
}
