// The log's signing key: one file in the data directory, made once, readable by its owner only.
import { createHash, createPrivateKey } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generateKeyPem, publicBytes, type Signer, signerOf } from '@vouch/proof';
import { Failed } from '../base/errors.ts';

export const KEY_FILE = 'ledger-key.pem';
/** The verifier key beside it, to be handed out and published. */
export const PUBLIC_KEY_FILE = 'ledger-key.pub';
const OTHERS = 0o007;

/**
 * Reads the key, or makes it at the first start. `origin` names the log in every checkpoint, and may never change; by default it is
 * made of the key, so that two installations never share a name.
 */
export function openLedgerKey(directory: string, origin?: string): Signer {
  const file = path.join(directory, KEY_FILE);
  if (!existsSync(file)) writeDurably(file, generateKeyPem(), 0o600);
  if ((statSync(file).mode & OTHERS) !== 0) {
    throw new Failed(
      'ledger-key-exposed',
      `${KEY_FILE} is open to every user of this machine; make it private with chmod 600.`,
    );
  }
  const pem = readFileSync(file, 'utf8');
  const signer = signerOf(origin ?? defaultOrigin(pem), pem);
  const published = path.join(directory, PUBLIC_KEY_FILE);
  if (!existsSync(published) || readFileSync(published, 'utf8') !== `${signer.verifierKey}\n`) {
    writeDurably(published, `${signer.verifierKey}\n`, 0o644);
  }
  return signer;
}

function defaultOrigin(pem: string): string {
  const fingerprint = createHash('sha256')
    .update(publicBytes(createPrivateKey(pem)))
    .digest('hex');
  return `vouch.local/${fingerprint.slice(0, 16)}`;
}

// Written whole or not at all: a key file cut short by a crash would end the log's history.
function writeDurably(file: string, text: string, mode: number): void {
  const temporary = `${file}.new`;
  const descriptor = openSync(temporary, 'w', mode);
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
  const directory = openSync(path.dirname(file), 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
