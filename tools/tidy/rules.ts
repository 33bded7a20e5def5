// Every rule of house style that a machine can check and the linter does not.
import { dependencyReasons } from './dependency-reasons.ts';
import { domainFolders } from './domain-folders.ts';
import { escapes } from './escapes.ts';
import { fileLength } from './file-length.ts';
import { honestTests } from './honest-tests.ts';
import { importDirection } from './import-direction.ts';
import { lockFile } from './lock-file.ts';
import { migrationPairs } from './migration-pairs.ts';
import { openingComment } from './opening-comment.ts';
import { pureDomains } from './pure-domains.ts';
import { sqlPlaces } from './sql-places.ts';
import type { Rule } from './types.ts';
import { words } from './words.ts';

export const RULES: readonly Rule[] = [
  importDirection,
  fileLength,
  escapes,
  words,
  sqlPlaces,
  pureDomains,
  openingComment,
  domainFolders,
  dependencyReasons,
  migrationPairs,
  lockFile,
  honestTests,
];
