// Drafts become statements: ids, homes and references are settled, and each resource's view is folded on.                (pure)
import { invariant } from '../base/errors.ts';
import { type Home, partOf, type ResourceId, type StatementId, type SubjectId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { StateReason } from '../intake/types.ts';
import {
  fold,
  foldAgain,
  isFoldableAgain,
  isRemoval,
  rendersAlike,
  renderView,
  type Superseded,
  supersede,
} from '../truth/index.ts';
import type { Spoken, View } from '../truth/types.ts';
import type { Issue } from '../validation/types.ts';
import { homeOfId } from './home.ts';
import { ensureSubject, findSubject, foundedBefore, type Keyed, resourceIdOf } from './keys.ts';
import { listElements } from './list-elements.ts';
import { MadeStatement } from './made-statement.ts';
import { resolveIn, resolveReferences } from './references.ts';
import { isSaidAgain, noteLast, noteSaidAgain, saysTheSame } from './said-again.ts';
import { saidAtOf } from './said-at.ts';
import type {
  Basis,
  Effect,
  PlannedStatement,
  Prepared,
  PreparedDraft,
  ResourceRecord,
  SubjectRecord,
} from './types.ts';

/** What the statements of one receipt make of subjects and resources. */
export type Stated = {
  readonly statements: readonly PlannedStatement[];
  /** Subjects that are new or whose view changed. */
  readonly subjects: ReadonlyMap<SubjectId, SubjectRecord>;
  /** Resources other than patients, with their new view. */
  readonly resources: ReadonlyMap<string, ResourceRecord>;
  /** `Type/id` of those of both of which nothing was said but what the last statement about them had said, word for word. */
  readonly repeated: ReadonlySet<string>;
  /** Subjects to which the API wrote by another subject's id. Those that a merge names are added when links are made. */
  readonly addressed: Map<SubjectId, SubjectId>;
  readonly effects: readonly Effect[];
  readonly issues: readonly Issue[];
  readonly refused: readonly StateReason[];
};

type Work = Keyed & {
  readonly statements: PlannedStatement[];
  readonly resources: Map<string, ResourceRecord>;
  readonly repeated: Set<string>;
  readonly effects: Effect[];
  readonly issues: Issue[];
  readonly refused: StateReason[];
};

/** Makes statements of a prepared receipt's drafts on the given basis. */
export function state(prepared: Prepared, basis: Basis): Stated {
  const work: Work = {
    prepared,
    basis,
    statements: [],
    ...foundedBefore(prepared),
    resources: new Map(),
    repeated: new Set(),
    effects: [],
    issues: [],
    refused: [],
  };
  // Patients first: what else the receipt says is about them.
  const drafts = [...prepared.drafts].sort(
    (a, b) => Number(b.resourceType === 'Patient') - Number(a.resourceType === 'Patient'),
  );
  for (const draft of drafts) {
    if (draft.resourceType === 'Patient') statePatient(work, draft);
    else stateResource(work, draft);
  }
  return work;
}

function statePatient(work: Work, draft: PreparedDraft): void {
  if (isRemoval(draft) && !mayRemove(work, draft)) return;
  const subject = ensureSubject(work, draft.key);
  const statement = makeStatement(work, draft, {
    id: subject.id as string as ResourceId,
    home: subject.home,
    subject: subject.id,
    view: subject.view,
  });
  const { view } = viewAfter(work, subject.view, statement);
  work.statements.push(statement);
  work.subjects.set(subject.id, { ...subject, view, behind: subject.behind + 1 });
  work.effects.push({
    kind: 'statement',
    target: `Patient/${subject.id}`,
    summary: `${statement.source} says ${listElements(draft)}`,
  });
}

function stateResource(work: Work, draft: PreparedDraft): void {
  const subject = draft.subjectKey === undefined ? undefined : findSubject(work, draft.subjectKey);
  if (draft.subjectKey !== undefined && subject === undefined) {
    work.refused.push({
      code: 'patient-unknown',
      message: `${draft.resourceType} is about a patient who is not known here. Send the Patient first.`,
      position: `${draft.resourceType}.subject`,
    });
    return;
  }
  const id = resourceIdOf(work, draft.resourceType, draft.key);
  const name = `${draft.resourceType}/${id}`;
  const before = work.resources.get(name) ?? work.basis.resources.get(name);
  if (isRemoval(draft) && (before === undefined || before.deleted)) {
    work.effects.push({ kind: 'unchanged', target: name, summary: 'is not there' });
    return;
  }
  if (draft.subjectKey === undefined && before?.view !== undefined && isSaidAgain(before.view, draft)) {
    work.effects.push(unchanged(draft, name));
    return;
  }
  const home = before?.home ?? subject?.home ?? homeOfId(id);
  const statement = makeStatement(work, draft, { id, home, subject: subject?.id, view: before?.view });
  const { outcome, issues, view } = viewAfter(work, before?.view, statement);
  // Directory entries (organisations, practitioners, places) ride along in every message: the same again is not news.
  if (subject === undefined && before?.view !== undefined && rendersSame(before.view, view)) {
    noteSaidAgain(before.view, draft);
    work.effects.push(unchanged(draft, name));
    return;
  }
  work.statements.push(statement);
  work.resources.set(name, {
    home,
    type: draft.resourceType,
    id,
    version: before?.version ?? 0,
    deleted: view.removed === true,
    subject: subject?.id ?? before?.subject,
    view,
    digest: before?.digest,
    behind: (before?.behind ?? 0) + 1,
  });
  work.issues.push(...issues);
  work.effects.push({
    kind: 'statement',
    target: name,
    summary: `${statement.source} says ${listElements(draft)} (${outcome})`,
  });
}

function unchanged({ position }: PreparedDraft, target: string): Effect {
  const entry = position?.startsWith('Bundle.') === true ? { position } : {};
  return { kind: 'unchanged', target, summary: 'says what is already known', ...entry };
}

function rendersSame(one: View, other: View): boolean {
  return rendersAlike(one, other) || renderView(one) === renderView(other);
}

/** Only who said something can take it away; taking away what is not there is no news. */
function mayRemove(work: Work, draft: PreparedDraft): boolean {
  const known = findSubject(work, draft.key);
  if (known?.view === undefined || known.view.removed === true) {
    work.effects.push({ kind: 'unchanged', target: draft.key, summary: 'is not there' });
    return false;
  }
  if (known.source === work.prepared.receipt.source) return true;
  work.refused.push({
    code: 'not-the-source',
    message:
      'This patient is known from another source. What a source said, only it can take away; a ruling settles what is served.',
    position: 'Patient',
  });
  return false;
}

type After = Pick<Superseded, 'outcome' | 'issues'> & { readonly view: View };

/** The view that a statement leaves. Most repeat the last one word for word, and are not looked into. */
function viewAfter(work: Work, before: View | undefined, statement: PlannedStatement): After {
  const name = `${statement.resourceType}/${statement.resourceId}`;
  if (before !== undefined && isFoldableAgain(before, statement) && saysTheSame(before, statement)) {
    const view = foldAgain(before, statement);
    noteLast(view, statement, before);
    if (before === heldView(work.basis, statement)) work.repeated.add(name);
    return { outcome: 'repeated', issues: [], view };
  }
  work.repeated.delete(name);
  const { outcome, issues, view: next } = supersede(before, statement);
  if (next === 'refold') return { outcome, issues, view: refold(work.basis, statement) };
  noteLast(next, statement);
  return { outcome, issues, view: next };
}

/** True where a draft about a patient says what the last statement about that patient said, word for word. */
export function repeats(basis: Basis, prepared: Prepared, draft: PreparedDraft): boolean {
  const work = { basis, prepared, ...foundedBefore(prepared) };
  const known = findSubject(work, draft.key);
  if (known?.view === undefined || isRemoval(draft)) return false;
  const { said, replaces } = draft;
  return saysTheSame(known.view, { said, replaces, text: resolveReferences(work, draft.text) });
}

/** The view before this receipt. */
function heldView(
  { subjects, resources }: Basis,
  { resourceType, resourceId, subject }: PlannedStatement,
): View | undefined {
  if (resourceType !== 'Patient') return resources.get(`${resourceType}/${resourceId}`)?.view;
  return subject === undefined ? undefined : subjects.get(subject)?.view;
}

/** A late statement takes its place among all of its resource's statements. */
function refold(basis: Basis, statement: Spoken): View {
  const history = basis.histories.get(`${statement.resourceType}/${statement.resourceId}`);
  invariant(history !== undefined, 'the history of a resource with a late statement is part of the basis');
  const whole = fold([...history, statement]);
  invariant(whole !== undefined, 'a fold over at least one statement is a view');
  return whole;
}

function makeStatement(
  work: Work,
  draft: PreparedDraft,
  target: { id: ResourceId; home: Home; subject: SubjectId | undefined; view: View | undefined },
): PlannedStatement {
  const { receipt } = work.prepared;
  const text = resolveReferences(work, draft.text);
  return new MadeStatement(receipt, draft, {
    id: partOf(receipt.id, work.statements.length) as StatementId,
    resourceId: target.id,
    subject: target.subject,
    home: target.home,
    saidAt: saidAtOf(receipt, draft, target.view),
    text,
    read: () => (text === draft.text ? draft.resource : (resolveIn(work, draft.resource) as JsonObject)),
  });
}
