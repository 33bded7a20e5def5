// Words that say nothing, words the glossary replaces, notes left for later, and paths of somebody's machine.
import { findings, isCode } from './repository.ts';
import type { Finding, Rule, SourceFile } from './types.ts';

const EMPTY_NAMES = /(?:^|\/)(?:utils?|helpers?|common|services?|managers?|misc)(?=[/.])/;
/** "Do not say" of GLOSSARY.md, where no other meaning is possible. */
const REPLACED: readonly (readonly [pattern: RegExp, say: string])[] = [
  [/\b\w*golden_?(?:record|value)\w*/gi, 'person or fact'],
  [/\bmaster_?patient\w*/gi, 'person'],
  [/\b\w*dead_?letter\w*/gi, 'quarantine'],
  [/\b\w*outbox\w*/gi, 'dispatch'],
  [/\b\w*unit_?of_?work\w*/gi, 'plan'],
  [/\b\w*change_?set\w*/gi, 'plan'],
  [/\b\w*tenant\w*/gi, 'source'],
  [/\b(?:\w*[a-z])?ticket\w*/gi, 'case'],
];
const LATER = /\b(?:TODO|FIXME|XXX|HACK)\b/g;
const MACHINE_PATH = /(?<![\w.$}/:-])\/(?:home|root|work|Users|mnt)\/[\w.-]+/g;

export const words: Rule = {
  name: 'words',
  // This folder spells out what it forbids.
  check: ({ files }) => files.filter((file) => !file.path.startsWith('tools/tidy/')).flatMap(checkFile),
};

function checkFile(file: SourceFile): readonly Finding[] {
  const named = EMPTY_NAMES.test(file.path)
    ? [{ path: file.path, line: 1, message: 'the name says nothing: name the domain or the verb' }]
    : [];
  const replaced = isCode(file)
    ? REPLACED.flatMap(([pattern, say]) =>
        findings(file, file.parts.code, { pattern, message: (found) => `"${found}": GLOSSARY.md says ${say}` }),
      )
    : [];
  const later = isCode(file) ? file.parts.comments : file.text;
  return [
    ...named,
    ...replaced,
    ...findings(file, later, { pattern: LATER, message: (found) => `${found}: finish it or file an issue` }),
    ...findings(file, file.text, { pattern: MACHINE_PATH, message: (found) => `${found} is a path of one machine` }),
  ];
}
