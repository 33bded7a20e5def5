// What a source says of who its patient is: the elements by which people are told apart, with the statement behind each.
import type { IdentitySubject, SubjectExplained } from './types.ts';

export const IDENTIFYING: readonly string[] = ['identifier', 'name', 'birthDate', 'gender', 'address'];

export function spokenOf({ view }: IdentitySubject): SubjectExplained['said'] {
  if (view === undefined || view.removed === true) return [];
  return IDENTIFYING.flatMap((element) => {
    const held = view.elements[element];
    if (held?.value === undefined) return [];
    return [{ element, value: held.value, statement: held.statement, saidAt: held.saidAt }];
  });
}
