// Pure domains, and files that call themselves pure: no clock, no chance, no locale, no world. What they need is passed in.
import { findings, isCode, isTest } from './repository.ts';
import type { Finding, Rule, SourceFile } from './types.ts';

const DOMAINS = /^server\/src\/(?:fhir|fhirpath|hl7v2|mapping|validation|identity|truth|derive|workflow)\//;
const IMPURE: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\bDate\.now\b|\bnew Date\s*\(\s*\)|\bperformance\.now\b/g, 'take the instant as an argument'],
  [/\bMath\.random\b|\brandom(?:UUID|Bytes|Int|FillSync)\b|\bgetRandomValues\b/g, 'take ids and chance as arguments'],
  [/\.localeCompare\b|\.toLocale\w+\b/g, 'compare by code unit: bytes must agree on every machine'],
  [/\bfetch\s*\(|\bprocess\.|\bset(?:Timeout|Interval|Immediate)\b/g, 'leave the world to the shell'],
];
const WORLD =
  /['"](?:node:)?(?:fs|fs\/promises|net|tls|http|https|child_process|worker_threads|timers|timers\/promises|os|process)['"]/g;

export const pureDomains: Rule = {
  name: 'pure-domains',
  check: ({ files }) => files.filter((file) => isCode(file) && isPure(file)).flatMap(checkFile),
};

function isPure(file: SourceFile): boolean {
  if (isTest(file.path)) return false;
  const [opening = ''] = file.text.split('\n');
  return DOMAINS.test(file.path) || (file.path.startsWith('server/src/') && /\(pure\)\s*$/.test(opening));
}

function checkFile(file: SourceFile): readonly Finding[] {
  const calls = IMPURE.flatMap(([pattern, instead]) =>
    findings(file, file.parts.code, { pattern, message: (found) => `${found} in pure code: ${instead}` }),
  );
  return [
    ...calls,
    ...findings(file, file.parts.strings, {
      pattern: WORLD,
      message: (found) => `${found} in pure code: leave the world to the shell`,
    }),
  ];
}
