// Signed notes and their keys (https://c2sp.org/signed-note), Ed25519 only.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { concatBytes, fromBase64, fromHex, sha256, toBase64, toHex, utf8 } from './bytes.ts';

const ED25519 = 0x01;
const KEY_ID_BYTES = 4;
const PUBLIC_KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const SIGNATURES_MAX = 64;
// The fixed head of an Ed25519 SubjectPublicKeyInfo (RFC 8410); the 32 key bytes follow.
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');
const VERIFIER_KEY = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/u;
const SIGNATURE_LINE = /^— ([^\s+]+) ([A-Za-z0-9+/=]+)$/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the format forbids exactly these.
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;

export type Verifier = { readonly name: string; readonly id: Uint8Array; readonly key: KeyObject };
export type Signer = {
  readonly name: string;
  /** `name+hash+base64`: what to hand to whoever will verify. */
  readonly verifierKey: string;
  readonly key: KeyObject;
};

/** A new Ed25519 private key as PKCS #8 PEM. */
export function generateKeyPem(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

/** `name` is the log's origin; it must be free of spaces and plus signs. */
export function signerOf(name: string, pem: string): Signer {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('the ledger key is not an Ed25519 key');
  return { name, key, verifierKey: formatVerifierKey(name, publicBytes(key)) };
}

/** The 32 bytes of the public key that belongs to a private key. */
export function publicBytes(key: KeyObject): Uint8Array {
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(SPKI_HEAD.length);
}

export function formatVerifierKey(name: string, publicKey: Uint8Array): string {
  if (name === '' || /[\s+]/u.test(name)) throw new RangeError(`not a key name: ${JSON.stringify(name)}`);
  const encoded = concatBytes(Uint8Array.of(ED25519), publicKey);
  return `${name}+${toHex(keyId(name, encoded))}+${toBase64(encoded)}`;
}

/** Reads `name+hash+base64`; undefined when it is malformed, of another algorithm, or its hash does not fit. */
export function parseVerifierKey(text: string): Verifier | undefined {
  const [, name = '', hash = '', data = ''] = VERIFIER_KEY.exec(text) ?? [];
  const [encoded, id] = [fromBase64(data), fromHex(hash)];
  if (encoded === undefined || id === undefined) return undefined;
  if (encoded.length !== 1 + PUBLIC_KEY_BYTES || encoded[0] !== ED25519) return undefined;
  if (Buffer.compare(keyId(name, encoded), id) !== 0) return undefined;
  const der = Buffer.concat([SPKI_HEAD, encoded.subarray(1)]);
  return { name, id, key: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
}

function keyId(name: string, encodedKey: Uint8Array): Uint8Array {
  return sha256(concatBytes(utf8(`${name}\n`), encodedKey)).subarray(0, KEY_ID_BYTES);
}

/** Signs `text`, which ends in a newline, and returns the whole note. */
export function signNote(text: string, signer: Signer): string {
  if (!text.endsWith('\n') || CONTROL.test(text)) throw new RangeError('a note is lines of text ending in a newline');
  const id = keyId(signer.name, concatBytes(Uint8Array.of(ED25519), publicBytes(signer.key)));
  const signature = concatBytes(id, sign(null, utf8(text), signer.key));
  return `${text}\n— ${signer.name} ${toBase64(signature)}\n`;
}

export type OpenedNote = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly what: string };

/**
 * Opens a note for one known key. Signatures by other keys are passed over, as the format demands; a bad signature that bears the
 * known key's name and id refuses the whole note.
 */
export function openNote(note: string, verifier: Verifier): OpenedNote {
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n') || CONTROL.test(note)) return refused('it is not a signed note');
  const text = note.slice(0, split + 1);
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > SIGNATURES_MAX) return refused('it has too many signatures');
  let signed = false;
  for (const line of lines) {
    const [, name, data = ''] = SIGNATURE_LINE.exec(line) ?? [];
    const signature = fromBase64(data);
    if (name === undefined || signature === undefined || signature.length <= KEY_ID_BYTES) {
      return refused('a signature line is malformed');
    }
    if (name !== verifier.name || Buffer.compare(signature.subarray(0, KEY_ID_BYTES), verifier.id) !== 0) continue;
    if (!signatureHolds(text, signature.subarray(KEY_ID_BYTES), verifier.key)) {
      return refused(`the signature of ${verifier.name} does not fit the text`);
    }
    signed = true;
  }
  return signed ? { ok: true, text } : refused(`it bears no signature of ${verifier.name}+${toHex(verifier.id)}`);
}

function signatureHolds(text: string, signature: Uint8Array, key: KeyObject): boolean {
  return signature.length === SIGNATURE_BYTES && verify(null, utf8(text), key, signature);
}

function refused(what: string): OpenedNote {
  return { ok: false, what };
}
