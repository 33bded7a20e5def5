// The command: verify one file, say what holds and what does not. Reads the file and nothing else; no network.
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Verification, VerifyOptions } from './finding.ts';
import { LOG_FORMAT } from './log-file.ts';
import { parseVerifierKey } from './note.ts';
import { verifyEvidence } from './verify-evidence.ts';
import { verifyLog } from './verify-log.ts';

export const USAGE = `Usage: vouch-verify FILE [options]

Verifies an evidence file or a whole log exported by Vouch. Needs no network and believes nothing in the file.

  --key KEY          verifier key of the log (name+hash+base64), or a file that holds it,
                     obtained by another way than FILE
  --checkpoint FILE  a checkpoint kept from earlier, which FILE must build on
  --json             print the result as JSON
  --help             print this

Exit code: 0 verified, 1 not verified, 2 not usable as called.
`;

/** Where the command writes; the two streams of a process, or a test's strings. */
export type Output = { out(text: string): void; err(text: string): void };

const EVIDENCE_BYTES_MAX = 512 * 1024 * 1024;
const FINDINGS_SHOWN_MAX = 50;

type Call = { readonly file: string; readonly json: boolean; readonly options: VerifyOptions };

/** Returns the exit code. */
export async function runVerify(args: readonly string[], output: Output): Promise<number> {
  const call = readCall(args);
  if (call === 'help') {
    output.out(USAGE);
    return 0;
  }
  if (typeof call === 'string') {
    output.err(`${call}\n\n${USAGE}`);
    return 2;
  }
  const verification = await verifyFile(call.file, call.options);
  output.out(call.json ? `${JSON.stringify(verification, null, 2)}\n` : asText(call.file, verification));
  return verification.ok ? 0 : 1;
}

/** A call to carry out, `help`, or what is wrong with it. */
function readCall(args: readonly string[]): Call | 'help' | string {
  const parsed = parse(args);
  if (typeof parsed === 'string') return parsed;
  const { values, positionals } = parsed;
  if (values.help === true) return 'help';
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) return 'Name one file to verify.';
  if (!isFile(file)) return `There is no file ${file}.`;
  const key = values.key === undefined ? undefined : readKey(values.key);
  if (values.key !== undefined && key === undefined)
    return `${values.key} is neither a verifier key nor a file that holds one.`;
  if (values.checkpoint !== undefined && !isFile(values.checkpoint)) return `There is no file ${values.checkpoint}.`;
  const checkpoint = values.checkpoint === undefined ? undefined : readFileSync(values.checkpoint, 'utf8');
  return { file, json: values.json === true, options: { key, checkpoint } };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        key: { type: 'string' },
        checkpoint: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function readKey(given: string): string | undefined {
  const text = isFile(given) ? readFileSync(given, 'utf8').trim() : given;
  return parseVerifierKey(text) === undefined ? undefined : text;
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

/** Tells the two formats apart by how they begin; anything else is judged as evidence, and refused as such. */
async function verifyFile(path: string, options: VerifyOptions): Promise<Verification> {
  const head = `{"format":"${LOG_FORMAT}"`;
  for await (const start of createReadStream(path, { end: head.length - 1 })) {
    if (start.toString() === head) return verifyLog(createReadStream(path), options);
  }
  if (statSync(path).size > EVIDENCE_BYTES_MAX) {
    const what = `is larger than ${EVIDENCE_BYTES_MAX} bytes`;
    return { ok: false, findings: [{ code: 'malformed', where: 'file', what }], held: [], limits: [] };
  }
  return verifyEvidence(readFileSync(path), options);
}

/** Sentences that hold are shown only when all does: under a broken seal or root they would mean nothing. */
function asText(file: string, { ok, findings, held, limits }: Verification): string {
  const shown = findings.slice(0, FINDINGS_SHOWN_MAX);
  const lines = ok
    ? [...held.map((sentence) => `  holds   ${sentence}`), ...limits.map((sentence) => `  note    ${sentence}`)]
    : shown.map(({ code, where, what }) => `  FAILS   ${where}: ${what} [${code}]`);
  const more = findings.length > shown.length ? [`  and ${findings.length - shown.length} more`] : [];
  return `${[file, ...lines, ...more, ok ? 'Verified.' : 'NOT VERIFIED.'].join('\n')}\n`;
}
