// Verifies the file of a whole log as a stream: folds every entry into the tree and holds each signed checkpoint against it.
// Memory does not grow with the log.
import { bytesEqual, fromBase64, fromUtf8, toBase64 } from './bytes.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { type Finding, type Verification, type VerifyOptions, verificationOf } from './finding.ts';
import { appendLeaf, emptyFrontier, type Frontier, frontierRoot } from './frontier.ts';
import { ENTRY_BYTES, LEAF_KINDS, type LeafKind, readLeafEntry } from './leaf.ts';
import { encodeLogLine, LOG_FORMAT, LOG_LINE_ENTRIES_MAX, type LogLine } from './log-file.ts';
import { leafHash } from './merkle.ts';
import { parseVerifierKey, type Verifier } from './note.ts';
import { Malformed, parseJson, readAnyObject, readCount, readObject, readString } from './shape.ts';

const LINE_BYTES_MAX = 1_000_000;
const NEWLINE = 0x0a;

type State = {
  readonly options: VerifyOptions;
  readonly frontier: Frontier;
  readonly counts: { [kind in LeafKind]: number };
  verifier: Verifier | undefined;
  kept: Checkpoint | undefined;
  keptFound: boolean;
  latest: Checkpoint | undefined;
  checkpoints: number;
  ended: boolean;
};

/** Thrown inside, returned outside: after the first thing that does not hold, the rest of the stream proves nothing. */
class Refuted extends Error {
  readonly finding: Finding;
  constructor(code: Finding['code'], where: string, what: string) {
    super(what);
    this.finding = { code, where, what };
  }
}

export async function verifyLog(
  file: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  options: VerifyOptions = {},
): Promise<Verification> {
  const state = begin(options);
  let number = 0;
  try {
    for await (const line of linesOf(file)) {
      number += 1;
      takeLine(state, line, `line ${number}`);
    }
    finish(state, `line ${number}`);
  } catch (error) {
    return verificationOf([asFinding(error, `line ${number}`)], [], options);
  }
  return verificationOf([], heldOf(state), options);
}

function begin(options: VerifyOptions): State {
  const counts = { receipt: 0, statement: 0, link: 0, ruling: 0, policy: 0, source: 0 };
  const nothingYet = { verifier: undefined, kept: undefined, keptFound: false, latest: undefined };
  return { options, frontier: emptyFrontier(), counts, ...nothingYet, checkpoints: 0, ended: false };
}

function asFinding(error: unknown, where: string): Finding {
  if (error instanceof Refuted) return error.finding;
  if (error instanceof Malformed) return { code: 'malformed', where: `${where}, ${error.where}`, what: error.message };
  throw error;
}

function heldOf({ latest, checkpoints, counts, kept }: State): readonly string[] {
  if (latest === undefined) return [];
  const kinds = LEAF_KINDS.filter((kind) => counts[kind] > 0).map((kind) => `${counts[kind]} ${kind}`);
  return [
    `${checkpoints} checkpoints are signed by ${latest.origin}, and each is the root of the entries before it.`,
    `The log has ${latest.size} entries (${kinds.join(', ')}); its root is ${toBase64(latest.root)}.`,
    ...(kept === undefined ? [] : [`The log builds on the kept checkpoint of ${kept.size} entries.`]),
  ];
}

function takeLine(state: State, bytes: Uint8Array, where: string): void {
  if (state.ended) throw new Refuted('end', where, 'nothing may follow the end line');
  const line = readLine(bytes);
  if ((line.line === 'head') !== (state.verifier === undefined))
    throw new Refuted('order', where, 'one head line comes first');
  switch (line.line) {
    case 'head':
      takeHead(state, line.key, where);
      break;
    case 'entries':
      takeEntries(state, line, where);
      break;
    case 'checkpoint':
      takeCheckpoint(state, line.note, where);
      break;
    case 'end':
      takeEnd(state, line, where);
      break;
  }
}

function takeHead(state: State, key: string, where: string): void {
  const { key: asked, checkpoint } = state.options;
  if (asked !== undefined && asked !== key)
    throw new Refuted('key', where, `the key is ${key}, not the one that was asked for`);
  state.verifier = parseVerifierKey(key);
  if (state.verifier === undefined) throw new Refuted('key', where, 'the key is not a verifier key');
  if (checkpoint === undefined) return;
  const kept = openCheckpoint(checkpoint, state.verifier);
  if (!kept.ok) throw new Refuted('pinned-checkpoint', 'the kept checkpoint', kept.what);
  state.kept = kept.checkpoint;
}

function takeEntries(state: State, { first, entries }: { first: number; entries: Uint8Array }, where: string): void {
  if (first !== state.frontier.size)
    throw new Refuted('order', where, `entry ${state.frontier.size} must come next, not ${first}`);
  const count = entries.length / ENTRY_BYTES;
  if (!Number.isInteger(count) || count === 0 || count > LOG_LINE_ENTRIES_MAX) {
    throw new Refuted('malformed', where, 'is not a whole number of entries, from 1 to 1024');
  }
  for (let at = 0; at < entries.length; at += ENTRY_BYTES) {
    const entry = entries.subarray(at, at + ENTRY_BYTES);
    const read = readLeafEntry(entry);
    if (read === undefined)
      throw new Refuted('entry', where, `entry ${state.frontier.size} is of no known version or kind`);
    state.counts[read.kind] += 1;
    appendLeaf(state.frontier, leafHash(entry));
    matchKept(state, where);
  }
}

function matchKept(state: State, where: string): void {
  const { kept, frontier } = state;
  if (kept === undefined || kept.size !== frontier.size) return;
  if (!bytesEqual(kept.root, frontierRoot(frontier))) {
    throw new Refuted(
      'pinned-checkpoint',
      where,
      `the first ${kept.size} entries are not those of the kept checkpoint: history was rewritten`,
    );
  }
  state.keptFound = true;
}

function takeCheckpoint(state: State, note: string, where: string): void {
  if (state.verifier === undefined) throw new Refuted('order', where, 'one head line comes first');
  const opened = openCheckpoint(note, state.verifier);
  if (!opened.ok) throw new Refuted('checkpoint', where, opened.what);
  const { size, root } = opened.checkpoint;
  if (size !== state.frontier.size || size <= (state.latest?.size ?? 0)) {
    throw new Refuted(
      'order',
      where,
      `a checkpoint of ${size} entries cannot stand after ${state.frontier.size} entries`,
    );
  }
  if (!bytesEqual(root, frontierRoot(state.frontier))) {
    throw new Refuted('root', where, `the signed root of ${size} entries is not the root of the entries in this file`);
  }
  state.latest = opened.checkpoint;
  state.checkpoints += 1;
}

function takeEnd(state: State, { size, checkpoints }: { size: number; checkpoints: number }, where: string): void {
  if (size !== state.frontier.size || checkpoints !== state.checkpoints) {
    throw new Refuted(
      'end',
      where,
      `the file should hold ${size} entries and ${checkpoints} checkpoints, it holds ${state.frontier.size} and ${state.checkpoints}`,
    );
  }
  state.ended = true;
}

function finish(state: State, where: string): void {
  if (!state.ended) throw new Refuted('end', where, 'the file was cut off: it has no end line');
  if (state.latest?.size !== state.frontier.size)
    throw new Refuted('end', where, 'the last entries are under no checkpoint');
  if (state.kept !== undefined && !state.keptFound) {
    throw new Refuted(
      'pinned-checkpoint',
      where,
      `the log is shorter than the kept checkpoint of ${state.kept.size} entries`,
    );
  }
}

function readLine(bytes: Uint8Array): LogLine {
  const text = fromUtf8(bytes);
  if (text === undefined) throw new Malformed('text', 'is not UTF-8');
  const line = readMembers(readAnyObject(parseJson(text, 'text'), 'line'));
  if (encodeLogLine(line) !== `${text}\n`) throw new Malformed('text', 'is not in its canonical spelling');
  return line;
}

function readMembers(object: { [name: string]: unknown }): LogLine {
  if (Object.hasOwn(object, 'format')) {
    const { format, key } = readObject(object, 'line', ['format', 'key']);
    if (format !== LOG_FORMAT) throw new Malformed('format', `must be ${LOG_FORMAT}`);
    return { line: 'head', key: readString(key, 'key') };
  }
  if (Object.hasOwn(object, 'entries')) {
    const { first, entries } = readObject(object, 'line', ['first', 'entries']);
    const bytes = fromBase64(readString(entries, 'entries'));
    if (bytes === undefined) throw new Malformed('entries', 'is not canonical base64');
    return { line: 'entries', first: readCount(first, 'first'), entries: bytes };
  }
  if (Object.hasOwn(object, 'checkpoint')) {
    const { checkpoint } = readObject(object, 'line', ['checkpoint']);
    return { line: 'checkpoint', note: readString(checkpoint, 'checkpoint') };
  }
  const { size, checkpoints } = readObject(object, 'line', ['size', 'checkpoints']);
  return { line: 'end', size: readCount(size, 'size'), checkpoints: readCount(checkpoints, 'checkpoints') };
}

/** Cuts a stream into lines without their newline. A last line without one is given as it is, and then is not canonical. */
async function* linesOf(file: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of file) {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE)) {
      yield bytes.subarray(0, end);
      bytes = bytes.subarray(end + 1);
    }
    if (bytes.length > LINE_BYTES_MAX) throw new Malformed('text', `is longer than ${LINE_BYTES_MAX} bytes`);
    rest = bytes;
  }
  if (rest.length > 0) throw new Malformed('text', 'has no newline: the file was cut off');
}
