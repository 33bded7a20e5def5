// What a verifier reports: everything that does not hold, each with its place, and what it did check.

/** `code` is stable; `where` is a place in the file (`leaves[3].proof`, `line 12`); `what` is one sentence. */
export type Finding = { readonly code: FindingCode; readonly where: string; readonly what: string };
export type FindingCode =
  | 'malformed'
  | 'key'
  | 'seal'
  | 'checkpoint'
  | 'pinned-checkpoint'
  | 'consistency'
  | 'order'
  | 'content'
  | 'inclusion'
  | 'payload'
  | 'entry'
  | 'root'
  | 'end'
  | 'input-missing'
  | 'input-differs'
  | 'as-of';

export type Verification = {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  /** What was found to hold, one sentence each. */
  readonly held: readonly string[];
  /** What this verification cannot say by itself. */
  readonly limits: readonly string[];
};

export type VerifyOptions = {
  /** Verifier key obtained from the log's operator by another way than the file. */
  readonly key?: string | undefined;
  /** A checkpoint kept from earlier: the file must extend it. */
  readonly checkpoint?: string | undefined;
};

export function verificationOf(
  findings: readonly Finding[],
  held: readonly string[],
  options: VerifyOptions,
): Verification {
  const limits = options.key === undefined ? [UNPINNED] : [];
  return { ok: findings.length === 0, findings, held, limits };
}

const UNPINNED =
  'The key was taken from the file itself. Compare it with the key published by the log, or give it with --key: ' +
  'until then this shows that the file agrees with itself, not who made it.';
