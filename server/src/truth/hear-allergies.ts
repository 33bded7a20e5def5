// The allergy statements of a person, folded resource by resource and judged.
import { ALLERGIES, type AllergyInput, decideAllergies } from './decide-allergies.ts';
import type { ExplainInput } from './explain-input.ts';
import { hear, type LiftedRestriction, type Testimony } from './testimony.ts';
import type { SubjectInput, Verdict } from './types.ts';

export type Hearing = {
  readonly verdict: Verdict;
  /** Every statement that spoke of the element, with the subject (or allergy record) as it stands after all of them. */
  readonly testimonies: readonly { readonly testimony: Testimony; readonly subject: SubjectInput }[];
  /** Restrictions, lifted since, that would hide the element. */
  readonly lifted: readonly LiftedRestriction[];
};

export function hearAllergies(input: ExplainInput): Hearing {
  const byId = new Map(input.subjects.map((subject) => [subject.id, subject]));
  const spoken = input.statements.filter((statement) => statement.resourceType === ALLERGIES);
  const allergies: AllergyInput[] = [];
  const testimonies: { readonly testimony: Testimony; readonly subject: SubjectInput }[] = [];
  for (const [, statements] of Map.groupBy(spoken, (statement) => statement.resourceId)) {
    const [first] = statements;
    const known = first?.subject === undefined ? undefined : byId.get(first.subject);
    const heard = known === undefined ? undefined : hear(statements, () => true);
    if (first === undefined || known === undefined || heard === undefined) continue;
    allergies.push({ subject: known.id, source: first.source, view: heard.view, erased: known.erased });
    const subject = { ...known, source: first.source, view: heard.view };
    for (const { statement } of heard.testimonies) {
      testimonies.push({ testimony: { statement, value: statement.resource }, subject });
    }
  }
  const { policy, rulings, at } = input;
  return { verdict: decideAllergies({ policy, allergies, rulings, at }), testimonies, lifted: [] };
}
