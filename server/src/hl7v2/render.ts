// A message back to bytes, from its parts. What was parsed and not changed renders to the bytes it came from.
import type { Charset } from './charset.ts';
import { encode } from './encode.ts';
import type { Delimiters, Field, Message, Segment } from './types.ts';

export function render(message: Message): Uint8Array {
  const { delimiters } = message;
  const text = message.segments.map((segment) => renderSegment(segment, delimiters) + segment.terminator).join('');
  return encode(message.prefix + text, message.charset as Charset);
}

/** The text of one segment, without its terminator. */
export function renderSegment(segment: Segment, delimiters: Delimiters): string {
  const fields: string[] = [];
  for (let n = 1; n <= segment.fieldCount; n++) fields.push(renderField(segment.field(n), delimiters));
  if (segment.name === '') return fields.join(delimiters.field);
  // MSH-1 is the separator itself, so MSH-2 follows it directly.
  if (segment.name === 'MSH') return segment.nameSent + fields[0] + fields.slice(1).join(delimiters.field);
  return [segment.nameSent, ...fields].join(delimiters.field);
}

export function renderField(field: Field, delimiters: Delimiters): string {
  return field.repetitions
    .map(({ components }) =>
      components
        .map(({ subcomponents }) => subcomponents.map(({ raw }) => raw).join(delimiters.subcomponent))
        .join(delimiters.component),
    )
    .join(delimiters.repetition);
}
