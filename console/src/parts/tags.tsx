// States as words in a coloured frame; the word alone says it, the colour only helps. One table per kind of state.
import type { ReactNode } from 'react';
import type { HarmClass, ReceiptState, VerdictState } from '../api/types.ts';

export const VERDICTS: { readonly [state in VerdictState]: { readonly colour: string; readonly means: string } } = {
  known: { colour: 'nhsuk-tag--green', means: 'The sources agree, or only one speaks.' },
  assumed: { colour: 'nhsuk-tag--blue', means: 'The sources differ and a written rule chose.' },
  conflicting: { colour: 'nhsuk-tag--red', means: 'The sources differ and no rule may choose; a person decides.' },
  missing: { colour: 'nhsuk-tag--grey', means: 'No source has said.' },
  stale: { colour: 'nhsuk-tag--orange', means: 'Older than the policy allows without being repeated.' },
  withheld: { colour: 'nhsuk-tag--purple', means: 'Held back by consent or a label.' },
  erased: { colour: 'nhsuk-tag--white', means: 'Destroyed by an erasure.' },
};

export const RECEIPT_STATES: {
  readonly [state in ReceiptState]: { readonly colour: string; readonly open: boolean; readonly means: string };
} = {
  received: { colour: 'nhsuk-tag--blue', open: true, means: 'stored, not yet worked on' },
  waiting: { colour: 'nhsuk-tag--yellow', open: true, means: 'behind an earlier receipt of the same subject' },
  quarantined: { colour: 'nhsuk-tag--red', open: true, means: 'needs repair' },
  held: { colour: 'nhsuk-tag--purple', open: true, means: 'needs a ruling' },
  applied: { colour: 'nhsuk-tag--green', open: false, means: 'in the record' },
  duplicate: { colour: 'nhsuk-tag--grey', open: false, means: 'the same as an earlier one' },
  superseded: { colour: 'nhsuk-tag--grey', open: false, means: 'overtaken by a newer one' },
  rejected: { colour: 'nhsuk-tag--orange', open: false, means: 'refused for good' },
};
/** In the order of the river: open first, then the ends. */
export const RECEIPT_STATE_NAMES = Object.keys(RECEIPT_STATES) as ReceiptState[];

const HARMS: { readonly [harm in HarmClass]: string } = {
  H0: 'administrative',
  H1: 'low harm',
  H2: 'harm if wrong',
  H3: 'serious harm if wrong',
};

export const HARM_CLASSES = (Object.keys(HARMS) as HarmClass[]).toReversed();

export function Tag({ text, colour, title }: { text: string; colour: string; title?: string | undefined }): ReactNode {
  return (
    <strong className={`nhsuk-tag v-tag ${colour}`} title={title}>
      {text}
    </strong>
  );
}

export function VerdictTag({ state }: { state: VerdictState }): ReactNode {
  const { colour, means } = VERDICTS[state] ?? { colour: 'nhsuk-tag--grey', means: '' };
  return <Tag text={state} colour={colour} title={means} />;
}

export function ReceiptTag({ state }: { state: ReceiptState }): ReactNode {
  const { colour, means } = RECEIPT_STATES[state] ?? { colour: 'nhsuk-tag--grey', means: '' };
  return <Tag text={state} colour={colour} title={means} />;
}

export function harmText(harm: string | undefined): string {
  if (harm === undefined) return '';
  return harm in HARMS ? `${harm}, ${HARMS[harm as HarmClass]}` : harm;
}
