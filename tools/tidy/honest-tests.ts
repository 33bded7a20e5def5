// No test runs alone, waits to be written, or is skipped without saying why.
import { findings, isCode } from './repository.ts';
import type { Rule } from './types.ts';

const SILENT =
  /\b(?:test|it|describe|suite)\.(?:only|todo|skip)\b|\b(?:only|todo|skip)\s*:\s*true\b|\b(?:t|context)\.(?:skip|todo)\s*\(\s*\)/g;

export const honestTests: Rule = {
  name: 'honest-tests',
  check: ({ files }) =>
    files
      .filter((file) => isCode(file) && /\.test\.tsx?$/.test(file.path))
      .flatMap((file) =>
        findings(file, file.parts.code, {
          pattern: SILENT,
          message: (found) => `${found}: run it, or give the reason as the value of skip`,
        }),
      ),
};
