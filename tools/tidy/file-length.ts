// A file that needs scrolling for minutes is two files.
import { isCode } from './repository.ts';
import type { Rule } from './types.ts';

const LINES_MAX = 300;

export const fileLength: Rule = {
  name: 'file-length',
  check: ({ files }) =>
    files
      .filter((file) => isCode(file) && !/\.gen\.ts$/.test(file.path))
      .flatMap((file) => {
        const lines = file.text.replace(/\n$/, '').split('\n').length;
        return lines > LINES_MAX
          ? [{ path: file.path, line: LINES_MAX + 1, message: `${lines} lines; ${LINES_MAX} at most` }]
          : [];
      }),
};
