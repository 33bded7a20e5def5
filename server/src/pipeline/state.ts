// Drafts become statements: ids, homes and references are settled, and each resource's view is folded on.                (pure)
import { invariant } from '../base/errors.ts';
import { type Home, partOf, type ReceiptId, type ResourceId, type StatementId, type SubjectId } from '../base/ids.ts';
import { isRawJson, type Json, type JsonObject } from '../base/json.ts';
import type { StateReason } from '../intake/types.ts';
import { fold, foldNext, isRemoval, supersede } from '../truth/index.ts';
import type { Spoken, View } from '../truth/types.ts';
import type { Issue } from '../validation/types.ts';
import { homeOfId } from './home.ts';
import { listElements } from './list-elements.ts';
import { rendersSame } from './rendered.ts';
import { isSaidAgain, noteSaidAgain } from './said-again.ts';
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
  /** Subjects to which the API wrote by another subject's id. */
  readonly addressed: ReadonlyMap<SubjectId, SubjectId>;
  readonly effects: readonly Effect[];
  readonly issues: readonly Issue[];
  readonly refused: readonly StateReason[];
};

type Work = {
  readonly prepared: Prepared;
  readonly basis: Basis;
  readonly statements: PlannedStatement[];
  readonly subjects: Map<SubjectId, SubjectRecord>;
  readonly resources: Map<string, ResourceRecord>;
  readonly addressed: Map<SubjectId, SubjectId>;
  readonly effects: Effect[];
  readonly issues: Issue[];
  readonly refused: StateReason[];
};

const BY_ID = /^([A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})$/;
const KEY_REFERENCE = /("reference"\s*:\s*)"key:([A-Z][A-Za-z]*)\|((?:[^"\\]|\\.)*)"/g;
const KEY = /^key:([A-Z][A-Za-z]*)\|(.*)$/s;

/** Makes statements of a prepared receipt's drafts on the given basis. */
export function state(prepared: Prepared, basis: Basis): Stated {
  const work: Work = {
    prepared,
    basis,
    statements: [],
    subjects: new Map(),
    resources: new Map(),
    addressed: new Map(),
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
  const next = foldNext(subject.view, statement);
  const view = next === 'refold' ? refold(work.basis, statement) : next;
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
  const { outcome, issues, view: next } = supersede(before?.view, statement);
  const view = next === 'refold' ? refold(work.basis, statement) : next;
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
  return {
    id: partOf(receipt.id, work.statements.length) as StatementId,
    receipt: receipt.id,
    source: receipt.source,
    subject: target.subject,
    resourceType: draft.resourceType,
    resourceId: target.id,
    saidAt: saidAtOf(receipt, draft, target.view),
    receivedAt: receipt.receivedAt,
    replaces: draft.replaces,
    text,
    resource: text === draft.text ? draft.resource : (resolveIn(work, draft.resource) as JsonObject),
    said: draft.said,
    origins: draft.origins,
    position: draft.position,
    home: target.home,
  };
}

/** Replaces `key:Type|<key>` by `Type/<id>` in the JSON text itself, so that all other bytes stay as they came. */
function resolveReferences(work: Work, text: string): string {
  if (!text.includes('"key:')) return text;
  return text.replace(KEY_REFERENCE, (_all, ...[before, type, key]: [string, string, string]) => {
    const plain = key.includes('\\') ? (JSON.parse(`"${key}"`) as string) : key;
    return `${before}"${referenceTo(work, type, plain)}"`;
  });
}

/** The same in the parsed resource: walking it costs a tenth of parsing the text again. Parts without such a reference are shared. */
function resolveIn(work: Work, value: Json): Json {
  if (typeof value !== 'object' || value === null || isRawJson(value)) return value;
  if (Array.isArray(value)) {
    const list = value.map((item: Json) => resolveIn(work, item));
    return list.some((item, place) => item !== value[place]) ? list : value;
  }
  const object = value as JsonObject;
  let copy: { [name: string]: Json | undefined } | undefined;
  for (const name in object) {
    const member = object[name];
    if (member === undefined) continue;
    const key = name === 'reference' && typeof member === 'string' ? KEY.exec(member) : null;
    const resolved = key === null ? resolveIn(work, member) : referenceTo(work, key[1] ?? '', key[2] ?? '');
    if (resolved === member) continue;
    copy ??= { ...object };
    copy[name] = resolved;
  }
  return copy ?? value;
}

function referenceTo(work: Work, type: string, key: string): string {
  return `${type}/${type === 'Patient' ? ensureSubject(work, key).id : resourceIdOf(work, type, key)}`;
}

/** The FHIR id behind a draft's key: the writer's own for `Type/id`, minted from the receipt for a create, else from the source's key. */
export function resourceIdOf(work: Pick<Work, 'basis' | 'prepared'>, type: string, key: string): ResourceId {
  const { receipt } = work.prepared;
  const byId = BY_ID.exec(key);
  if (byId?.[1] === type && byId[2] !== undefined) return byId[2] as ResourceId;
  return work.basis.mint(receipt.source, type, ownKey(receipt.id, key));
}

/** What a sender gave no id of its own is numbered within its receipt: without the receipt it would be the same as everybody else's. */
export function ownKey(receipt: ReceiptId, key: string): string {
  return isNumbered(key) ? `${receipt} ${key}` : key;
}

export function isNumbered(key: string): boolean {
  return key.startsWith('new:');
}

function findSubject(work: Work, draftKey: string): SubjectRecord | undefined {
  const { basis, prepared } = work;
  const key = ownKey(prepared.receipt.id, draftKey);
  const known = basis.subjectByKey.get(`${prepared.receipt.source} ${key}`) ?? localKey(work, key);
  if (known !== undefined) return work.subjects.get(known) ?? basis.subjects.get(known);
  const id = BY_ID.exec(key)?.[2] as SubjectId | undefined;
  return id === undefined ? undefined : (work.subjects.get(id) ?? basis.subjects.get(id));
}

function localKey(work: Pick<Work, 'prepared' | 'subjects'>, key: string): SubjectId | undefined {
  for (const subject of work.subjects.values()) {
    if (subject.key === key && subject.source === work.prepared.receipt.source) return subject.id;
  }
  return undefined;
}

/** The id of the subject that a source's own key means, there or not; `taken` when the key is the id of another source's subject. */
export function subjectIdOf(
  work: Pick<Work, 'basis' | 'prepared' | 'subjects'>,
  key: string,
): { readonly id: SubjectId; readonly taken: SubjectRecord | undefined } {
  const { source } = work.prepared.receipt;
  const known = work.basis.subjectByKey.get(`${source} ${key}`) ?? localKey(work, key);
  if (known !== undefined) return { id: known, taken: undefined };
  const given = BY_ID.exec(key)?.[2] as SubjectId | undefined;
  const taken = given === undefined ? undefined : (work.subjects.get(given) ?? work.basis.subjects.get(given));
  // A source that writes by the id its own record was given here goes on with that record.
  if (given !== undefined && (taken === undefined || taken.source === source)) return { id: given, taken: undefined };
  return { id: work.basis.mint(source, 'Patient', key) as string as SubjectId, taken };
}

/** The source's subject of that key: the known one, or a new one (which is then part of the plan). */
export function ensureSubject(work: Work, draftKey: string): SubjectRecord {
  const { source, id: receipt } = work.prepared.receipt;
  const key = ownKey(receipt, draftKey);
  const { id, taken } = subjectIdOf(work, key);
  const record = work.subjects.get(id) ?? work.basis.subjects.get(id);
  if (record !== undefined) return record;
  // Writing to a patient by the id that another source's subject has, the caller says: this one.
  if (taken !== undefined) work.addressed.set(id, taken.id);
  const firstSeen = partOf(receipt, work.subjects.size);
  const home = taken?.home ?? (firstSeen as number as Home);
  const made: SubjectRecord = {
    id,
    home,
    source,
    key,
    firstSeen,
    view: undefined,
    person: id,
    retired: false,
    behind: 0,
  };
  work.subjects.set(id, made);
  return made;
}
