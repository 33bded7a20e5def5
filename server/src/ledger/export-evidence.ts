// Makes an evidence file: the asked-for inputs opened, proven under the newest checkpoint, and signed.
import {
  type Evidence,
  encodeContent,
  type OpenedLeaf,
  parseAskedPath,
  readExplanation,
  sealEvidence,
  startsAtResource,
} from '@vouch/proof';
import type { Sql } from '../base/db.ts';
import { Broken, invariant, Refused } from '../base/errors.ts';
import { troubleOf } from './audit.ts';
import {
  readContents,
  readLinksAround,
  readPartIndexes,
  readPayloads,
  readPolicyIndex,
  readRulingsAround,
  readSiblings,
  receiptOf,
  type Selection,
  type StoredContent,
} from './content-reader.ts';
import { openLedger } from './hashes.ts';
import { consistencyProof, inclusionProofs } from './prove.ts';
import { type LeafRow, readCheckpoint, readLeaves } from './reader.ts';
import { seal } from './seal.ts';
import type { EvidenceRequest, LedgerStore, Sealing, StoredCheckpoint } from './types.ts';

export const EVIDENCE_LEAVES_MAX = 10_000;

/**
 * The file as text, for `vouch verify`. Give the opened ledger's `roots` along, so that tiles are hashed once and not for each file. Seals first, so that inputs committed a moment ago are covered. Throws `Refused` for what
 * is not there or was erased, and `Broken` when a row no longer says what its leaf committed to: such evidence would refute itself.
 */
export async function exportEvidence(
  sealing: Sealing & Partial<LedgerStore>,
  request: EvidenceRequest,
): Promise<string> {
  const store = { ...openLedger(sealing.db), ...sealing };
  const explanation = textOf(request.explanation);
  const selection = await select(sealing.db, request, explanation);
  const checkpoint = await seal(sealing);
  if (checkpoint === undefined) throw new Refused('ledger-empty', 'The ledger has no leaves yet.');
  const evidence: Evidence = {
    key: sealing.signer.verifierKey,
    checkpoint: checkpoint.note,
    earlier: await earlierOf(store, request.since, checkpoint),
    leaves: await openLeaves(store, selection, { size: checkpoint.size, payloads: request.payloads === true }),
    explanation,
  };
  return sealEvidence(evidence, sealing.signer);
}

/** Kept to the byte when given as text; a value is written as the answer itself is. */
function textOf(explanation: unknown): string | undefined {
  if (explanation === undefined) return undefined;
  return typeof explanation === 'string' ? explanation : JSON.stringify(explanation);
}

async function earlierOf(
  store: LedgerStore,
  since: number | undefined,
  { size }: StoredCheckpoint,
): Promise<Evidence['earlier']> {
  if (since === undefined) return undefined;
  const earlier = await readCheckpoint(store.db, since);
  if (earlier === undefined)
    throw new Refused('no-such-checkpoint', `No checkpoint was signed at ${since} leaves.`, 'since');
  return { checkpoint: earlier.note, proof: await consistencyProof(store, earlier.size, size) };
}

/** Everything asked for and everything the explanation names, by rising ledger index, each once. */
async function select(db: Sql, request: EvidenceRequest, explanation: string | undefined): Promise<Selection> {
  const named = explanation === undefined ? NOTHING_NAMED : await explainedInputs(db, explanation);
  const statementIds = [...(request.statements ?? []), ...named.statements];
  const linkIds = [...(request.links ?? []), ...named.links];
  const parts = [...(await partIndexes(db, 'statement', statementIds)), ...(await partIndexes(db, 'link', linkIds))];
  const indexes = new Set([...(request.receipts ?? []), ...(request.leaves ?? []), ...named.indexes, ...parts]);
  if (indexes.size > EVIDENCE_LEAVES_MAX) {
    throw new Refused(
      'evidence-too-large',
      `One file opens at most ${EVIDENCE_LEAVES_MAX} leaves; this asks for ${indexes.size}.`,
    );
  }
  // A leaf asked for by its index alone may be any receipt's statement; then they cannot be found through receipts.
  const receipts = request.leaves === undefined ? [...statementIds, ...linkIds].map(receiptOf) : undefined;
  return { indexes: [...indexes].sort((a, b) => a - b), receipts };
}

type Named = {
  readonly indexes: readonly number[];
  readonly statements: readonly number[];
  readonly links: readonly number[];
};
const NOTHING_NAMED: Named = { indexes: [], statements: [], links: [] };

async function explainedInputs(db: Sql, text: string): Promise<Named> {
  const { person, element, asOf, policy, rule, ruling, statements } = readExplanation(text);
  const named = statements.flatMap((explained) => [explained.statement, ...explained.repeats]);
  // Only a resource may be put together from several messages; an element is always said by the statement it names.
  const siblings = startsAtResource(parseAskedPath(element)) ? await readSiblings(db, named, asOf) : [];
  const rulings = ruling === undefined && rule === 'ruling' ? await readRulingsAround(db, person, asOf) : [];
  const policyIndex = await readPolicyIndex(db, policy, asOf);
  if (policyIndex === undefined)
    throw new Refused('no-such-input', `Policy ${policy} was not active before ${asOf}.`, 'explanation.policy');
  return {
    indexes: [
      policyIndex,
      ...(ruling === undefined ? rulings : [ruling]),
      ...statements.map((explained) => explained.receipt),
    ],
    statements: [...new Set([...named, ...siblings])],
    links: await readLinksAround(db, person, asOf),
  };
}

async function partIndexes(db: Sql, table: 'statement' | 'link', ids: readonly number[]): Promise<readonly number[]> {
  if (ids.length === 0) return [];
  const found = await readPartIndexes(db, table, ids);
  const missing = ids.find((id) => !found.has(id));
  if (missing !== undefined) throw new Refused('no-such-input', `There is no ${table} ${missing}.`, `${table}s`);
  return [...found.values()];
}

type Opening = { readonly size: number; readonly payloads: boolean };

async function openLeaves(
  store: LedgerStore,
  selection: Selection,
  { size, payloads }: Opening,
): Promise<readonly OpenedLeaf[]> {
  const { indexes } = selection;
  const leaves = new Map((await readLeaves(store.db, indexes)).map((leaf) => [leaf.index, leaf]));
  const missing = indexes.find((index) => !leaves.has(index));
  if (missing !== undefined) throw new Refused('no-such-input', `The ledger has no leaf ${missing}.`, 'indexes');
  const contents = new Map((await readContents(store.db, selection)).map((stored) => [stored.index, stored]));
  const bytes = payloads ? await readPayloads(store.db, indexes) : new Map<number, Uint8Array>();
  const proofs = await inclusionProofs(store, indexes, size);
  return [...leaves.values()].map((leaf, position) => ({
    index: leaf.index,
    kind: leaf.kind,
    salt: leaf.salt,
    content: openedContent(leaf, contents.get(leaf.index)),
    payload: leaf.kind === 'receipt' ? bytes.get(leaf.index) : undefined,
    proof: proofs[position] ?? [],
  }));
}

function openedContent(leaf: LeafRow, stored: StoredContent | undefined): Uint8Array {
  const trouble = troubleOf(leaf, stored);
  if (trouble === 'erased')
    throw new Refused('input-erased', `The content of leaf ${leaf.index} was erased; it cannot be shown.`);
  if (trouble !== undefined) throw new Broken(`Leaf ${leaf.index} and its ${leaf.kind} no longer agree (${trouble}).`);
  invariant(stored?.content !== undefined, 'a leaf without trouble has content');
  return encodeContent(stored.content);
}
