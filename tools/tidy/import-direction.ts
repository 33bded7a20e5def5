// Between the server's domains only types travel freely; values meet in the domains that compose. The table below is the whole rule.
import path from 'node:path';
import { isCode, isTest, lineOf } from './repository.ts';
import type { Finding, Rule, SourceFile } from './types.ts';

const SERVER = 'server/src/';

/** Languages and vocabulary: anyone may use their values. */
const LANGUAGES = new Set(['base', 'hl7v2', 'fhir', 'fhirpath']);
/** Domains whose values another domain may use, and by which file alone. */
const BY_FILE: { readonly [file: string]: string } = {
  'ledger/leaf.ts': 'a leaf is made ready where its row is written',
  'pipeline/pack.ts': 'the written form of a statement, read back by ledger and operate',
};
/** Where values meet, and whose values each may use. `*`: everyone below, that is all domains not in this table, and those named. */
const COMPOSERS: { readonly [domain: string]: readonly string[] } = {
  pipeline: ['*'],
  matching: ['*', 'pipeline'],
  policies: ['*', 'pipeline'],
  watch: ['*', 'pipeline'],
  rebuild: ['*', 'pipeline'],
  http: ['*', 'pipeline', 'matching', 'policies', 'watch'],
  main: ['*', 'pipeline', 'matching', 'policies', 'watch', 'http'],
  cli: ['*', 'pipeline', 'matching', 'policies', 'rebuild', 'main', 'testkit'],
  testkit: ['*', 'pipeline', 'main'],
};

export const importDirection: Rule = {
  name: 'import-direction',
  check: ({ files }) => files.filter((file) => isCode(file) && file.path.startsWith(SERVER)).flatMap(checkFile),
};

function checkFile(file: SourceFile): readonly Finding[] {
  const from = domainOf(file.path);
  return valueImports(file).flatMap(({ target, line }) => {
    const to = domainOf(target);
    if (to === undefined || from === undefined || mayUse({ from, to, target, test: isTest(file.path) })) return [];
    return [
      {
        path: file.path,
        line,
        message: `${from} uses a value of ${to} (${target.slice(SERVER.length)}): import its types only, or let pipeline, http, cli or main bring the value`,
      },
    ];
  });
}

function mayUse(use: { from: string; to: string; target: string; test: boolean }): boolean {
  const { from, to, target } = use;
  if (from === to || LANGUAGES.has(to) || BY_FILE[target.slice(SERVER.length)] !== undefined) return true;
  // A test may set its scene with anything.
  if (use.test) return true;
  const allowed = COMPOSERS[from] ?? [];
  return allowed.includes(to) || (allowed.includes('*') && COMPOSERS[to] === undefined);
}

function domainOf(file: string): string | undefined {
  if (!file.startsWith(SERVER)) return undefined;
  const [first] = file.slice(SERVER.length).split('/');
  return first?.replace(/\.ts$/, '');
}

type ValueImport = { readonly target: string; readonly line: number };

/** Imports and re-exports that survive the stripping of types, with relative paths resolved. */
function valueImports(file: SourceFile): readonly ValueImport[] {
  const { code } = file.parts;
  const named = [...code.matchAll(/^(?:import|export)\b([\w\s{},*$]*?)\bfrom(?=\s)/gm)].filter(
    (match) => !isTypeOnly(match[1] ?? ''),
  );
  const others = [...code.matchAll(/^import(?=\s{3})/gm), ...code.matchAll(/\bimport\s*\(/g)];
  return [...named, ...others].flatMap((match) => {
    const specifier = /^\s*['"](\.[^'"\n]+)['"]/.exec(file.text.slice(match.index + match[0].length))?.[1];
    if (specifier === undefined) return [];
    const target = path.posix.join(path.posix.dirname(file.path), specifier);
    return [{ target, line: lineOf(file.text, match.index) }];
  });
}

function isTypeOnly(names: string): boolean {
  if (/^\s+type\b/.test(names)) return true;
  const list = /^\s*\{(.*)\}\s*$/s.exec(names)?.[1];
  return list?.split(',').every((name) => /^\s*(?:type\s.*)?$/s.test(name)) ?? false;
}
