// The raw message, decoded piece by piece from its bytes, so that a byte range is always exactly the text it covers.
import { memo, type ReactNode, useMemo } from 'react';
import type { Selection } from './beside.tsx';
import { useListbox } from './listbox.ts';
import { closest, type Piece } from './pieces.ts';
import { WireParts } from './wire.tsx';
import { type TextPart, visibleParts } from './wire-text.ts';

type MessagePaneProps = {
  readonly prefix: string;
  readonly bytes: Uint8Array;
  readonly pieces: readonly Piece[];
  readonly decode: (bytes: Uint8Array) => string;
  readonly selection: Selection;
  readonly onPick: (piece: number) => void;
};

export function MessagePane({ prefix, bytes, pieces, decode, selection, onPick }: MessagePaneProps): ReactNode {
  const texts = useMemo(
    () => pieces.map((piece) => visibleParts(decode(bytes.subarray(piece.start, piece.end)))),
    [pieces, bytes, decode],
  );
  const marked = useMemo(() => pieces.flatMap((piece, index) => (piece.marks.length > 0 ? [index] : [])), [pieces]);
  const at = selection.piece === undefined ? -1 : marked.indexOf(selection.piece);
  const activeId = at < 0 ? undefined : `${prefix}-piece-${selection.piece}`;
  const listbox = useListbox({
    activeId,
    cursor: at < 0 ? undefined : at,
    length: marked.length,
    own: selection.from === 'message',
    onMove: (to) => {
      const index = marked[to];
      if (index !== undefined) onPick(index);
    },
  });
  const pick = (element: EventTarget) => {
    const index = element instanceof Element ? element.closest('[data-piece]')?.getAttribute('data-piece') : null;
    if (index !== null && index !== undefined && Number(index) !== selection.piece) onPick(Number(index));
  };
  const content = pieces.map((piece, index) => (
    <PieceText
      key={piece.start}
      id={`${prefix}-piece-${index}`}
      index={index}
      piece={piece}
      parts={texts[index] ?? []}
      lit={piece.marks.some((mark) => selection.lit.has(mark.id))}
    />
  ));
  if (marked.length === 0) {
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
      <section className="v-message" tabIndex={0} aria-labelledby={`${prefix}-message`}>
        {content}
      </section>
    );
  }
  return (
    <div
      ref={listbox.ref}
      role="listbox"
      tabIndex={0}
      aria-activedescendant={activeId}
      className="v-message"
      aria-labelledby={`${prefix}-message`}
      onKeyDown={listbox.onKeyDown}
      onFocus={listbox.onFocus}
      onMouseOver={(event) => listbox.isPointing(event) && pick(event.target)}
      onClick={(event) => pick(event.target)}
    >
      {content}
    </div>
  );
}

type PieceTextProps = {
  readonly id: string;
  readonly index: number;
  readonly piece: Piece;
  readonly parts: readonly TextPart[];
  readonly lit: boolean;
};

const PieceText = memo(function PieceText({ id, index, piece, parts, lit }: PieceTextProps): ReactNode {
  const content = <WireParts parts={parts} breaks />;
  if (piece.marks.length === 0) return <span>{content}</span>;
  const [mark] = closest(piece);
  const reason = piece.marks.some(({ kind }) => kind === 'reason') ? ' v-mark--reason' : '';
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the cursor is the listbox's aria-activedescendant.
    <span
      id={id}
      data-piece={index}
      role="option"
      aria-selected={lit}
      className={`v-mark v-mark--${mark?.kind}${reason}${lit ? ' v-mark--lit' : ''}`}
      title={`${mark?.position}: ${mark?.target}`}
    >
      {content}
    </span>
  );
});
