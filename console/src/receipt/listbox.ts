// One tab stop for a list of many parts: arrow keys move a cursor inside it, and the part at the cursor is announced.
import { type KeyboardEvent, type MouseEvent, type RefObject, useEffect, useRef } from 'react';

export type ListboxOptions = {
  /** DOM id of the part under the cursor. */
  readonly activeId: string | undefined;
  /** Index of the cursor among the parts; undefined: none yet. */
  readonly cursor: number | undefined;
  readonly length: number;
  readonly onMove: (index: number) => void;
};
export type ListboxProps = {
  readonly ref: RefObject<HTMLDivElement | null>;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onFocus: () => void;
};

const STEPS: { readonly [key: string]: number } = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

export function useListbox({ activeId, cursor, length, onMove }: ListboxOptions): ListboxProps {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (activeId !== undefined && ref.current !== null) reveal(ref.current, activeId);
  }, [activeId]);
  const onKeyDown = (event: KeyboardEvent) => {
    const to = target(event.key, cursor, length);
    if (to === undefined) return;
    event.preventDefault();
    onMove(to);
  };
  return {
    ref,
    onKeyDown,
    onFocus: () => {
      // A click focuses too, and then the part under the pointer is chosen by the click itself.
      if (cursor === undefined && length > 0 && ref.current?.matches(':focus-visible')) onMove(0);
    },
  };
}

/** A browser also reports a pointer that rests where something new appears: that points at nothing. */
export function isMoved(event: MouseEvent): boolean {
  return event.movementX !== 0 || event.movementY !== 0;
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
