// JSON as it was stored, broken into lines and nothing else, in a region of its own that scrolls.
import type { ReactNode } from 'react';

export function JsonText({ text, label }: { text: string; label: string }): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <section className="v-json" tabIndex={0} aria-label={label}>
      <pre>{pretty(text)}</pre>
    </section>
  );
}

/** Line breaks only: a number keeps the digits it came with, which parsing and writing again would not promise. */
function pretty(text: string): string {
  let depth = 0;
  return text.replace(/"(?:[^"\\]|\\.)*"|[{}[\],:]|\s+/g, (token) => {
    if (/^\s/.test(token)) return '';
    if (token === '{' || token === '[') {
      depth += 1;
      return `${token}\n${'  '.repeat(depth)}`;
    }
    if (token === '}' || token === ']') {
      depth = Math.max(0, depth - 1);
      return `\n${'  '.repeat(depth)}${token}`;
    }
    if (token === ',') return `,\n${'  '.repeat(depth)}`;
    return token === ':' ? ': ' : token;
  });
}
