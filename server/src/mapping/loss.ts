// The loss account of a v2 message: every populated unit is mapped, ignored by a named rule, or listed as unmapped.
import type { Message, Segment, Subcomponent } from '../hl7v2/types.ts';
import type { LossAccount, LossEntry } from './types.ts';
import { isPopulated, positionOf } from './unit.ts';

/** Units and the rule that sets each aside. */
type Rules = ReadonlyMap<Subcomponent, string>;

/** What became of the units of a message. `listMapped`: list the mapped ones too, for somebody who looks at one receipt. */
type Fates = { readonly mapped: ReadonlySet<Subcomponent>; readonly ignored: Rules; readonly listMapped: boolean };

/** Walks the whole message. Mapped goes before ignored; what is neither is unmapped. */
export function accountFor(message: Message, { mapped, ignored, listMapped }: Fates): LossAccount {
  const entries: LossEntry[] = [];
  const count = { populated: 0, mapped: 0, ignored: 0 };
  for (const segment of message.segments) {
    visit(segment, (wire, position) => {
      count.populated++;
      if (mapped.has(wire)) {
        count.mapped++;
        if (listMapped) entries.push({ position: position(), disposition: 'mapped', by: undefined, span: wire.span });
        return;
      }
      const by = isBlank(wire) ? 'blank-text' : ignored.get(wire);
      if (by !== undefined) count.ignored++;
      entries.push({
        position: position(),
        disposition: by === undefined ? 'unmapped' : 'ignored',
        by,
        span: wire.span,
      });
    });
  }
  return { ...count, unmapped: count.populated - count.mapped - count.ignored, entries };
}

function isBlank(wire: Subcomponent): boolean {
  return wire.presence === 'value' && wire.text.trim() === '';
}

function visit(segment: Segment, see: (wire: Subcomponent, position: () => string) => void): void {
  for (let field = 1; field <= segment.fieldCount; field++) {
    const { presence, repetitions } = segment.field(field);
    if (presence === 'empty' || presence === 'absent') continue;
    for (let r = 0; r < repetitions.length; r++) {
      const repetition = repetitions[r];
      if (repetition === undefined || repetition.presence === 'empty') continue;
      for (let c = 0; c < repetition.components.length; c++) {
        const subcomponents = repetition.components[c]?.subcomponents ?? [];
        for (let s = 0; s < subcomponents.length; s++) {
          const wire = subcomponents[s];
          if (wire === undefined || !isPopulated(wire)) continue;
          const at = { segment, field, index: r + 1, repetition };
          see(wire, () => positionOf({ at, component: c + 1, subcomponent: s + 1, wire, text: '', isNull: false }));
        }
      }
    }
  }
}
