// What a statement speaks of, in the words of a receipt's journey.                                                       (pure)
import type { StatementDraft } from '../mapping/types.ts';
import { isRemoval } from '../truth/index.ts';

export function listElements(draft: Pick<StatementDraft, 'said'>): string {
  if (isRemoval(draft)) return 'nothing any more';
  const set = draft.said.filter((said) => said.action === 'set').map((said) => said.element);
  const cleared = draft.said.filter((said) => said.action === 'clear').map((said) => said.element);
  return (
    [set.join(', '), cleared.length > 0 ? `none for ${cleared.join(', ')}` : '']
      .filter((part) => part !== '')
      .join('; ') || 'nothing'
  );
}
