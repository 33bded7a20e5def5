// Sources by name: most answers carry only their short keys.
import { useAnswer } from '../api/use-answer.ts';

type SourceList = { readonly sources: readonly { readonly key: string; readonly name: string }[] };

/** Until the names are there, and for a source without one, a key stands for itself. */
export function useSourceNames(): { readonly all: SourceList['sources']; nameOf(key: string): string } {
  const all = useAnswer<SourceList>('/api/v1/sources').value?.sources ?? [];
  return { all, nameOf: (key) => all.find((source) => source.key === key)?.name ?? key };
}
