// Compact text for what goes with every statement: which elements it speaks of, and which bytes they came from.            (pure)
import { invariant } from '../base/errors.ts';
import type { ElementSaid, Origin } from '../mapping/types.ts';

// One letter an element: set or clear, as a snapshot or merged by type.
const LETTER: { readonly [action in ElementSaid['action']]: { readonly [update in ElementSaid['update']]: string } } = {
  set: { snapshot: 's', 'merge-by-type': 'm' },
  clear: { snapshot: 'c', 'merge-by-type': 'd' },
};
const MEANING: { readonly [letter: string]: Omit<ElementSaid, 'element'> } = {
  s: { action: 'set', update: 'snapshot' },
  m: { action: 'set', update: 'merge-by-type' },
  c: { action: 'clear', update: 'snapshot' },
  d: { action: 'clear', update: 'merge-by-type' },
};

/** `s name`, `c deceasedDateTime`, one a line. */
export function packSaid(said: readonly ElementSaid[]): string {
  return said.map(({ element, action, update }) => `${LETTER[action][update]} ${shield(element)}`).join('\n');
}

export function unpackSaid(text: string): readonly ElementSaid[] {
  if (text === '') return [];
  return text.split('\n').map((line) => {
    const meaning = MEANING[line[0] ?? ''];
    invariant(meaning !== undefined, 'a stored statement says what it does to each element');
    return { element: unshield(line.slice(2)), ...meaning };
  });
}

/** `path TAB position TAB start TAB length`, one a line. */
export function packOrigins(origins: readonly Origin[]): string {
  return origins
    .map(({ path, position, span }) => `${shield(path)}\t${shield(position)}\t${span.start}\t${span.end - span.start}`)
    .join('\n');
}

export function unpackOrigins(text: string): readonly Origin[] {
  if (text === '') return [];
  return text.split('\n').map((line) => {
    const [path = '', position = '', start = '', length = ''] = line.split('\t');
    return {
      path: unshield(path),
      position: unshield(position),
      span: { start: Number(start), end: Number(start) + Number(length) },
    };
  });
}

// A CSV column may be called anything, line ends included.
function shield(text: string): string {
  return /[%\t\n]/.test(text) ? text.replace(/[%\t\n]/g, encodeURIComponent) : text;
}

function unshield(text: string): string {
  return text.includes('%') ? decodeURIComponent(text) : text;
}
