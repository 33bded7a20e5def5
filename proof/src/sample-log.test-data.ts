// A small log for tests: two sources disagree on a birth date, a policy chooses, and an explanation says so. Synthetic throughout.
import { sha256, utf8 } from './bytes.ts';
import { signCheckpoint } from './checkpoint.ts';
import {
  linkContent,
  policyContent,
  receiptContent,
  rulingContent,
  type StatementFields,
  sourceContent,
  statementContent,
} from './contents.ts';
import { type Evidence, sealEvidence } from './evidence.ts';
import { commit, type LeafKind, leafEntry, SALT_BYTES } from './leaf.ts';
import { encodeLogLine, entriesLine } from './log-file.ts';
import { leafHash, rootOf } from './merkle.ts';
import { generateKeyPem, signerOf } from './note.ts';
import { assembleProof, consistencyPlan, inclusionPlan, nodesOf } from './proofs.ts';

export const signer = signerOf('vouch.example/ledger', generateKeyPem());
export const payloads = [
  utf8('MSH|^~\\&|PAS|RXX\rPID|1||7^^^RXX||DOE^JO||19800102\r'),
  utf8('{"resourceType":"Patient"}'),
];

const PART = 2 ** 20;
const at = (minute: number) => `2026-03-02T07:${String(minute).padStart(2, '0')}:00.000Z`;

export const statements: readonly StatementFields[] = [
  {
    id: 2 * PART,
    receipt: 2,
    source: 'rxx-pas',
    resourceType: 'Patient',
    resourceId: 'a1',
    subject: 'a1',
    saidAt: at(1),
    receivedAt: at(2),
    replaces: false,
    text: '{"resourceType":"Patient","name":[{"family":"Doe"},{"family":"Roe"}],"birthDate":"1980-01-02","multipleBirthInteger":2}',
    said: [{ element: 'birthDate', action: 'set', update: 'snapshot' }],
    origins: [{ path: 'birthDate', position: 'PID-7', span: { start: 41, end: 49 } }],
  },
  {
    id: 3 * PART,
    receipt: 3,
    source: 'gp',
    resourceType: 'Patient',
    resourceId: 'b1',
    subject: 'b1',
    saidAt: at(3),
    receivedAt: at(4),
    replaces: true,
    text: '{"resourceType":"Patient","birthDate":"1980-02-01","gender":"female"}',
    said: [
      { element: 'birthDate', action: 'set', update: 'snapshot' },
      { element: 'telecom', action: 'clear', update: 'snapshot' },
    ],
    origins: [],
  },
];

export type Committed = { readonly kind: LeafKind; readonly content: Uint8Array };

export const committed: readonly Committed[] = [
  { kind: 'source', content: sourceContent({ key: 'gp', version: 1, settings: { trust: 80, name: 'GP' } }) },
  { kind: 'policy', content: policyContent({ id: 'uk-default@1', text: 'elements: {}\n' }) },
  {
    kind: 'receipt',
    content: receiptContent({
      source: 'rxx-pas',
      door: 'mllp',
      receivedAt: at(2),
      format: 'hl7v2',
      deliveryKey: 'PAS|RXX|0001',
      payloadHash: sha256(payloads[0] ?? new Uint8Array(0)),
    }),
  },
  {
    kind: 'receipt',
    content: receiptContent({
      source: 'gp',
      door: 'fhir',
      receivedAt: at(4),
      format: 'fhir-json',
      deliveryKey: undefined,
      payloadHash: sha256(payloads[1] ?? new Uint8Array(0)),
    }),
  },
  ...statements.map((statement) => ({ kind: 'statement' as const, content: statementContent(statement) })),
  {
    kind: 'link',
    content: linkContent({
      id: 3 * PART + 1,
      a: 'a1',
      b: 'b1',
      kind: 'same',
      rule: 'verified-nhs-number-and-birth-date',
      retired: undefined,
      receipt: 3,
      because: [{ code: 'identifier', detail: 'value' }],
    }),
  },
  {
    kind: 'ruling',
    content: rulingContent({
      receipt: 3,
      subject: 'a1',
      element: 'birthDate',
      decision: 'choose',
      chosen: 2 * PART,
      competingSet: 'abcd',
      reason: 'seen passport',
      by: 'dr-example',
      at: at(9),
    }),
  },
];

export const leaves = committed.map(({ kind, content }, index) => {
  const salt = sha256(utf8(`salt ${index}`)).subarray(0, SALT_BYTES);
  const commitment = commit(salt, content);
  return { kind, content, salt, commitment, hash: leafHash(leafEntry({ kind, commitment })) };
});
const hashes = leaves.map((leaf) => leaf.hash);
const nodeOf = nodesOf(hashes);

export function checkpointAt(size: number, by = signer): string {
  return signCheckpoint({ size, root: rootOf(hashes.slice(0, size)) }, by);
}

export function explained(position: number, value: unknown, more: object = {}) {
  const statement = statements[position];
  const { id, receipt, source, saidAt, receivedAt, origins } = statement ?? {};
  return { statement: id, receipt, source, sourceName: 'Any', saidAt, receivedAt, value, origins, ...more };
}

export const explanation = {
  person: 'a1',
  element: 'birthDate',
  asOf: 8,
  at: at(10),
  state: 'known',
  values: ['1980-01-02'],
  rule: 'ruling',
  policy: 'uk-default@1',
  ruling: 7,
  said: [explained(0, '1980-01-02')],
  setAside: [explained(1, '1980-02-01', { reason: 'ruled-out', sentence: 'A person chose otherwise.' })],
  text: 'We know the birth date.',
};

export function evidenceOf(change: Partial<Evidence> = {}): Evidence {
  return {
    key: signer.verifierKey,
    checkpoint: checkpointAt(leaves.length),
    earlier: { checkpoint: checkpointAt(3), proof: assembleProof(consistencyPlan(3, leaves.length), nodeOf) },
    leaves: leaves.map(({ kind, salt, content }, index) => ({
      index,
      kind,
      salt,
      content,
      payload: index === 2 ? payloads[0] : undefined,
      proof: assembleProof(inclusionPlan(index, leaves.length), nodeOf),
    })),
    explanation: JSON.stringify(explanation),
    ...change,
  };
}

export function evidenceFile(change: Partial<Evidence> = {}): Uint8Array {
  return utf8(sealEvidence(evidenceOf(change), signer));
}

/** Entries up to each of these sizes, each followed by its checkpoint. */
export function logLines(sizes: readonly number[], by = signer): readonly string[] {
  const lines = [encodeLogLine({ line: 'head', key: by.verifierKey })];
  let from = 0;
  for (const size of sizes) {
    lines.push(encodeLogLine(entriesLine(from, leaves.slice(from, size))));
    lines.push(encodeLogLine({ line: 'checkpoint', note: checkpointAt(size, by) }));
    from = size;
  }
  return [...lines, encodeLogLine({ line: 'end', size: from, checkpoints: sizes.length })];
}

export function logFile(sizes: readonly number[] = [3, 8]): Uint8Array {
  return utf8(logLines(sizes).join(''));
}
