// A ruling that a statement spoke of somebody else takes back all that the statement said of the person, not only the element that
// was in dispute: a name and a number that came with somebody else's birth date are somebody else's as well.
import type { StatementId } from '../base/ids.ts';
import { isList } from './json-values.ts';
import type { Candidate, SetAside, SubjectInput, Verdict, View, ViewElement } from './types.ts';
import { aside } from './verdict.ts';
import { nothing } from './words.ts';

/** Statements that rulings which bind say to be about somebody else. */
export function withdrawnStatements(verdicts: readonly Verdict[]): ReadonlySet<StatementId> {
  return new Set(
    verdicts.flatMap(({ because }) => because.setAside.filter(isStranger).map(({ candidate }) => candidate.statement)),
  );
}

function isStranger({ reason }: SetAside): boolean {
  return reason === 'wrong-patient';
}

export function rulesOnStranger({ because }: Verdict): boolean {
  return because.setAside.some(isStranger);
}

/** A subject as if those statements had not been made of it. */
export function withoutStatements(subject: SubjectInput, withdrawn: ReadonlySet<StatementId>): SubjectInput {
  const elements: { [element: string]: ViewElement } = {};
  for (const [name, element] of Object.entries(subject.view.elements)) {
    const left = withoutEntries(element, withdrawn);
    if (left !== undefined) elements[name] = left;
  }
  const view: View = { ...subject.view, elements, wholeText: undefined };
  return { ...subject, view };
}

function withoutEntries(element: ViewElement, withdrawn: ReadonlySet<StatementId>): ViewElement | undefined {
  const { entries, value } = element;
  if (entries === undefined || !isList(value)) return withdrawn.has(element.statement) ? undefined : element;
  const kept = value.flatMap((one, place) => {
    const from = entries[place];
    return from !== undefined && withdrawn.has(from.statement) ? [] : [{ one, from: from ?? element }];
  });
  if (kept.length === 0) return undefined;
  return { ...element, value: kept.map(({ one }) => one), entries: kept.map(({ from }) => from) };
}

/** What the withdrawn statements said of the element, to be cited beside its verdict. */
export function strangersOn(
  element: string,
  subjects: readonly SubjectInput[],
  withdrawn: ReadonlySet<StatementId>,
): readonly SetAside[] {
  const said: Candidate[] = [];
  for (const subject of subjects) {
    const spoken = subject.view.elements[element];
    if (spoken === undefined || !withdrawn.has(spoken.statement)) continue;
    said.push({ ...nothing(subject, spoken), value: spoken.value ?? null });
  }
  return said.map((candidate) => aside(candidate, 'wrong-patient'));
}
