// Before the doors open: what the first question would otherwise wait for, as connections, formats of times and code that never ran.
import type { Instant, ReceiptId, ResourceId, SourceKey, StatementId, SubjectId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import { readLedgerSize } from '../operate/reader.ts';
import {
  readConnected,
  readLinksBefore,
  readListStatements,
  readPatientStatements,
  readPlaces,
  readProvenanceNames,
  readRulingsBefore,
  readSourcesBefore,
  readSpokenOf,
} from '../pipeline/person-reader.ts';
import { explain } from '../truth/index.ts';
import type { Policy, Statement } from '../truth/types.ts';
import type { HttpContext } from './context.ts';

/** No id of a resource has a space. */
const NOBODY = 'no body' as SubjectId;
const LIST = 'Observation';
const AT = '2026-01-01T09:00:00.000Z' as Instant;
const SAID: readonly JsonObject[] = [
  { resourceType: 'Patient', birthDate: '1980-05-01', gender: 'female', name: [{ family: 'A', given: ['B'] }] },
  { resourceType: LIST, status: 'final', effectiveDateTime: AT, code: { text: 'C' }, valueQuantity: { value: 1 } },
];
const PATHS = ['birthDate', 'name', 'address', LIST, `${LIST}/made-up`, 'Condition'];
const ROUNDS = 20;

export async function warmExplain({ db, policyAt }: Pick<HttpContext, 'db' | 'policyAt'>): Promise<void> {
  const asOf = await readLedgerSize(db);
  const policy = await policyAt(asOf);
  const nobody = [NOBODY];
  await Promise.all([
    readConnected(db, nobody),
    readLinksBefore(db, nobody, asOf),
    readPatientStatements(db, nobody, asOf),
    readSpokenOf(db, nobody, asOf),
    readListStatements(db, { subjects: nobody, types: [LIST], asOf }),
    readProvenanceNames(db, { subjects: nobody, types: [LIST] }),
    readSourcesBefore(db, asOf),
    readRulingsBefore(db, nobody, asOf),
    readPlaces(db, []),
  ]);
  for (let round = 0; round < ROUNDS; round += 1) for (const path of PATHS) tellOfNobody(policy, path);
}

function tellOfNobody(policy: Policy, element: string): void {
  const source = 'nobody' as SourceKey;
  const statements = SAID.map(
    (resource, place): Statement => ({
      ...{ id: (place + 1) as StatementId, receipt: (place + 1) as ReceiptId, source, subject: NOBODY, resource },
      ...{ resourceType: String(resource['resourceType']), resourceId: 'made-up' as ResourceId, replaces: true },
      ...{ saidAt: AT, receivedAt: AT, text: JSON.stringify(resource), origins: [] },
      said: Object.keys(resource).map((name) => ({ element: name, action: 'set', update: 'snapshot' })),
    }),
  );
  const subjects = [{ id: NOBODY, source, trust: 0, retired: false, erased: false }];
  explain({ policy, subjects, statements, rulings: [], element, asOf: SAID.length + 1, at: AT, sourceNames: {} });
}
