// Everybody whose scored links depend on a subject's: found by strong scores and as fellows of one person, in turn until nobody new turns up.
import type { SubjectId } from '../base/ids.ts';
import type { Link, Ready } from '../identity/index.ts';
import type { Component } from './types.ts';

/** Where more hang together than this, they are a crowd and not a family: no score links them. */
const MEMBERS_MAX = 500;

type Near = { readonly subject: SubjectId; readonly person: SubjectId; readonly score: number; readonly ready: Ready };
/** What is asked of the store, or of whatever stands for it. */
export type Ask = {
  /** The record of a subject that has one. */
  readonly record: (subject: SubjectId) => Promise<Ready | undefined>;
  /** Whoever shares a key with it and scores enough to be shown to a person, best first. */
  readonly near: (subject: SubjectId, record: Ready) => Promise<readonly Near[]>;
  /** All subjects of its person, itself included. */
  readonly fellows: (subject: SubjectId) => Promise<readonly SubjectId[]>;
  readonly links: (subjects: readonly SubjectId[]) => Promise<readonly Link[]>;
};

export async function componentOf(start: SubjectId, ask: Ask, link: number): Promise<Component> {
  const members = new Set([start]);
  const records = new Map<SubjectId, Ready>();
  const edges = new Map<string, Component['edges'][number]>();
  for (const member of members) {
    if (members.size > MEMBERS_MAX) break;
    for (const fellow of await ask.fellows(member)) members.add(fellow);
    const own = await ask.record(member);
    if (own === undefined) continue;
    records.set(member, own);
    const shown = new Set<SubjectId>();
    for (const { subject, person, score, ready } of await ask.near(member, own)) {
      // Of a person who is not sure enough, one record is shown.
      if (score < link && shown.has(person)) continue;
      shown.add(person);
      if (score >= link) members.add(subject);
      records.set(subject, ready);
      const [a, b] = member < subject ? [member, subject] : [subject, member];
      edges.set(`${a} ${b}`, { a, b, score });
    }
  }
  const subjects = [...members];
  const whole = members.size <= MEMBERS_MAX;
  return { subjects, records, links: await ask.links(subjects), edges: whole ? [...edges.values()] : [] };
}
