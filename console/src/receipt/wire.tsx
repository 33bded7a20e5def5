// Decoded bytes on the page, with the characters one cannot see named in small frames.
import type { ReactNode } from 'react';
import { type TextPart, visibleParts } from './wire-text.ts';

/** `breaks`: a line end of the message also ends the line on the page. */
export function WireParts({ parts, breaks }: { parts: readonly TextPart[]; breaks: boolean }): ReactNode {
  return parts.map((part, nth) =>
    part.control ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never change their order.
      <span key={nth}>
        <span className="v-control">{part.text}</span>
        {breaks && part.endsLine && '\n'}
      </span>
    ) : (
      part.text
    ),
  );
}

export function WireText({ text }: { text: string }): ReactNode {
  return <WireParts parts={visibleParts(text)} breaks={false} />;
}
