// New versions in the record: for each resource whose content changed, and for persons that came to be or dissolved.      (pure)
import { hash } from 'node:crypto';
import type { Home, Instant, ResourceId, SubjectId } from '../base/ids.ts';
import { type JsonObject, parseFaithful } from '../base/json.ts';
import { markedText } from '../record/marked.ts';
import { stamp } from '../record/stamp.ts';
import { isStatusUnknown, UNKNOWN_STATUS, withUnknownStatus } from '../record/unknown-status.ts';
import { emptyEntries, indexEntries } from '../search/index-entries.ts';
import { rendersAlike, renderView, resourceOf } from '../truth/index.ts';
import type { View } from '../truth/types.ts';
import type { Judged } from './judge.ts';
import type { Linked } from './link.ts';
import type { Marking } from './marking.ts';
import type { Stated } from './state.ts';
import type { Basis, PlannedVersion, ResourceRecord } from './types.ts';

type Content = {
  readonly home: Home;
  readonly type: string;
  readonly id: ResourceId;
  readonly text: string;
  readonly view: ResourceRecord['view'];
  readonly behind: number;
  readonly subject: SubjectId | undefined;
  /** Served otherwise than it was said. */
  readonly isMarked?: boolean;
};

/** The versions that a receipt makes. Content equal to the newest version's makes none. */
export function versions(
  basis: Basis,
  input: { stated: Stated; linked: Linked; judged: readonly Judged[]; marking: Marking; at: Instant },
): readonly PlannedVersion[] {
  const { stated, linked, judged, marking, at } = input;
  const made: (PlannedVersion | undefined)[] = [];
  for (const one of judged) {
    const home = linked.subjects.get(one.person.id)?.home;
    if (home === undefined) continue;
    if (one.text === undefined) {
      made.push(removed(basis, { type: 'Patient', id: one.person.id as string as ResourceId, view: undefined }));
      continue;
    }
    made.push(
      next(
        basis,
        {
          home,
          type: 'Patient',
          id: one.person.id as string as ResourceId,
          text: one.text,
          view: undefined,
          behind: 0,
          subject: one.person.id,
        },
        at,
      ),
    );
  }
  for (const id of new Set([...linked.dissolved, ...leadElsewhere(basis, linked)]))
    made.push(dissolve(basis, { id, linked, at }));
  for (const resource of stated.resources.values()) {
    if (resource.view === undefined) continue;
    const { home, type, id, view, subject, behind } = resource;
    if (view.removed === true) {
      made.push(removed(basis, { type, id, view }));
      continue;
    }
    const before = basis.resources.get(`${type}/${id}`);
    const isAsBefore = before?.view !== undefined && !before.deleted && rendersAlike(before.view, view);
    if (before !== undefined && isAsBefore && marking.concerned.length === 0) {
      made.push(again(basis, before, { home, type, id, subject, view, behind }));
      continue;
    }
    made.push(
      next(basis, { home, type, id, view, behind, subject, ...servedText({ type, view, subject }, marking) }, at),
    );
  }
  for (const { home, type, id, view, behind, subject } of marking.concerned) {
    if (view === undefined || stated.resources.has(`${type}/${id}`)) continue;
    made.push(
      next(basis, { home, type, id, view, behind, subject, ...servedText({ type, view, subject }, marking) }, at),
    );
  }
  return made.filter((version) => version !== undefined);
}

function servedText(
  { type, view, subject }: { readonly type: string; readonly view: View; readonly subject: SubjectId | undefined },
  marking: Marking,
): Pick<Content, 'text' | 'isMarked'> {
  const text = renderView(view);
  const complete = isStatusUnknown(type, view.elements['status']?.value) ? withUnknownStatus(type, text) : text;
  const mark = marking.of({ subject, view });
  return mark === undefined ? { text: complete } : { text: markedText(type, complete, mark), isMarked: true };
}

function next(basis: Basis, content: Content, at: Instant): PlannedVersion | undefined {
  const { home, type, id, view, subject } = content;
  const before = basis.resources.get(`${type}/${id}`);
  // Without what the server owns: what was read and is written back as it was is no new version.
  const digest = hash('sha256', stamp(content.text, { id, versionId: 0, lastUpdated: '' }), 'base64url');
  if (before?.digest === digest)
    // A view that moved on without changing what is served (the same said again later) still has to be kept for the next fold.
    return view === undefined || before.view === view ? undefined : again(basis, before, content);
  const storeView = isViewDue(basis, { name: `${type}/${id}`, view, behind: content.behind });
  const version = (before?.version ?? 0) + 1;
  return {
    home,
    type,
    id,
    version,
    deleted: false,
    subject,
    text: stamp(content.text, { id, versionId: version, lastUpdated: at }),
    view,
    behind: storeView ? 0 : content.behind,
    storeView,
    digest,
    search: indexEntries(type, servedOf(content), { custom: basis.parameters }),
  };
}

/** What is served stays as it is; the view behind it moved on. */
function again(
  basis: Basis,
  before: ResourceRecord,
  { home, type, id, subject, view, behind }: Omit<Content, 'text'>,
): PlannedVersion {
  const storeView = isViewDue(basis, { name: `${type}/${id}`, view, behind });
  const stays = { version: before.version, digest: before.digest ?? '', text: undefined, search: undefined };
  return { home, type, id, deleted: false, subject, view, ...stays, behind: storeView ? 0 : behind, storeView };
}

/** So many statements are folded again at most when a view is needed that nobody remembers. */
const BEHIND_MAX = 8;

/** Most is said once or twice. A view that a late statement went into the middle of cannot be folded on from the one stored before. */
export function isViewDue(
  basis: Basis,
  { name, view, behind }: { readonly name: string; readonly view: View | undefined; readonly behind: number },
): boolean {
  return view !== undefined && (view.removed === true || behind >= BEHIND_MAX || basis.histories.has(name));
}

const REMOVED = 'removed';

/** What nobody speaks of any more is gone from the record, and its history stays. */
function removed(basis: Basis, { type, id, view }: Pick<Content, 'type' | 'id' | 'view'>): PlannedVersion | undefined {
  const before = basis.resources.get(`${type}/${id}`);
  if (before === undefined || before.deleted) return undefined;
  const { home, subject } = before;
  const version = before.version + 1;
  return {
    home,
    type,
    id,
    version,
    deleted: true,
    subject,
    text: '',
    view,
    behind: 0,
    storeView: view !== undefined,
    digest: REMOVED,
    search: emptyEntries(),
  };
}

/** The resource as it is served, for search: with the sender's meta. */
function servedOf({ type, text, view, isMarked }: Content): JsonObject {
  if (view === undefined) return parseFaithful(text) as JsonObject;
  if (isMarked === true) return { ...(parseFaithful(text) as JsonObject), meta: view.elements['meta']?.value };
  const status = isStatusUnknown(type, view.elements['status']?.value) ? { status: UNKNOWN_STATUS } : {};
  return { ...resourceOf(view), ...status, meta: view.elements['meta']?.value };
}

/** Signposts of earlier merges whose person has merged, or was parted, since: each leads straight to where its record is now. */
function leadElsewhere(basis: Basis, { subjects }: Linked): readonly SubjectId[] {
  return [...subjects.values()]
    .filter(({ id, person }) => person !== id && basis.subjects.get(id)?.person !== person)
    .map(({ id }) => id);
}

/** A person that merged into another keeps its id as a signpost, so that nobody who holds the id is lost. */
function dissolve(basis: Basis, input: { id: SubjectId; linked: Linked; at: Instant }): PlannedVersion | undefined {
  const { id, linked, at } = input;
  const subject = linked.subjects.get(id);
  const before = basis.resources.get(`Patient/${id}`);
  if (subject === undefined || before === undefined) return undefined;
  const body = JSON.stringify({
    resourceType: 'Patient',
    active: false,
    link: [{ other: { reference: `Patient/${subject.person}` }, type: 'replaced-by' }],
  });
  const made = next(
    basis,
    {
      home: before.home,
      type: 'Patient',
      id: id as string as ResourceId,
      text: body,
      view: undefined,
      behind: 0,
      subject: id,
    },
    at,
  );
  return made === undefined ? undefined : { ...made, search: emptyEntries() };
}
