// Checkpoints: the signed head of the log at one size (https://c2sp.org/tlog-checkpoint).
import { fromBase64, HASH_BYTES, toBase64 } from './bytes.ts';
import { openNote, type Signer, signNote, type Verifier } from './note.ts';

export type Checkpoint = { readonly origin: string; readonly size: number; readonly root: Uint8Array };
export type OpenedCheckpoint =
  | { readonly ok: true; readonly checkpoint: Checkpoint }
  | { readonly ok: false; readonly what: string };

const SIZE = /^(0|[1-9]\d{0,15})$/;

export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** The origin is the signer's name, as the format advises. */
export function signCheckpoint(head: { readonly size: number; readonly root: Uint8Array }, signer: Signer): string {
  return signNote(checkpointText({ ...head, origin: signer.name }), signer);
}

/** Reads the note text. Extension lines are refused: this log writes none, and nobody could audit them. */
export function parseCheckpointText(text: string): Checkpoint | undefined {
  const [origin = '', sizeText = '', rootText = '', end, ...more] = text.split('\n');
  const root = fromBase64(rootText);
  const size = Number(sizeText);
  if (origin === '' || end !== '' || more.length > 0 || !SIZE.test(sizeText)) return undefined;
  if (root === undefined || root.length !== HASH_BYTES || !Number.isSafeInteger(size)) return undefined;
  return { origin, size, root };
}

/** Checks signature, form, and that the log named is the one the key belongs to. */
export function openCheckpoint(note: string, verifier: Verifier): OpenedCheckpoint {
  const opened = openNote(note, verifier);
  if (!opened.ok) return opened;
  const checkpoint = parseCheckpointText(opened.text);
  if (checkpoint === undefined) return { ok: false, what: 'its text is not a checkpoint' };
  if (checkpoint.origin !== verifier.name) return { ok: false, what: `it speaks of another log, ${checkpoint.origin}` };
  return { ok: true, checkpoint };
}
