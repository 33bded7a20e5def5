// The lock file names no host, so that it installs from whatever registry the reader uses.
import { findings } from './repository.ts';
import type { Rule } from './types.ts';

export const lockHosts: Rule = {
  name: 'lock-hosts',
  check: ({ files }) =>
    files
      .filter((file) => file.path.endsWith('package-lock.json'))
      .flatMap((file) =>
        findings(file, file.text, {
          pattern: /"resolved":\s*"(?:https?|git\+?\w*|ssh|file):/g,
          message: 'a resolved address; keep omit-lockfile-registry-resolved=true in .npmrc and install again',
        }),
      ),
};
