// The allergy statements of a person, folded resource by resource and judged.
import { ALLERGIES, decideAllergies } from './decide-allergies.ts';
import type { ExplainInput } from './explain-input.ts';
import { type Hearing, hearEntries } from './hear-entries.ts';

export function hearAllergies(input: ExplainInput): Hearing {
  const entries = hearEntries(input, [ALLERGIES]);
  const allergies = entries.map(({ known, subject, view }) => ({
    subject: known.id,
    source: subject.source,
    view,
    erased: known.erased,
  }));
  const { policy, rulings, at } = input;
  const testimonies = entries.flatMap((entry) => entry.testimonies);
  return { verdict: decideAllergies({ policy, allergies, rulings, at }), testimonies, lifted: [] };
}
