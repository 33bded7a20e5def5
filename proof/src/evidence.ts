// The evidence file: opened leaves with their proofs under a signed checkpoint, and the explanation that rests on them.
// One line of JSON whose members stand in one order; the last, `seal`, is the log's signature over all the others.
import { fromBase64, fromUtf8, sha256, toBase64, utf8 } from './bytes.ts';
import { LEAF_KINDS, type LeafKind } from './leaf.ts';
import { type Signer, signNote } from './note.ts';
import { listOf, Malformed, nullable, parseJson, type Read, readCount, readObject, readString } from './shape.ts';

export const EVIDENCE_FORMAT = 'vouch-evidence/1';

/** A leaf together with what it commits to, so that anyone can compute its hash. */
export type OpenedLeaf = {
  readonly index: number;
  readonly kind: LeafKind;
  readonly salt: Uint8Array;
  /** The committed bytes, as contents.ts writes them. */
  readonly content: Uint8Array;
  /** For a receipt: the bytes as they came, where they may be shown. */
  readonly payload: Uint8Array | undefined;
  /** Inclusion in `checkpoint`. */
  readonly proof: readonly Uint8Array[];
};

export type Evidence = {
  /** Verifier key of the log. */
  readonly key: string;
  readonly checkpoint: string;
  /** An earlier checkpoint, and the proof that `checkpoint` only added to it. */
  readonly earlier: { readonly checkpoint: string; readonly proof: readonly Uint8Array[] } | undefined;
  /** By rising index. */
  readonly leaves: readonly OpenedLeaf[];
  /** The answer of `$explain`, as JSON text: kept to the byte. */
  readonly explanation: string | undefined;
};
export type SealedEvidence = { readonly evidence: Evidence; readonly seal: string };

/** Signs the evidence and writes the file. */
export function sealEvidence(evidence: Evidence, signer: Signer): string {
  return encodeEvidence({ evidence, seal: signNote(sealText(evidence), signer) });
}

/** Two lines, so that a seal can never pass as a checkpoint, which has three. */
export function sealText(evidence: Evidence): string {
  return `${EVIDENCE_FORMAT}\nsha256 ${toBase64(sha256(utf8(JSON.stringify(body(evidence)))))}\n`;
}

export function encodeEvidence({ evidence, seal }: SealedEvidence): string {
  return `${JSON.stringify({ ...body(evidence), seal })}\n`;
}

function body(evidence: Evidence) {
  const { key, checkpoint, earlier, leaves, explanation } = evidence;
  return {
    format: EVIDENCE_FORMAT,
    key,
    checkpoint,
    earlier: earlier === undefined ? null : { checkpoint: earlier.checkpoint, proof: earlier.proof.map(toBase64) },
    leaves: leaves.map(({ index, kind, salt, content, payload, proof }) => ({
      index,
      kind,
      salt: toBase64(salt),
      content: toBase64(content),
      payload: payload === undefined ? null : toBase64(payload),
      proof: proof.map(toBase64),
    })),
    explanation: explanation ?? null,
  };
}

/** Reads the file; throws `Malformed` for anything that `encodeEvidence` would not have written, to the byte. */
export function decodeEvidence(file: Uint8Array): SealedEvidence {
  const text = fromUtf8(file);
  if (text === undefined) throw new Malformed('file', 'is not UTF-8');
  const names = ['format', 'key', 'checkpoint', 'earlier', 'leaves', 'explanation', 'seal'];
  const { format, key, checkpoint, earlier, leaves, explanation, seal } = readObject(
    parseJson(text, 'file'),
    'file',
    names,
  );
  if (format !== EVIDENCE_FORMAT) throw new Malformed('format', `must be ${EVIDENCE_FORMAT}`);
  const sealed = {
    evidence: {
      key: readString(key, 'key'),
      checkpoint: readString(checkpoint, 'checkpoint'),
      earlier: nullable(readEarlier)(earlier, 'earlier'),
      leaves: listOf(readLeaf)(leaves, 'leaves'),
      explanation: nullable(readString)(explanation, 'explanation'),
    },
    seal: readString(seal, 'seal'),
  };
  if (encodeEvidence(sealed) !== text) throw new Malformed('file', 'is not in its canonical spelling');
  return sealed;
}

const readBytes: Read<Uint8Array> = (value, where) => {
  const bytes = fromBase64(readString(value, where));
  if (bytes === undefined) throw new Malformed(where, 'is not canonical base64');
  return bytes;
};

const readEarlier: Read<{ checkpoint: string; proof: readonly Uint8Array[] }> = (value, where) => {
  const { checkpoint, proof } = readObject(value, where, ['checkpoint', 'proof']);
  return {
    checkpoint: readString(checkpoint, `${where}.checkpoint`),
    proof: listOf(readBytes)(proof, `${where}.proof`),
  };
};

const readKind: Read<LeafKind> = (value, where) => {
  const kind = LEAF_KINDS.find((known) => known === value);
  if (kind === undefined) throw new Malformed(where, `must be one of ${LEAF_KINDS.join(', ')}`);
  return kind;
};

const readLeaf: Read<OpenedLeaf> = (value, where) => {
  const names = ['index', 'kind', 'salt', 'content', 'payload', 'proof'];
  const { index, kind, salt, content, payload, proof } = readObject(value, where, names);
  return {
    index: readCount(index, `${where}.index`),
    kind: readKind(kind, `${where}.kind`),
    salt: readBytes(salt, `${where}.salt`),
    content: readBytes(content, `${where}.content`),
    payload: nullable(readBytes)(payload, `${where}.payload`),
    proof: listOf(readBytes)(proof, `${where}.proof`),
  };
};
