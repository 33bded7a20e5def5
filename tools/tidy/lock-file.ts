// The lock file installs from whatever registry the reader uses, and on every platform: it names no host and leaves no platform out.
import { findings } from './repository.ts';
import type { Finding, Rule, SourceFile } from './types.ts';

type Lock = { readonly packages?: { readonly [at: string]: { readonly optionalDependencies?: object } | undefined } };

export const lockFile: Rule = {
  name: 'lock-file',
  check: ({ files }) =>
    files
      .filter((file) => file.path.endsWith('package-lock.json'))
      .flatMap((file) => [
        ...findings(file, file.text, {
          pattern: /"resolved":\s*"(?:https?|git\+?\w*|ssh|file):/g,
          message: 'a resolved address; keep omit-lockfile-registry-resolved=true in .npmrc and install again',
        }),
        ...missingPlatforms(file),
      ]),
};

/** npm leaves out what it could not find for other platforms, and then refuses to install from its own lock. */
function missingPlatforms(file: SourceFile): readonly Finding[] {
  const packages = (JSON.parse(file.text) as Lock).packages ?? {};
  return Object.entries(packages).flatMap(([at, entry]) =>
    Object.keys(entry?.optionalDependencies ?? {})
      .filter(
        (name) =>
          packages[`node_modules/${name}`] === undefined && packages[`${at}/node_modules/${name}`] === undefined,
      )
      .map((name) => ({
        path: file.path,
        line: 1,
        message: `${name}, wanted by ${at || 'the workspace'}, is missing: npm ci fails`,
      })),
  );
}
