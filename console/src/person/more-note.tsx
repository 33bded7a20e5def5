// Says so when the server has more than the page shows: a list that looks whole and is not would mislead.
import type { ReactNode } from 'react';
import type { Json } from '../api/types.ts';
import { entries, nextPage } from '../fhir/read.ts';

export function MoreNote({ bundle }: { bundle: Json }): ReactNode {
  if (nextPage(bundle) === undefined) return null;
  return <p className="v-small">Only {entries(bundle).length} are shown here; the FHIR API has more.</p>;
}
