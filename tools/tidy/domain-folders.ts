// A domain says what enters, what leaves and what it never does; where others use its values, one file says which.
import type { Finding, Repository, Rule } from './types.ts';

/**
 * Domains of the shell: each of their verbs is entered by its own file, so that a command or a test loads what it uses and no more.
 * A language or a pure domain is entered as a whole, by its index.
 */
const WITHOUT_INDEX = new Set([
  'base',
  'store',
  'intake',
  'pipeline',
  'record',
  'operate',
  'http',
  'processes',
  'main',
  'cli',
  'testkit',
]);

export const domainFolders: Rule = {
  name: 'domain-folders',
  check: (repository) => domainsOf(repository).flatMap((domain) => checkDomain(repository, domain)),
};

function domainsOf({ files }: Repository): readonly string[] {
  return [...new Set(files.flatMap((file) => /^server\/src\/([^/]+)\//.exec(file.path)?.[1] ?? []))];
}

function checkDomain({ files }: Repository, domain: string): readonly Finding[] {
  const has = (name: string) => files.some((file) => file.path === `server/src/${domain}/${name}`);
  const missing = (name: string, why: string) => ({ path: `server/src/${domain}/${name}`, line: 1, message: why });
  return [
    ...(has('README.md')
      ? []
      : [missing('README.md', 'missing: what enters, what leaves, what it never does, invariants')]),
    ...(has('index.ts') || WITHOUT_INDEX.has(domain)
      ? []
      : [missing('index.ts', 'missing: what other domains may use')]),
  ];
}
