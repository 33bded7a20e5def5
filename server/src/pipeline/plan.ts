// The order of work, on one screen: what one receipt does, computed from the receipt and the basis and nothing else.      (pure)
//
//   prepare   bytes → drafts, validated                         prepare.ts   (mapping, validation)
//   state     drafts → statements and views                     state.ts
//   rule      a human's ruling → what it appends                rule.ts
//   link      subjects → links, persons                         link.ts      (identity)
//   judge     persons → verdicts, the patient as served         judge.ts     (truth)
//   cases     what waits for a human now                        cases.ts
//   marking   what is served otherwise than it was said         marking.ts
//   versions  what is served, where it changed                  versions.ts  (record)
import type { Instant } from '../base/ids.ts';
import type { LinkDecision } from '../identity/types.ts';
import type { StateReason } from '../intake/types.ts';
import { cases, quarantineCase, receiptCaseId } from './cases.ts';
import { judge } from './judge.ts';
import { type Linked, link } from './link.ts';
import { markingAfter } from './marking.ts';
import { regraded } from './regrade.ts';
import { rule, rulingEffects, touchedOnly } from './rule.ts';
import { refusedDefinitions } from './search-parameters.ts';
import { type Stated, state } from './state.ts';
import type {
  Basis,
  Effect,
  Plan,
  PlannedCase,
  PlannedSubject,
  Prepared,
  SubjectRecord,
  VerdictSummary,
} from './types.ts';
import { unmovedVerdicts } from './unmoved.ts';
import { isViewDue, versions } from './versions.ts';

/** Plans one prepared receipt. The plan is whole: every effect, with reasons, and the state the receipt ends in. */
export function plan(prepared: Prepared, basis: Basis, at: Instant): Plan {
  return { ...planned(prepared, basis, at), unblocks: stoodBefore(prepared, basis) };
}

/** A receipt that was open before stands before others of its keys. */
function stoodBefore({ receipt: { source, orderingKeys, id } }: Prepared, basis: Basis): boolean {
  return orderingKeys.some((key) => basis.blocks.get(`${source} ${key}`)?.includes(id));
}

function planned(prepared: Prepared, basis: Basis, at: Instant): Plan {
  // What changes nothing waits for nobody, and what needs repair is shown at once.
  if (prepared.end !== undefined) return ended(prepared, basis, at);
  const before = blockedBy(prepared, basis);
  if (before !== undefined) return waiting(prepared, before, at);
  if (prepared.ruling !== undefined) {
    const ruled = rule(prepared, prepared.ruling, basis);
    if (!ruled.ok) return ended({ ...prepared, end: { state: 'rejected', reasons: [ruled.reason] } }, basis, at);
    const others = (ruled.closes ?? []).map(closing);
    const done = applied({
      prepared,
      basis,
      at,
      stated: { ...touchedOnly(basis, ruled.touched), effects: rulingEffects(prepared) },
      links: ruled.links,
      more: [...others, ...(ruled.opens ?? [])],
    });
    const closed = ruled.settles === undefined ? [] : [closing(receiptCaseId(ruled.settles.receipt))];
    const opened = (ruled.opens ?? []).filter((one) => !done.cases.some(({ id }) => id === one.id));
    return {
      ...done,
      rulings: ruled.rulings,
      settles: ruled.settles,
      cases: [...(ruled.notes ?? []), ...done.cases, ...closed, ...others, ...opened],
    };
  }
  const unmet = unmetExpectation(prepared, basis);
  if (unmet !== undefined) return ended({ ...prepared, end: { state: 'rejected', reasons: [unmet] } }, basis, at);
  const stated = state(prepared, basis);
  const unfit = [...stated.refused, ...refusedDefinitions(prepared, stated, basis)];
  if (unfit.length > 0) return refused(prepared, { reasons: unfit, basis, at });
  return applied({ prepared, basis, at, stated, links: [], more: [] });
}

function closing(id: string): PlannedCase {
  return { action: 'close', id };
}

function applied(input: {
  prepared: Prepared;
  basis: Basis;
  at: Instant;
  stated: Stated;
  links: readonly LinkDecision[];
  /** What a ruling opens and closes of itself. */
  more: readonly PlannedCase[];
}): Plan {
  const { prepared, basis, at, stated } = input;
  const linked = link(basis, { prepared, stated, ruled: input.links });
  const rulings = prepared.ruling === undefined ? basis : withRuling(prepared, basis);
  const judged = judge(rulings, { stated, linked, at });
  const decided = cases(prepared, basis, { stated, linked, judged });
  const waits = [...decided, ...regraded(prepared, basis, { stated, linked, judged, planned: decided })];
  const marking = markingAfter(rulings, { linked, planned: [...waits, ...input.more] });
  const made = versions(basis, { stated, linked, judged, marking, at });
  return {
    ...nothing(prepared, at),
    state: 'applied',
    issues: [...prepared.issues, ...stated.issues],
    statements: stated.statements,
    subjects: [...linked.subjects.values()].map((subject) => plannedSubject(subject, basis, linked)),
    links: linked.links,
    founded: foundedBy(basis, { stated, linked }),
    merges: linked.merges,
    versions: made,
    verdicts: [
      ...judged.map(({ person: { id: person }, summary }) => ({
        home: homeOf(person, linked.subjects),
        person,
        summary,
        isNews: !isSameSummary(basis.verdicts.get(person), summary),
      })),
      ...unmovedVerdicts(basis, linked, judged),
      ...linked.dissolved.map((person) => ({
        home: homeOf(person, linked.subjects),
        person,
        summary: undefined,
        isNews: true,
      })),
    ],
    judged: judged.map(({ person, before }) => ({ person: person.id, before })),
    cases: waits,
    effects: [
      ...prepared.found,
      ...stated.effects,
      ...linked.links.map(
        (one): Effect => ({
          kind: 'link',
          target: `Patient/${one.a} and Patient/${one.b}`,
          summary: `${one.kind} by ${one.rule}`,
        }),
      ),
      ...made
        .filter((one) => one.text !== undefined)
        .map(
          (one): Effect => ({ kind: 'version', target: `${one.type}/${one.id}`, summary: `version ${one.version}` }),
        ),
      ...waits.map(
        (one): Effect => ({
          kind: 'case',
          target: one.id,
          summary: one.action === 'open' ? `opened: ${one.kind}` : one.action === 'note' ? 'noted' : 'closed',
        }),
      ),
    ],
  };
}

function plannedSubject(subject: SubjectRecord, basis: Basis, linked: Linked): PlannedSubject {
  const held = basis.subjects.get(subject.id);
  const storeView = held?.view !== subject.view && isViewDue(basis, { ...subject, name: `Patient/${subject.id}` });
  return {
    ...subject,
    behind: storeView ? 0 : subject.behind,
    storeView,
    lookupKeys: linked.lookupKeys.get(subject.id),
    isNews: held?.person !== subject.person || held.retired !== subject.retired,
  };
}

function foundedBy(basis: Basis, { stated, linked }: { stated: Stated; linked: Linked }): Plan['founded'] {
  return [...linked.subjects.values()]
    .filter(({ id }) => !basis.subjects.has(id))
    .map(({ id, key, home, firstSeen }) => ({ id, key, home, firstSeen, addressed: stated.addressed.get(id) }));
}

type Subjects = ReadonlyMap<string, { readonly home: Plan['verdicts'][number]['home'] }>;
function homeOf(id: string, subjects: Subjects): Plan['verdicts'][number]['home'] {
  return subjects.get(id)?.home ?? (0 as Plan['verdicts'][number]['home']);
}

/** Most receipts leave the verdicts on a person as they were. */
function isSameSummary(held: VerdictSummary | undefined, made: VerdictSummary): boolean {
  if (held === undefined) return false;
  const elements = Object.keys(made);
  return (
    elements.length === Object.keys(held).length &&
    elements.every((element) => {
      const [one, other] = [held[element], made[element]];
      return one?.state === other?.state && one?.harm === other?.harm && one?.rule === other?.rule;
    })
  );
}

/** If-Match: the version that the sender saw must still be the current one. */
function unmetExpectation({ expectations }: Prepared, basis: Basis): StateReason | undefined {
  for (const { name, version, position } of expectations) {
    const current = basis.resources.get(name);
    const held = current === undefined || current.deleted ? 0 : current.version;
    if (held === version) continue;
    const message =
      version === 0
        ? 'It is there already, and the request asked that it is not.'
        : held === 0
          ? 'It is not there, and the request asked for a version of it.'
          : `The current version is ${held}, not the one asked for. Read it again, and decide again.`;
    return { code: 'version-conflict', message, position };
  }
  return undefined;
}

/** The ruling counts in the very plan that records it. */
function withRuling(prepared: Prepared, basis: Basis): Basis {
  const ruled = prepared.ruling === undefined ? undefined : rule(prepared, prepared.ruling, basis);
  if (ruled === undefined || !ruled.ok) return basis;
  const rulings = new Map(basis.rulings);
  for (const one of ruled.rulings)
    rulings.set(one.subject, [...(rulings.get(one.subject) ?? []), { ...one, id: prepared.receipt.id }]);
  return { ...basis, rulings };
}

function blockedBy(prepared: Prepared, basis: Basis): Plan['waitingFor'] {
  if (prepared.ruling !== undefined) return undefined;
  const { source, orderingKeys, id } = prepared.receipt;
  for (const key of orderingKeys) {
    const before = basis.blocks.get(`${source} ${key}`)?.[0];
    if (before !== undefined && before < id) return before;
  }
  return undefined;
}

function waiting(prepared: Prepared, before: NonNullable<Plan['waitingFor']>, at: Instant): Plan {
  const reason = {
    code: 'waits-in-order',
    message: `Receipt ${before} about the same patient came first and needs a person. This one goes on when that is settled.`,
  };
  return {
    ...nothing(prepared, at),
    state: 'waiting',
    reasons: [reason],
    waitingFor: before,
    blocks: prepared.receipt.orderingKeys,
  };
}

function ended(prepared: Prepared, basis: Basis, at: Instant): Plan {
  const end = prepared.end ?? { state: 'applied' as const, reasons: [] };
  const open = end.state === 'quarantined' || end.state === 'held';
  const known = basis.cases.has(receiptCaseId(prepared.receipt.id));
  return {
    ...nothing(prepared, at),
    state: end.state,
    reasons: end.reasons,
    blocks: open ? prepared.receipt.orderingKeys : [],
    cases: open && !known ? [quarantineCase(prepared, end.state === 'held' ? 'held' : 'quarantined')] : [],
  };
}

function refused(
  prepared: Prepared,
  { reasons, basis, at }: { reasons: readonly StateReason[]; basis: Basis; at: Instant },
): Plan {
  return ended(
    { ...prepared, end: { state: prepared.receipt.door === 'fhir' ? 'rejected' : 'quarantined', reasons } },
    basis,
    at,
  );
}

function nothing(prepared: Prepared, at: Instant): Plan {
  const { receipt, issues, loss } = prepared;
  return {
    receipt: receipt.id,
    source: receipt.source,
    state: 'applied',
    reasons: [],
    waitingFor: undefined,
    at,
    statements: [],
    subjects: [],
    links: [],
    founded: [],
    merges: [],
    rulings: [],
    versions: [],
    verdicts: [],
    judged: [],
    cases: [],
    blocks: [],
    unblocks: false,
    settles: undefined,
    issues,
    loss,
    effects: [],
  };
}
