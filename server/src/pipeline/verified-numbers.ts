// The verified NHS numbers of whole persons: what a veto looks at.                                                       (pure)
import type { SubjectId } from '../base/ids.ts';
import { identityOf, NHS_NUMBER_SYSTEM } from '../identity/index.ts';
import { membersOf } from './holding.ts';
import type { Basis } from './types.ts';

/** Of everybody in the persons that these subjects belong to: the veto looks at whole persons. */
export function verifiedNhsNumbers(basis: Basis, subjects: readonly SubjectId[]): ReadonlySet<string> {
  const persons = new Set(subjects.flatMap((id) => basis.subjects.get(id)?.person ?? []));
  const identifiers = membersOf(basis, persons).flatMap((member) =>
    member.view === undefined ? [] : identityOf(member.view, member).identifiers,
  );
  return new Set(identifiers.filter((one) => one.system === NHS_NUMBER_SYSTEM && one.verified).map((one) => one.value));
}
