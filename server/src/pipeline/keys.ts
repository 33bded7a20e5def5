// Whom and what a source's own keys mean: the subject or the resource behind them, there already or to be made.          (pure)
import { type Home, partOf, type ReceiptId, type ResourceId, type SubjectId } from '../base/ids.ts';
import type { Basis, Prepared, SubjectRecord } from './types.ts';

/** A receipt on its basis, with the subjects that it makes. */
export type Keyed = {
  readonly prepared: Prepared;
  readonly basis: Basis;
  readonly subjects: Map<SubjectId, SubjectRecord>;
  /** Subjects to which the API wrote by another subject's id. */
  readonly addressed: Map<SubjectId, SubjectId>;
};

const BY_ID = /^([A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})$/;

/** The FHIR id behind a draft's key: the writer's own for `Type/id`, minted from the receipt for a create, else from the source's key. */
export function resourceIdOf(work: Pick<Keyed, 'basis' | 'prepared'>, type: string, key: string): ResourceId {
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

export function findSubject(work: Keyed, draftKey: string): SubjectRecord | undefined {
  const { basis, prepared } = work;
  const key = ownKey(prepared.receipt.id, draftKey);
  const known = basis.subjectByKey.get(`${prepared.receipt.source} ${key}`) ?? localKey(work, key);
  if (known !== undefined) return work.subjects.get(known) ?? basis.subjects.get(known);
  const id = BY_ID.exec(key)?.[2] as SubjectId | undefined;
  return id === undefined ? undefined : (work.subjects.get(id) ?? basis.subjects.get(id));
}

function localKey(work: Pick<Keyed, 'prepared' | 'subjects'>, key: string): SubjectId | undefined {
  for (const subject of work.subjects.values()) {
    if (subject.key === key && subject.source === work.prepared.receipt.source) return subject.id;
  }
  return undefined;
}

/** The id of the subject that a source's own key means, there or not; `taken` when the key is the id of another source's subject. */
export function subjectIdOf(
  work: Pick<Keyed, 'basis' | 'prepared' | 'subjects'>,
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
export function ensureSubject(work: Keyed, draftKey: string): SubjectRecord {
  const { source, id: receipt } = work.prepared.receipt;
  const key = ownKey(receipt, draftKey);
  const { id, taken } = subjectIdOf(work, key);
  const record = work.subjects.get(id) ?? work.basis.subjects.get(id);
  if (record !== undefined) return record;
  // Writing to a patient by the id that another source's subject has, the caller says: this one.
  if (taken !== undefined) work.addressed.set(id, taken.id);
  const firstSeen = partOf(receipt, work.subjects.size);
  const home = taken?.home ?? (firstSeen as number as Home);
  const made = foundSubject({ id, home, source, key, firstSeen });
  work.subjects.set(id, made);
  return made;
}

/** Of a plan that is computed again: the subjects it founded, under the ids they were given then. */
export function foundedBefore({ recorded, receipt: { source } }: Prepared): {
  readonly subjects: Map<SubjectId, SubjectRecord>;
  readonly addressed: Map<SubjectId, SubjectId>;
} {
  const founded = recorded?.founded ?? [];
  return {
    subjects: new Map(founded.map(({ addressed: _to, ...one }) => [one.id, foundSubject({ ...one, source })])),
    addressed: new Map(founded.flatMap(({ id, addressed }) => (addressed === undefined ? [] : [[id, addressed]]))),
  };
}

function foundSubject(given: Pick<SubjectRecord, 'id' | 'key' | 'home' | 'firstSeen' | 'source'>): SubjectRecord {
  return { ...given, view: undefined, person: given.id, retired: false, behind: 0, identified: false };
}
