// Why there is nothing, in words: what we know of it, and that it is not the same as there being none.
import type { Absence } from './absence.ts';
import type { Cited, Row } from './explain-rows.ts';
import { localTime } from './local-time.ts';
import type { Verdict } from './types.ts';
import { elementInWords } from './value-in-words.ts';

type Silent = {
  readonly verdict: Verdict;
  readonly cited: Cited;
  readonly zone: string;
  readonly absence: Absence | undefined;
};

const NOT_NONE = 'That is not the same as there being none.';

export function absentSentences(told: Silent, claim: (row: Row) => string): readonly string[] {
  if (told.verdict.because.rule === 'source-says-none') {
    return [...told.cited.said.map(claim), 'No other source says anything.', ...unheard(told)];
  }
  const name = elementInWords(told.verdict.element);
  return [firstSentence(told, name), ...unheard(told), NOT_NONE];
}

function firstSentence({ cited, absence }: Silent, name: string): string {
  const withdrawn = cited.setAside.some((row) => row.reason === 'withdrawn');
  if (withdrawn) return `What was recorded about ${name} has been taken back.`;
  if (absence?.kind === 'never-asked') {
    return absence.anySends === false
      ? `None of the systems that send to us record anything about ${name}, so nobody has asked as far as we can tell.`
      : `A source tells us that nobody has asked about ${name}.`;
  }
  return `Nobody has told us anything about ${name}.`;
}

function unheard({ absence, zone }: Silent): readonly string[] {
  return (absence?.unheard ?? []).map(
    ({ sourceName, since }) =>
      `${sourceName} usually tells us, and has not been heard from since ${localTime(since, zone)}.`,
  );
}
