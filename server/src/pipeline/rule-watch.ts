// What the watch behind the commits found: conflicts in lists that are not judged with every receipt become cases.         (pure)
import type { Home, SubjectId } from '../base/ids.ts';
import { caseRuleOf, isWatched } from '../truth/index.ts';
import { caseId, conflictCase } from './cases.ts';
import { casesOf } from './holding.ts';
import type { Ruled } from './ruled.ts';
import type { Basis, PlannedCase } from './types.ts';
import type { FailingSource, WatchRequest } from './watch-request.ts';

/** Only cases about watched lists are opened and closed here: what is judged with every receipt is none of its business. */
export function ruleWatch({ persons, conflicts, sources, closes }: WatchRequest, basis: Basis): Ruled {
  const person = persons[0] as SubjectId | undefined;
  const subject = person === undefined ? undefined : basis.subjects.get(person);
  const open = new Map(casesOf(basis, persons).map((one) => [one.id, one]));
  const opens =
    subject === undefined
      ? []
      : conflicts
          .filter((one) => isWatched(one.element))
          .map(({ rule, competing, ...one }) =>
            conflictCase(
              { person: subject.person, home: subject.home, handling: caseRuleOf(basis.policy, one, []) },
              { ...one, because: { rule, competing } },
            ),
          )
          .filter((one) => !open.has(one.id));
  return {
    ...{ ok: true, links: [], rulings: [], touched: [], settles: undefined },
    opens: [...opens, ...sources.map(qualityCase)],
    closes: closes.filter((id) => id.startsWith(QUALITY) || isWatched(open.get(id)?.element)),
  };
}

const QUALITY = 'quality-';

/** About a source, not about a person. */
function qualityCase({ source, check, sentence }: FailingSource): PlannedCase {
  return {
    action: 'open',
    id: `${QUALITY}${caseId(source, check)}`,
    kind: 'source-quality',
    home: 0 as Home,
    harm: 'H2',
    persons: [],
    element: undefined,
    competingSet: undefined,
    competitors: [],
    receipt: undefined,
    steps: [],
    detail: { reason: check, source, sentence },
  };
}
