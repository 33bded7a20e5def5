// The two panes: bytes on one side, what they became on the other. Pointing at either lights the other up.
import { type ReactNode, useId, useMemo, useState } from 'react';
import type { ReceiptJourney, Span } from '../api/types.ts';
import { plural, size } from '../parts/when.ts';
import { Became } from './became.tsx';
import { type MarkGroup, markGroups } from './marks.ts';
import { MessagePane } from './message-pane.tsx';
import { closest, cutPieces, type Mark, type Piece } from './pieces.ts';
import { WireText } from './wire.tsx';
import { decoderFor } from './wire-text.ts';

const BYTES_SHOWN_FIRST = 65_536;

/** What is lit: the marks, and where each pane's own cursor stands. */
export type Selection = {
  readonly lit: ReadonlySet<string>;
  readonly piece: number | undefined;
  readonly mark: string | undefined;
  /** The pane the person is in; the other one scrolls to follow. */
  readonly from: 'message' | 'became' | undefined;
};
type BesideProps = { readonly receipt: ReceiptJourney; readonly bytes: Uint8Array; readonly asked: Span | undefined };

export function BesideView({ receipt, bytes, asked }: BesideProps): ReactNode {
  const prefix = useId();
  const [all, setAll] = useState(bytes.length <= BYTES_SHOWN_FIRST || (asked?.end ?? 0) > BYTES_SHOWN_FIRST);
  const shown = all ? bytes.length : BYTES_SHOWN_FIRST;
  const groups = useMemo(() => markGroups(receipt, asked), [receipt, asked]);
  const pieces = useMemo(
    () =>
      cutPieces(
        groups.flatMap((group) => group.marks),
        shown,
      ),
    [groups, shown],
  );
  const [selection, setSelection] = useState<Selection>(() => firstSelection(groups, pieces));
  const decode = useMemo(() => decoderFor(receipt.payload.charset), [receipt.payload.charset]);
  const pickPiece = (index: number) => setSelection(fromPiece(pieces, index));
  const pickMark = (mark: Mark) => setSelection(fromMark(pieces, mark));
  const chosen = groups.flatMap((group) => group.marks).filter((mark) => selection.lit.has(mark.id));
  return (
    <>
      <div className="v-beside">
        <div className="v-beside__pane">
          <h3 className="nhsuk-heading-s" id={`${prefix}-message`}>
            The message
          </h3>
          <MessagePane
            prefix={prefix}
            bytes={bytes}
            pieces={pieces}
            decode={decode}
            selection={selection}
            onPick={pickPiece}
          />
          {!all && (
            <p className="v-small">
              The first {size(shown)} of {size(bytes.length)}.{' '}
              <button type="button" className="v-link-button" onClick={() => setAll(true)}>
                Show all
              </button>
            </p>
          )}
          <Legend />
        </div>
        <div className="v-beside__pane">
          <h3 className="nhsuk-heading-s" id={`${prefix}-became`}>
            What it became
          </h3>
          <Became prefix={prefix} groups={groups} selection={selection} onPick={pickMark} />
        </div>
      </div>
      <Chosen any={pieces.some((piece) => piece.marks.length > 0)} marks={chosen} bytes={bytes} decode={decode} />
    </>
  );
}

function fromPiece(pieces: readonly Piece[], index: number): Selection {
  const piece = pieces[index];
  const marks = piece === undefined ? [] : closest(piece);
  return { lit: new Set(marks.map((mark) => mark.id)), piece: index, mark: marks[0]?.id, from: 'message' };
}

function fromMark(pieces: readonly Piece[], mark: Mark): Selection {
  const at = pieces.findIndex((piece) => piece.marks.some((other) => other.id === mark.id));
  return { lit: new Set([mark.id]), piece: at < 0 ? undefined : at, mark: mark.id, from: 'became' };
}

// Someone who followed "who said so" to here must see those bytes at once, and what they became.
function firstSelection(groups: readonly MarkGroup[], pieces: readonly Piece[]): Selection {
  const marks = groups.flatMap((group) => group.marks);
  const asked = marks.find((mark) => mark.kind === 'asked');
  if (asked === undefined) return { lit: new Set(), piece: undefined, mark: undefined, from: undefined };
  const same = marks.filter((mark) => mark.start === asked.start && mark.end === asked.end);
  const at = pieces.findIndex((piece) => piece.marks.includes(asked));
  return { lit: new Set(same.map((mark) => mark.id)), piece: at, mark: same[1]?.id ?? asked.id, from: undefined };
}

function Legend(): ReactNode {
  return (
    <ul className="v-legend" aria-label="How bytes are marked">
      <li>
        <span className="v-mark v-mark--mapped">mapped</span>
      </li>
      <li>
        <span className="v-mark v-mark--ignored">ignored by a rule</span>
      </li>
      <li>
        <span className="v-mark v-mark--unmapped">not mapped</span>
      </li>
      <li>
        <span className="v-mark v-mark--reason">needs attention</span>
      </li>
    </ul>
  );
}

type ChosenProps = {
  /** Whether there is anything to point at. */
  readonly any: boolean;
  readonly marks: readonly Mark[];
  readonly bytes: Uint8Array;
  readonly decode: (bytes: Uint8Array) => string;
};

/** The lit bytes once more in one sentence, in reach on a phone where the panes stand one above the other. */
function Chosen({ any, marks, bytes, decode }: ChosenProps): ReactNode {
  const mark = marks.find(({ kind }) => kind !== 'asked') ?? marks[0];
  if (mark === undefined) {
    if (!any) return null;
    return (
      <p className="v-chosen v-quiet">
        Point at a part of the message, or step through it with the arrow keys, to see what it became.
      </p>
    );
  }
  return (
    <p className="v-chosen v-chosen--lit">
      <code>{mark.position}</code> “<WireText text={decode(bytes.subarray(mark.start, mark.end))} />” → {mark.target}
      {mark.value !== undefined && (
        <>
          {' '}
          = <strong>{mark.value}</strong>
        </>
      )}{' '}
      <span className="v-small v-inline">
        {plural(mark.end - mark.start, 'byte')} from {mark.start}
      </span>
    </p>
  );
}
