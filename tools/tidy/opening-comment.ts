// Each file opens with a comment on what it is for.
import { isCode } from './repository.ts';
import type { Rule } from './types.ts';

export const openingComment: Rule = {
  name: 'opening-comment',
  check: ({ files }) =>
    files
      .filter((file) => (isCode(file) || /\.(css|sql)$/.test(file.path)) && !/\.gen\.ts$/.test(file.path))
      .filter((file) => !/^(?:#![^\n]*\n)?(?:\/\/|\/\*|--) ?\S/.test(file.text))
      .map((file) => ({ path: file.path, line: 1, message: 'say in one to five lines what this file is for' })),
};
