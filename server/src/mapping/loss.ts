// The loss account of a v2 message: every populated unit is mapped, ignored by a named rule, or listed as unmapped.
import type { Message, Segment, Span, Subcomponent } from '../hl7v2/types.ts';
import type { LossAccount, LossEntry } from './types.ts';
import { isPopulated, positionOf } from './unit.ts';

type Dispositions = ReadonlyMap<Subcomponent, string>;

/** Walks the whole message. Mapped wins over ignored; what is neither is unmapped. */
export function accountFor(message: Message, mapped: Dispositions, ignored: Dispositions): LossAccount {
  const entries: LossEntry[] = [];
  const count = { populated: 0, mapped: 0 };
  for (const segment of message.segments) {
    if (segment.name === '') entries.push(unreadable(segment.span, segment.ordinal));
    else
      visit(segment, (wire, position) => {
        count.populated++;
        if (mapped.has(wire)) count.mapped++;
        else entries.push(setAside(wire, position(), ignored.get(wire)));
      });
  }
  const ignoredCount = entries.filter((entry) => entry.disposition === 'ignored').length;
  const strays = message.segments.filter((segment) => segment.name === '').length;
  return {
    populated: count.populated + strays,
    mapped: count.mapped,
    ignored: ignoredCount,
    unmapped: entries.length - ignoredCount,
    entries,
  };
}

/** Every mapped position with its target, for those who ask to see them. */
export function mappedEntries(message: Message, mapped: Dispositions): readonly LossEntry[] {
  const entries: LossEntry[] = [];
  for (const segment of message.segments)
    visit(segment, (wire, position) => {
      const by = mapped.get(wire);
      if (by !== undefined) entries.push({ position: position(), disposition: 'mapped', by, span: wire.span });
    });
  return entries;
}

function setAside(wire: Subcomponent, position: string, rule: string | undefined): LossEntry {
  return { position, disposition: rule === undefined ? 'unmapped' : 'ignored', by: rule, span: wire.span };
}

function unreadable(span: Span, ordinal: number): LossEntry {
  return { position: `line ${ordinal}`, disposition: 'unmapped', by: undefined, span };
}

function visit(segment: Segment, see: (wire: Subcomponent, position: () => string) => void): void {
  for (let field = 1; field <= segment.fieldCount; field++) {
    segment.field(field).repetitions.forEach((repetition, r) => {
      repetition.components.forEach((component, c) => {
        component.subcomponents.forEach((wire, s) => {
          if (!isPopulated(wire)) return;
          const at = { segment, field, index: r + 1, repetition };
          const unit = { at, component: c + 1, subcomponent: s + 1, wire, text: wire.text, isNull: false };
          see(wire, () => positionOf(unit));
        });
      });
    });
  }
}
