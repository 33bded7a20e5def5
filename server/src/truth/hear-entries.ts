// The statements about entries of a person's lists, folded resource by resource, with what each of them said.
import type { ExplainInput, ExplainSubject } from './explain-input.ts';
import { hear, type LiftedRestriction, type Testimony } from './testimony.ts';
import type { Spoken, SubjectInput, Verdict, View } from './types.ts';

export type Hearing = {
  readonly verdict: Verdict;
  /** Every statement that spoke of the element, with the subject (or entry) as it stands after all of them. */
  readonly testimonies: readonly { readonly testimony: Testimony; readonly subject: SubjectInput }[];
  /** Restrictions, lifted since, that would hide the element. */
  readonly lifted: readonly LiftedRestriction[];
  /** What is to be told of an entry beyond its value: why others speak of the same, how many witnesses there are. */
  readonly more?: readonly string[];
};

export type HeardEntry = {
  readonly resourceId: string;
  readonly known: ExplainSubject;
  readonly subject: SubjectInput;
  readonly view: View;
  readonly testimonies: Hearing['testimonies'];
  /** Everything said of it, taken or not: a corrected result takes no value from what says that it is final. */
  readonly statements: readonly Spoken[];
};

export function hearEntries(input: ExplainInput, types: readonly string[]): readonly HeardEntry[] {
  const byId = new Map(input.subjects.map((subject) => [subject.id, subject]));
  const spoken = input.statements.filter((statement) => types.includes(statement.resourceType));
  const found: HeardEntry[] = [];
  for (const [, statements] of Map.groupBy(spoken, (one) => `${one.resourceType}/${one.resourceId}`)) {
    const [first] = statements;
    const known = first?.subject === undefined ? undefined : byId.get(first.subject);
    const heard = known === undefined ? undefined : hear(statements, () => true);
    if (first === undefined || known === undefined || heard === undefined) continue;
    const { view } = heard;
    const subject = { ...known, source: first.source, view };
    const testimonies = heard.testimonies.map(({ statement }) => ({
      testimony: { statement, value: statement.resource },
      subject,
    }));
    found.push({ resourceId: first.resourceId, known, subject, view, testimonies, statements });
  }
  return found;
}
