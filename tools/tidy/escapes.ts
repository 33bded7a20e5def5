// No way around the type checker, and round the linter only with a reason on the same line. (The linter refuses `any` itself.)
import { findings, isCode } from './repository.ts';
import type { Rule } from './types.ts';

const TYPES_SILENCED = /@ts-(?:ignore|expect-error|nocheck)/g;
/** `biome-ignore lint/group/rule: reason`, where the reason is some words and not the template's `<explanation>`. */
const LINT_SILENCED = /biome-ignore(?:-\w+)?(?!\s+lint\/\w+\/\w+: +[^\s<]+ +[^\s]+)/g;

export const escapes: Rule = {
  name: 'escapes',
  check: ({ files }) =>
    files
      .filter((file) => isCode(file))
      .flatMap((file) => [
        ...findings(file, file.parts.comments, {
          pattern: TYPES_SILENCED,
          message: (found) => `${found} silences the type checker: change the code`,
        }),
        ...findings(file, file.parts.comments, {
          pattern: LINT_SILENCED,
          message: 'biome-ignore names one rule and gives its reason',
        }),
      ]),
};
