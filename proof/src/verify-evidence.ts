// Verifies an evidence file offline. Nothing in the file is believed: every statement in it is computed again.
import { bytesEqual, sha256 } from './bytes.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { decodeEvidence, type Evidence, type OpenedLeaf, sealText } from './evidence.ts';
import { type Finding, type Verification, type VerifyOptions, verificationOf } from './finding.ts';
import { commit, leafEntry, SALT_BYTES } from './leaf.ts';
import { leafHash } from './merkle.ts';
import { openNote, parseVerifierKey, type Verifier } from './note.ts';
import { type Content, openContent } from './open-content.ts';
import { verifyConsistency, verifyInclusion } from './proofs.ts';
import { Malformed } from './shape.ts';
import { type ReadLeaf, verifyExplanation } from './verify-explanation.ts';

/** Checks seal, signatures, inclusion of each leaf, consistency, and that the explanation's inputs are there and say what it says. */
export function verifyEvidence(file: Uint8Array, options: VerifyOptions = {}): Verification {
  const decoded = attempt(() => decodeEvidence(file));
  if (!decoded.ok) return verificationOf([decoded.finding], [], options);
  const { evidence, seal } = decoded.value;
  const verifier = parseVerifierKey(evidence.key);
  if (verifier === undefined) return verificationOf([finding('key', 'key', 'is not a verifier key')], [], options);
  const key = checkKey(evidence, options);
  const sealing = checkSeal(evidence, seal, verifier);
  const opened = openCheckpoint(evidence.checkpoint, verifier);
  if (!opened.ok) {
    const findings = [...key, ...sealing, finding('checkpoint', 'checkpoint', opened.what)];
    return verificationOf(findings, [], options);
  }
  const history = checkHistory(evidence, { verifier, checkpoint: opened.checkpoint, options });
  const leaves = checkLeaves(evidence.leaves, opened.checkpoint);
  const explained = verifyExplanation(evidence.explanation, leaves.read, opened.checkpoint.size);
  const findings = [...key, ...sealing, ...history, ...leaves.findings, ...explained.findings];
  return verificationOf(findings, [...heldOf(evidence, opened.checkpoint), ...explained.held], options);
}

function heldOf(evidence: Evidence, { origin, size }: Checkpoint): readonly string[] {
  const earlier =
    evidence.earlier === undefined ? [] : ['The checkpoint extends the earlier one: nothing before it was rewritten.'];
  return [
    `The file is sealed by ${origin}, and not a byte was changed since.`,
    `The checkpoint is signed by ${origin} for ${size} leaves.`,
    ...earlier,
    `${evidence.leaves.length} inputs are in the log, at the places and with the content given here.`,
  ];
}

function checkKey(evidence: Evidence, { key }: VerifyOptions): readonly Finding[] {
  if (key === undefined || key === evidence.key) return [];
  return [finding('key', 'key', `is ${evidence.key}, not the key that was asked for`)];
}

function checkSeal(evidence: Evidence, seal: string, verifier: Verifier): readonly Finding[] {
  const opened = openNote(seal, verifier);
  if (!opened.ok) return [finding('seal', 'seal', opened.what)];
  return opened.text === sealText(evidence)
    ? []
    : [finding('seal', 'seal', 'the file was changed after it was sealed')];
}

type History = { readonly verifier: Verifier; readonly checkpoint: Checkpoint; readonly options: VerifyOptions };

function checkHistory(evidence: Evidence, { verifier, checkpoint, options }: History): readonly Finding[] {
  const pinned = checkPinned(evidence, verifier, options);
  if (evidence.earlier === undefined) return pinned;
  const earlier = openCheckpoint(evidence.earlier.checkpoint, verifier);
  if (!earlier.ok) return [...pinned, finding('checkpoint', 'earlier.checkpoint', earlier.what)];
  const holds = verifyConsistency({
    from: earlier.checkpoint.size,
    fromRoot: earlier.checkpoint.root,
    to: checkpoint.size,
    toRoot: checkpoint.root,
    proof: evidence.earlier.proof,
  });
  const what = `does not lead from ${earlier.checkpoint.size} to ${checkpoint.size} leaves: history may have been rewritten`;
  return holds ? pinned : [...pinned, finding('consistency', 'earlier.proof', what)];
}

// A kept checkpoint is matched by size and root, not by text: cosignatures may differ.
function checkPinned(evidence: Evidence, verifier: Verifier, options: VerifyOptions): readonly Finding[] {
  if (options.checkpoint === undefined) return [];
  const kept = openCheckpoint(options.checkpoint, verifier);
  if (!kept.ok) return [finding('pinned-checkpoint', 'the kept checkpoint', kept.what)];
  const inFile = [evidence.checkpoint, ...(evidence.earlier === undefined ? [] : [evidence.earlier.checkpoint])];
  const found = inFile.some((note) => {
    const opened = openCheckpoint(note, verifier);
    return (
      opened.ok &&
      opened.checkpoint.size === kept.checkpoint.size &&
      bytesEqual(opened.checkpoint.root, kept.checkpoint.root)
    );
  });
  const what = `the file does not build on the kept checkpoint of ${kept.checkpoint.size} leaves`;
  return found ? [] : [finding('pinned-checkpoint', 'earlier', what)];
}

function checkLeaves(leaves: readonly OpenedLeaf[], checkpoint: Checkpoint) {
  const findings: Finding[] = [];
  const read: ReadLeaf[] = [];
  for (const [position, leaf] of leaves.entries()) {
    const where = `leaves[${position}]`;
    const before = leaves[position - 1];
    if (before !== undefined && before.index >= leaf.index) {
      findings.push(finding('order', `${where}.index`, 'leaves must come by rising index, each once'));
    }
    findings.push(...checkInclusion(leaf, where, checkpoint));
    const content = attempt(() => openContent(leaf.kind, leaf.content, `${where}.content`));
    if (!content.ok) findings.push({ ...content.finding, code: 'content' });
    else {
      findings.push(...checkPayload(leaf, content.value, where));
      read.push({ index: leaf.index, content: content.value, payload: leaf.payload });
    }
  }
  return { findings, read };
}

function checkInclusion(leaf: OpenedLeaf, where: string, { size, root }: Checkpoint): readonly Finding[] {
  if (leaf.salt.length !== SALT_BYTES) return [finding('malformed', `${where}.salt`, `must have ${SALT_BYTES} bytes`)];
  const hash = leafHash(leafEntry({ kind: leaf.kind, commitment: commit(leaf.salt, leaf.content) }));
  const tooShort = leaf.proof.some((step) => step.length !== root.length);
  if (tooShort) return [finding('malformed', `${where}.proof`, 'must be hashes of 32 bytes')];
  if (verifyInclusion({ index: leaf.index, size, leafHash: hash, proof: leaf.proof, root })) return [];
  return [finding('inclusion', where, `this ${leaf.kind} is not leaf ${leaf.index} of the log at ${size} leaves`)];
}

function checkPayload(leaf: OpenedLeaf, content: Content, where: string): readonly Finding[] {
  if (leaf.payload === undefined) return [];
  if (content.kind !== 'receipt') return [finding('payload', `${where}.payload`, 'only a receipt has a payload')];
  if (bytesEqual(sha256(leaf.payload), content.fields.payloadHash)) return [];
  return [finding('payload', `${where}.payload`, 'these are not the bytes that were received')];
}

function finding(code: Finding['code'], where: string, what: string): Finding {
  return { code, where, what };
}

type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly finding: Finding };

function attempt<T>(read: () => T): Attempt<T> {
  try {
    return { ok: true, value: read() };
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, finding: finding('malformed', error.where, error.message) };
    throw error;
  }
}
