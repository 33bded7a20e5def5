// Prepared receipts as they cross from the preparing thread: flat and short, for what is copied between threads costs both.   (pure)
import type { Source } from '../mapping/types.ts';
import { packSaid } from './pack.ts';
import { saidOnce, TextDraft } from './text-draft.ts';
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
  return { ...carried, receipt, source, drafts: carried.drafts.map(unloadDraft) };
}

function unloadDraft(carried: CarriedDraft): PreparedDraft {
  const [resourceType, key, subjectKey, saidAt, replaces, text, said, origins, position] = carried;
  return new TextDraft({
    ...{ resourceType, key, subjectKey, saidAt, replaces, text },
    ...{ said: saidOnce(said), origins, position },
  });
}
