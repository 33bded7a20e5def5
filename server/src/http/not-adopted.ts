// What of a written Patient is stored as said and yet not what is served, and why: the writer is told at once, not left to find out.
import type { StateReason } from '../intake/types.ts';
import { readLedgerSize } from '../operate/reader.ts';
import { personAt } from '../pipeline/person-at.ts';
import type { Plan } from '../pipeline/types.ts';
import { decide } from '../truth/index.ts';
import type { Candidate, SetAsideReason, Verdict } from '../truth/types.ts';
import type { HttpContext } from './context.ts';

type Written = Plan['statements'][number];

const WHY: { readonly [reason in SetAsideReason]: string | undefined } = {
  agrees: undefined,
  'superseded-by-same-source': undefined,
  'lower-trust': 'a source that is trusted more says otherwise',
  older: 'another source said otherwise more recently',
  'retired-by-merge': 'the record was merged into another by its sender',
  'ruled-out': 'a person ruled otherwise',
  'negated-by-positive': 'another source says there is one',
  'less-precise': 'another source says it more precisely',
  withdrawn: 'it was withdrawn',
  'tie-broken': 'an equally trusted source says otherwise, and the older statement stands',
  withheld: 'it is withheld',
  erased: 'it was erased',
  'same-origin': 'it repeats what came from the same origin',
  past: 'it is over',
  'may-be-same': 'it is kept apart from what it may be the same as',
  'speaks-of-another': 'it speaks of something else now',
  'not-taken': 'what was corrected or withdrawn before stands',
  'stands-otherwise': 'it speaks of something else',
  'wrong-patient': 'a person ruled that it is about somebody else',
  'also-valid': 'a person ruled that it holds beside what is shown',
};

/** One reason for each element that the policy did not adopt; `position` is the element. */
export async function notAdopted(context: HttpContext, plan: Plan, written: Written): Promise<readonly StateReason[]> {
  if (written.resourceType !== 'Patient' || !mayBeSetAside(plan, written)) return [];
  const size = await readLedgerSize(context.db);
  const person = await personAt(context.db, written.resourceId, size);
  if (person === undefined) return [];
  const { subjects, rulings } = person;
  const policy = await context.policyAt(size);
  return decide({ policy, subjects, rulings, at: plan.at }).verdicts.flatMap((verdict) =>
    saysOf(written, verdict.element) ? reasonsOf(verdict, written) : [],
  );
}

// Most writes are of what nobody else speaks of: the plan tells without reading anything.
function mayBeSetAside(plan: Plan, written: Written): boolean {
  const own = plan.subjects.find((subject) => subject.id === (written.resourceId as string));
  const others = plan.subjects.some((subject) => subject.person === own?.person && subject.id !== own.id);
  return plan.verdicts.some((verdict) =>
    Object.entries(verdict.summary ?? {}).some(
      ([element, { state, rule }]) =>
        (others || rule === 'ruling') && (state === 'assumed' || state === 'conflicting') && saysOf(written, element),
    ),
  );
}

/** `deceased[x]` is said as `deceasedBoolean` or `deceasedDateTime`. */
function saysOf({ said }: Written, element: string): boolean {
  const base = element.endsWith('[x]') ? element.slice(0, -3) : undefined;
  return said.some((one) => one.element === element || (base !== undefined && one.element.startsWith(base)));
}

function reasonsOf({ element, state, because }: Verdict, written: Written): readonly StateReason[] {
  // By subject, not by statement: said again, a value is still the one that was said first.
  const isMine = (candidate: Candidate) => (candidate.subject as string) === written.resourceId;
  const mine = because.setAside.find(({ candidate, reason }) => isMine(candidate) && WHY[reason] !== undefined);
  const competes = because.competing.some(isMine);
  const why =
    state === 'conflicting' && competes
      ? 'sources disagree about it and no rule may choose, so a person has to'
      : mine === undefined
        ? undefined
        : WHY[mine.reason];
  if (why === undefined) return [];
  const message = `${element} is stored as you said it, and is not what is served: ${why}. See $explain?path=${element}.`;
  return [{ code: 'not-adopted', message, position: `Patient.${element}` }];
}
