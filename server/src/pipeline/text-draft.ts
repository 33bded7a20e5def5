// A draft held by its text. Half of what a message says is said again word for word, and never looked into.                 (pure)
import { type JsonObject, parseFaithful } from '../base/json.ts';
import type { ElementSaid } from '../mapping/types.ts';
import { unpackSaid } from './pack.ts';
import type { PreparedDraft } from './types.ts';

/** Its resource is read when it is first asked for: an own copy, so that a view made of it does not hold the whole message. */
export class TextDraft implements PreparedDraft {
  readonly resourceType: string;
  readonly key: string;
  readonly subjectKey: string | undefined;
  readonly saidAt: PreparedDraft['saidAt'];
  readonly replaces: boolean;
  readonly text: string;
  readonly said: readonly ElementSaid[];
  readonly origins: string;
  readonly position: string | undefined;
  #parsed: JsonObject | undefined;

  constructor(draft: Omit<PreparedDraft, 'resource'>) {
    this.resourceType = draft.resourceType;
    this.key = draft.key;
    this.subjectKey = draft.subjectKey;
    this.saidAt = draft.saidAt;
    this.replaces = draft.replaces;
    this.text = draft.text;
    this.said = draft.said;
    this.origins = draft.origins;
    this.position = draft.position;
  }

  get resource(): JsonObject {
    this.#parsed ??= parseFaithful(this.text) as JsonObject;
    return this.#parsed;
  }
}

/** What a feed speaks of hardly varies: a list said a million times is one list in memory. */
const lists = new Map<string, readonly ElementSaid[]>();
const LISTS_MAX = 1_000;

/** The list that is packed so (see pack.ts). */
export function saidOnce(packed: string): readonly ElementSaid[] {
  const known = lists.get(packed);
  if (known !== undefined) return known;
  const said = unpackSaid(packed);
  if (lists.size >= LISTS_MAX) lists.clear();
  lists.set(packed, said);
  return said;
}
