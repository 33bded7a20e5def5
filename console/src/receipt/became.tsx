// What the bytes became, statement by statement; then what no rule mapped, and what a named rule left out.
import { type ReactNode, useMemo } from 'react';
import type { Selection } from './beside.tsx';
import { useListbox } from './listbox.ts';
import { type MarkGroup, pathInWords } from './marks.ts';
import type { Mark } from './pieces.ts';

type BecameProps = {
  readonly prefix: string;
  readonly groups: readonly MarkGroup[];
  readonly selection: Selection;
  readonly onPick: (mark: Mark) => void;
};

export function Became({ prefix, groups, selection, onPick }: BecameProps): ReactNode {
  const marks = useMemo(() => groups.flatMap((group) => group.marks), [groups]);
  const at = marks.findIndex((mark) => mark.id === selection.mark);
  const activeId = at < 0 ? undefined : `${prefix}-${selection.mark}`;
  const listbox = useListbox({
    activeId,
    cursor: at < 0 ? undefined : at,
    length: marks.length,
    own: selection.from === 'became',
    onMove: (to) => {
      const mark = marks[to];
      if (mark !== undefined) onPick(mark);
    },
  });
  if (marks.length === 0) return <p className="v-quiet">Nothing in the record came from these bytes.</p>;
  const pick = (element: EventTarget) => {
    const id = element instanceof Element ? element.closest('[data-mark]')?.getAttribute('data-mark') : undefined;
    const mark = marks.find((candidate) => candidate.id === id);
    if (mark !== undefined && mark.id !== selection.mark) onPick(mark);
  };
  return (
    <div
      ref={listbox.ref}
      role="listbox"
      tabIndex={0}
      aria-activedescendant={activeId}
      className="v-became"
      aria-labelledby={`${prefix}-became`}
      onKeyDown={listbox.onKeyDown}
      onFocus={listbox.onFocus}
      onMouseOver={(event) => listbox.isPointing(event) && pick(event.target)}
      onClick={(event) => pick(event.target)}
    >
      {groups.map((group, index) => (
        <Group key={`${group.title}-${index.toString()}`} id={`${prefix}-group-${index}`} group={group}>
          {group.marks.map((mark) => (
            <Row key={mark.id} id={`${prefix}-${mark.id}`} mark={mark} lit={selection.lit.has(mark.id)} />
          ))}
        </Group>
      ))}
    </div>
  );
}

function Group({ id, group, children }: { id: string; group: MarkGroup; children: ReactNode }): ReactNode {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of options inside a listbox; fieldset is for form fields.
    <div role="group" aria-labelledby={id} className="v-became__group">
      <p className="v-became__title" id={id}>
        {group.title}
        {group.note !== undefined && <span className="v-small"> {group.note}</span>}
      </p>
      {children}
    </div>
  );
}

function Row({ id, mark, lit }: { id: string; mark: Mark; lit: boolean }): ReactNode {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the cursor is the listbox's aria-activedescendant.
    <div
      id={id}
      data-mark={mark.id}
      role="option"
      aria-selected={lit}
      className={`v-became__row v-became__row--${mark.kind}${lit ? ' v-became__row--lit' : ''}`}
    >
      <code className="v-became__position">{mark.position}</code>
      <span className="v-became__target" title={mark.kind === 'mapped' ? mark.target : undefined}>
        {mark.kind === 'mapped' ? pathInWords(mark.target) : mark.target}
      </span>
      {mark.value !== undefined && <span className="v-became__value">{mark.value}</span>}
    </div>
  );
}
