// The entries of a list as they are judged: what each claims, where it came from, and who says it.
import type { JsonObject } from '../../base/json.ts';
import { entryCandidate, isErasedEntry } from '../entry-candidate.ts';
import { byCodeUnit, canonicalText } from '../json-values.ts';
import { resourceOf } from '../render-view.ts';
import type { Candidate, View } from '../types.ts';
import { messageOf, originsOf } from './copies.ts';
import { type ListWide, listWide } from './no-known.ts';
import { type Claim, claimOf } from './status.ts';
import type { ListEntry } from './types.ts';

export type Entry = {
  readonly from: ListEntry;
  readonly candidate: Candidate;
  readonly resource: JsonObject;
  readonly claim: Claim;
  readonly wide: ListWide | undefined;
  /** Everything but whose record it stands in, when it was written down and under which number. */
  readonly meaning: string;
  readonly origins: readonly string[];
  /** How many of the dimensions that tell things apart it speaks of. */
  readonly says: number;
};

/** Entries in an order that follows from what they say and who says it, never from arrival. */
export function entriesOf(list: string, given: readonly ListEntry[]): readonly Entry[] {
  return given
    .filter((one) => !isErasedEntry(one))
    .map((one) => entryOf(list, one))
    .sort(inEntryOrder);
}

export function erasedOf(given: readonly ListEntry[]): readonly Candidate[] {
  return given.filter(isErasedEntry).map((one) => entryCandidate(one, null));
}

type Claimed = Pick<Entry, 'resource' | 'claim' | 'wide' | 'meaning'> & { readonly origins: readonly string[] };
const claimed = new WeakMap<View, Claimed>();

/** What a view claims. Remembered with the view: it is asked with every receipt about the person, and views seldom change. */
export function claimOfView(list: string, view: View): Claimed {
  const known = claimed.get(view);
  if (known !== undefined) return known;
  const resource = resourceOf(view);
  const message = messageOf(view.elements['meta']?.value);
  const made = {
    resource,
    claim: claimOf(resource),
    wide: listWide(list, resource),
    meaning: meaningOf(resource),
    origins: [...originsOf(resource), ...(message === undefined ? [] : [message])],
  };
  claimed.set(view, made);
  return made;
}

function entryOf(list: string, from: ListEntry): Entry {
  const { origins, ...own } = claimOfView(list, from.view);
  return {
    from,
    ...own,
    candidate: entryCandidate(from, own.resource),
    origins: [...origins, ...(from.origins ?? [])],
    says: 0,
  };
}

function meaningOf(resource: JsonObject): string {
  const { identifier, patient, subject, recordedDate, recorder, asserter, encounter, requester, ...rest } = resource;
  const { extension, text, contained, authoredOn, dateAsserted, informationSource, performer, ...meaning } = rest;
  return canonicalText(meaning);
}

function inEntryOrder(a: Entry, b: Entry): number {
  return (
    b.from.trust - a.from.trust ||
    byCodeUnit(a.candidate.source, b.candidate.source) ||
    byCodeUnit(a.candidate.subject, b.candidate.subject) ||
    byCodeUnit(a.meaning, b.meaning) ||
    byCodeUnit(a.candidate.saidAt, b.candidate.saidAt) ||
    byCodeUnit(a.from.resourceId, b.from.resourceId)
  );
}
