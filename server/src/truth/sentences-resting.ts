// What an explanation tells of withdrawals: that what it is about rests on one, or is one on which something rests.
import type { ExplainInput } from './explain-input.ts';
import type { Hearing } from './hear-entries.ts';
import { listed } from './sentences-parts.ts';

export function restingSentences({ resting = [], statements }: ExplainInput, { verdict }: Hearing): readonly string[] {
  if (resting.length === 0) return [];
  const { used, competing, setAside } = verdict.because;
  const cited = new Set<number>(
    [...used, ...competing, ...setAside.map((one) => one.candidate)].map((one) => one.statement),
  );
  const named = new Set(
    statements.filter((one) => cited.has(one.id)).map((one) => `${one.resourceType}/${one.resourceId}`),
  );
  return resting.flatMap(({ id, withdrawn, open, reached }) => {
    const until = open
      ? `Whether that stands without it waits for a person, in case ${id}.`
      : `That was settled in case ${id}.`;
    const rests = reached.filter((one) => cited.has(one.statement)).map((one) => one.name);
    const told =
      rests.length === 0
        ? []
        : [`${listed(rests)} ${rests.length === 1 ? 'rests' : 'rest'} on ${withdrawn}, which was withdrawn. ${until}`];
    const others = reached.map((one) => one.name);
    return named.has(withdrawn)
      ? [
          ...told,
          `${withdrawn} was withdrawn, and ${listed(others)} ${others.length === 1 ? 'rests' : 'rest'} on it. ${until}`,
        ]
      : told;
  });
}
