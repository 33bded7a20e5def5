// Each dependency has one line with its reason, and the budget holds: none for proof, about twenty elsewhere.
import type { Finding, Repository, Rule, SourceFile } from './types.ts';

const REASONS = 'docs/adr/dependencies.md';
const RUN_TIME_MAX: { readonly [manifest: string]: number } = {
  'proof/package.json': 0,
  'server/package.json': 20,
  'console/package.json': 20,
};
const OURS = /^@vouch\//;

export const dependencyReasons: Rule = { name: 'dependency-reasons', check };

function check({ files }: Repository): readonly Finding[] {
  const manifests = files.filter((file) => /^(?:[^/]+\/)?package\.json$/.test(file.path));
  const reasons = files.find((file) => file.path === REASONS);
  const given = new Map(
    [...(reasons?.text ?? '').matchAll(/^- `([^`]+)`:? +\S/gm)].map((match) => [match[1] ?? '', match.index]),
  );
  const used = new Set<string>();
  const found: Finding[] = [];
  for (const manifest of manifests) {
    const { runTime, all } = namesOf(manifest);
    for (const name of all) {
      used.add(name);
      if (!given.has(name)) found.push({ path: manifest.path, line: 1, message: `${name} has no line in ${REASONS}` });
    }
    const max = RUN_TIME_MAX[manifest.path];
    if (max !== undefined && runTime.length > max)
      found.push({
        path: manifest.path,
        line: 1,
        message: `${runTime.length} dependencies at run time; the budget is ${max}`,
      });
  }
  const gone = [...given.keys()].filter((name) => !used.has(name));
  return [...found, ...gone.map((name) => ({ path: REASONS, line: 1, message: `${name} is no dependency any more` }))];
}

function namesOf(manifest: SourceFile): { runTime: readonly string[]; all: readonly string[] } {
  const json = JSON.parse(manifest.text) as { readonly [kind: string]: object | undefined };
  const runTime = ['dependencies', 'optionalDependencies']
    .flatMap((kind) => Object.keys(json[kind] ?? {}))
    .filter((name) => !OURS.test(name));
  return { runTime, all: [...runTime, ...Object.keys(json['devDependencies'] ?? {})] };
}
