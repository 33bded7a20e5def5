// A practitioner named in any message: the statement about them, and the reference to it.
import { type Context, emit } from './context.ts';
import type { Part } from './datatypes/part.ts';
import { readNamedOnly, readPractitioner } from './datatypes/staff.ts';
import type { Node } from './sourced.ts';
import { draftOf } from './statement.ts';

/** A reference to the Practitioner that an XCN names, whose statement is added; only a name to show where there is no id. */
export function practitionerReference(context: Context, part: Part): Node | undefined {
  const practitioner = readPractitioner(context, part);
  if (practitioner === undefined) return readNamedOnly(part);
  emit(context, draftOf('Practitioner', practitioner.key, practitioner.elements));
  const display = practitioner.display === '' ? undefined : practitioner.display;
  return { reference: `key:Practitioner|${practitioner.key}`, display };
}
