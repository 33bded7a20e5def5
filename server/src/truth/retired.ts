// Records that their own source retired by a merge: once the surviving record speaks, the retired one is set aside.
import type { SourceKey } from '../base/ids.ts';
import type { HarmClass, SetAside } from './types.ts';
import { aside } from './verdict.ts';
import type { NoneSaid, Word, Words } from './words.ts';

type Active = { readonly words: Words; readonly setAside: readonly SetAside[] };

/**
 * For H0 and H1 the survivor's word replaces the retired record's. For H2 and H3 only if the survivor spoke later: then the source
 * has superseded itself; a value that only the retired record had is not dropped by a merge of records.
 */
export function setRetiredAside(words: Words, harm: HarmClass): Active {
  if (!words.values.some((word) => word.subject.retired) && !words.none.some((one) => one.subject.retired)) {
    return { words, setAside: [] };
  }
  const spoken = survivorsSpoke(words);
  const setAside: SetAside[] = [];
  const keep = (one: Word | NoneSaid): boolean => {
    const survivor = one.subject.retired ? spoken.get(one.subject.source) : undefined;
    if (survivor === undefined) return true;
    const gated = harm === 'H2' || harm === 'H3';
    if (gated && survivor <= one.candidate.saidAt) return true;
    setAside.push(aside(one.candidate, gated ? 'superseded-by-same-source' : 'retired-by-merge'));
    return false;
  };
  return { words: { ...words, values: words.values.filter(keep), none: words.none.filter(keep) }, setAside };
}

/** When the surviving records of each source last changed what they say. */
function survivorsSpoke(words: Words): ReadonlyMap<SourceKey, string> {
  const spoken = new Map<SourceKey, string>();
  for (const one of [...words.values, ...words.none]) {
    if (one.subject.retired) continue;
    const before = spoken.get(one.subject.source);
    if (before === undefined || one.candidate.saidAt > before) spoken.set(one.subject.source, one.candidate.saidAt);
  }
  return spoken;
}
