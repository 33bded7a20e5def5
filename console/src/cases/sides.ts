// The competing statements of a case in columns, one for each record that speaks, and how long there is to decide. Pure.
import type { CaseSummary, ExplainedStatement, Explanation, Instant } from '../api/types.ts';
import { duration } from '../parts/when.ts';
import { sayCompetitor } from './say-competitor.ts';

export type SideStatement = {
  readonly statement: number;
  readonly value: string;
  readonly saidAt: Instant;
  /** When it was last said again; undefined where it was said once. */
  readonly repeatedAt: Instant | undefined;
};
export type Side = { readonly key: string; readonly name: string; readonly statements: readonly SideStatement[] };

/** As the server parts them, by record; where it does not, by source. */
export function sidesOf(found: CaseSummary, nameOf: (source: string) => string): readonly Side[] {
  if (found.conflict !== undefined) {
    return found.conflict.sides.map(({ subject, sourceName, statements }) => ({
      key: subject,
      name: sourceName,
      statements: statements.map((one) => ({
        statement: one.statement,
        value: sayCompetitor(one.value, found.element),
        saidAt: one.saidAt,
        repeatedAt: one.repeatedAt,
      })),
    }));
  }
  const bySource = Map.groupBy(found.competitors, ({ source }) => source);
  return [...bySource].map(([source, said]) => ({
    key: source,
    name: nameOf(source),
    statements: said.map(({ statement, value, saidAt }) => ({
      ...{ statement, saidAt, repeatedAt: undefined },
      value: sayCompetitor(value, found.element),
    })),
  }));
}

/** What an explanation knows of a statement: when it reached us, in which receipt, from which bytes. */
export function explained(explanation: Explanation | undefined, statement: number): ExplainedStatement | undefined {
  return [...(explanation?.said ?? []), ...(explanation?.setAside ?? [])].find((one) => one.statement === statement);
}

export type Deadline = { readonly overdue: boolean; readonly words: string };

/** As the server tells it: a store may be younger than what it holds. */
export function deadlineOf({ secondsLeft: left, overdue }: CaseSummary): Deadline | undefined {
  if (left === undefined) return undefined;
  if (overdue === true && left >= 0) return { overdue, words: 'overdue: what it waited for did not come' };
  return left < 0
    ? { overdue: true, words: `overdue by ${duration(-left)}` }
    : { overdue: false, words: `${duration(left)} left` };
}
