// Signed notes and their keys.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { checkpointText, openCheckpoint, parseCheckpointText, signCheckpoint } from './checkpoint.ts';
import { EMPTY_ROOT } from './merkle.ts';
import { generateKeyPem, openNote, parseVerifierKey, signerOf, signNote, type Verifier } from './note.ts';

type Vectors = {
  verifierKey: string;
  text: string;
  note: string;
  otherVerifierKeys: string[];
  invalidKeys: { key: string; because: string }[];
};
const vectors: Vectors = JSON.parse(
  readFileSync(new URL('../../vectors/ledger/signed-note.json', import.meta.url), 'utf8'),
);
const signer = signerOf('vouch.example/ledger', generateKeyPem());

function verifierOf(key: string): Verifier {
  const verifier = parseVerifierKey(key);
  assert.ok(verifier, `${key} is a verifier key`);
  return verifier;
}

test('a published key opens the published note', () => {
  assert.deepEqual(openNote(vectors.note, verifierOf(vectors.verifierKey)), { ok: true, text: vectors.text });
});

test('malformed and mismatched keys are refused', () => {
  for (const { key, because } of vectors.invalidKeys) assert.equal(parseVerifierKey(key), undefined, because);
});

test('a note without a signature of the known key is refused', () => {
  for (const key of vectors.otherVerifierKeys) {
    const opened = openNote(vectors.note, verifierOf(key));
    assert.match(opened.ok ? '' : opened.what, /no signature of sum\.golang\.org/);
  }
});

test('a signed note opens with its own key only', () => {
  const note = signNote('one\n\nthree\n', signer);
  assert.deepEqual(openNote(note, verifierOf(signer.verifierKey)), { ok: true, text: 'one\n\nthree\n' });
  const impostor = signerOf(signer.name, generateKeyPem());
  assert.equal(openNote(note, verifierOf(impostor.verifierKey)).ok, false);
});

test('a further signature by an unknown key is passed over, a bad one by the known key is not', () => {
  const note = signNote('text\n', signer);
  const witness = signNote('text\n', signerOf('witness.example', generateKeyPem())).slice('text\n\n'.length);
  const forged = signNote('other\n', signer).slice('other\n\n'.length);
  const verifier = verifierOf(signer.verifierKey);
  assert.ok(openNote(note + witness, verifier).ok);
  assert.equal(openNote(note + forged, verifier).ok, false);
  assert.equal(openNote(`${note}— witness.example not base64\n`, verifier).ok, false);
  assert.equal(openNote(note + witness.repeat(64), verifier).ok, false);
});

test('a changed, cut or controlled note is refused', () => {
  const note = signNote('text\n', signer);
  const verifier = verifierOf(signer.verifierKey);
  for (const bad of [
    note.replace('text', 'test'),
    note.slice(0, -1),
    `a\u0007${note}`,
    'text\n',
    '',
    note.replace('—', '-'),
  ]) {
    assert.equal(openNote(bad, verifier).ok, false, JSON.stringify(bad));
  }
  assert.throws(() => signNote('no newline', signer), RangeError);
  assert.throws(() => signerOf('has space', generateKeyPem()), RangeError);
});

test('a checkpoint reads back with origin, size and root', () => {
  const note = signCheckpoint({ size: 20852163, root: EMPTY_ROOT }, signer);
  assert.deepEqual(openCheckpoint(note, verifierOf(signer.verifierKey)), {
    ok: true,
    checkpoint: { origin: signer.name, size: 20852163, root: EMPTY_ROOT },
  });
});

test('a signed text that is not a checkpoint of this log is refused', () => {
  const root = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=';
  assert.equal(parseCheckpointText(`example.com/x\n20852163\n${root}\n`)?.size, 20852163);
  assert.equal(parseCheckpointText(`example.com/x\n0\n${root}\n`)?.size, 0);
  for (const size of ['', '01', '-1', '1e3', '9999999999999999', ' 1']) {
    assert.equal(parseCheckpointText(`example.com/x\n${size}\n${root}\n`), undefined, size);
  }
  assert.equal(parseCheckpointText(`\n1\n${root}\n`), undefined);
  assert.equal(parseCheckpointText(`example.com/x\n1\n${root}\nmore\n`), undefined);
  assert.equal(parseCheckpointText(`example.com/x\n1\n${root.slice(0, 8)}\n`), undefined);
  assert.equal(parseCheckpointText(`example.com/x\n1\n${root}`), undefined);
  const verifier = verifierOf(signer.verifierKey);
  const foreign = signNote(checkpointText({ origin: 'other.example', size: 1, root: EMPTY_ROOT }), signer);
  assert.match(JSON.stringify(openCheckpoint(foreign, verifier)), /another log/);
  assert.match(JSON.stringify(openCheckpoint(signNote('hello\n', signer), verifier)), /not a checkpoint/);
});
