// What vouch fhir validate has counted so far, shown on a terminal's standard error while it works.
import type { LocatedIssue } from '../../validation/index.ts';
import type { TextSink } from '../types.ts';

export type FileIssue = { readonly file: string } & Pick<
  LocatedIssue,
  'severity' | 'code' | 'reason' | 'message' | 'expression' | 'line' | 'column'
>;
export type Tally = {
  readonly files: number;
  readonly resources: number;
  /** Resources with an error. */
  readonly invalid: number;
  readonly errors: number;
  readonly warnings: number;
  readonly notes: number;
};
export type Progress = {
  resource(issues: readonly FileIssue[]): void;
  file(): void;
  /** Before anything else is written: the line would stand in its way. */
  clear(): void;
  readonly tally: Tally;
};

const EVERY_MS = 200;

export function progressOn(
  sink: TextSink,
  { files, wanted, nowMs }: { readonly files: number; readonly wanted: boolean; readonly nowMs: () => number },
): Progress {
  const tally = { files: 0, resources: 0, invalid: 0, errors: 0, warnings: 0, notes: 0 };
  const shows = wanted && sink.isTTY === true;
  let lastMs = nowMs();
  let isShown = false;
  const show = () => {
    if (!shows || nowMs() - lastMs < EVERY_MS) return;
    lastMs = nowMs();
    isShown = true;
    sink.write(`\r\u001b[K${tally.files} of ${files} files, ${tally.resources} resources, ${tally.invalid} invalid`);
  };
  return {
    resource: (issues) => {
      const before = tally.errors;
      for (const { severity } of issues) {
        if (severity === 'error' || severity === 'fatal') tally.errors += 1;
        else if (severity === 'warning') tally.warnings += 1;
        else tally.notes += 1;
      }
      tally.resources += 1;
      if (tally.errors > before) tally.invalid += 1;
      show();
    },
    file: () => {
      tally.files += 1;
      show();
    },
    clear: () => {
      if (isShown) sink.write('\r\u001b[K');
      isShown = false;
    },
    tally,
  };
}
