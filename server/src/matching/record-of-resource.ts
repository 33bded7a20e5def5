// A Patient that somebody asks about, as a linkage record.                                                               (pure)
import type { Instant, SourceKey, StatementId, SubjectId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import { identityOf, type LinkageRecord, linkageRecordOf } from '../identity/index.ts';
import type { View, ViewElement } from '../truth/types.ts';

// Nobody said it: it is asked about.
const ASKED = { statement: 0 as StatementId, source: '' as SourceKey, saidAt: '' as Instant, cleared: false };

export function recordOfResource(resource: JsonObject): LinkageRecord {
  const elements: { [element: string]: ViewElement } = {};
  for (const [element, value] of Object.entries(resource)) elements[element] = { ...ASKED, value };
  const view: View = {
    resourceType: 'Patient',
    elements,
    lastSaidAt: ASKED.saidAt,
    lastStatement: ASKED.statement,
    wholeText: undefined,
  };
  const nobody = { id: '' as SubjectId, source: ASKED.source, firstSeen: 0 };
  return linkageRecordOf((element) => resource[element], identityOf(view, nobody));
}
