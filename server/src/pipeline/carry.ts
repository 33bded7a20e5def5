// Prepared receipts as they cross from the preparing thread: flat and short, for what is copied between threads costs both.   (pure)
import { type JsonObject, parseFaithful } from '../base/json.ts';
import type { ElementSaid, Source } from '../mapping/types.ts';
import { packSaid, unpackSaid } from './pack.ts';
import type { Prepared, PreparedDraft, Receipt } from './types.ts';

type CarriedDraft = readonly [
  type: string,
  key: string,
  subjectKey: string | undefined,
  saidAt: PreparedDraft['saidAt'],
  replaces: boolean,
  text: string,
  said: string,
  origins: string,
  position: string | undefined,
];
/** All of a prepared receipt but what the other side has already. */
export type Carried = Omit<Prepared, 'receipt' | 'source' | 'drafts'> & { readonly drafts: readonly CarriedDraft[] };

export function carry({ receipt: _receipt, source: _source, drafts, ...rest }: Prepared): Carried {
  return {
    ...rest,
    drafts: drafts.map(({ resourceType, key, subjectKey, saidAt, replaces, text, said, origins, position }) => [
      resourceType,
      key,
      subjectKey,
      saidAt,
      replaces,
      text,
      packSaid(said),
      origins,
      position,
    ]),
  };
}

export function unload(carried: Carried, receipt: Receipt, source: Source): Prepared {
  return { ...carried, receipt, source, drafts: carried.drafts.map((draft) => new UnloadedDraft(draft)) };
}

/** Half of what a message says is said again word for word, and never looked into: its resource is read when it is first asked for. */
class UnloadedDraft implements PreparedDraft {
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

  constructor(carried: CarriedDraft) {
    this.resourceType = carried[0];
    this.key = carried[1];
    this.subjectKey = carried[2];
    this.saidAt = carried[3];
    this.replaces = carried[4];
    this.text = carried[5];
    this.said = saidOf(carried[6]);
    this.origins = carried[7];
    this.position = carried[8];
  }

  get resource(): JsonObject {
    this.#parsed ??= parseFaithful(this.text) as JsonObject;
    return this.#parsed;
  }
}

/** What a feed speaks of hardly varies: a list said a million times is one list in memory. */
const lists = new Map<string, readonly ElementSaid[]>();
const LISTS_MAX = 1_000;

function saidOf(packed: string): readonly ElementSaid[] {
  const known = lists.get(packed);
  if (known !== undefined) return known;
  const said = unpackSaid(packed);
  if (lists.size >= LISTS_MAX) lists.clear();
  lists.set(packed, said);
  return said;
}
