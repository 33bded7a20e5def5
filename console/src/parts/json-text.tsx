// JSON as it was stored, broken into lines and nothing else, in a region of its own that scrolls.
import type { ReactNode } from 'react';
import { pretty } from './pretty.ts';

export function JsonText({ text, label }: { text: string; label: string }): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <section className="v-json" tabIndex={0} aria-label={label}>
      <pre>{pretty(text)}</pre>
    </section>
  );
}
