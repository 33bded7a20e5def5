// What a rule of house style is given and what it answers.
import type { Parts } from './parts.ts';

export type SourceFile = {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
  /** Code, comments and strings apart; empty for files that are not TypeScript or JavaScript. */
  readonly parts: Parts;
};
export type Repository = {
  /** Every text file that git knows or would add, in order of path. */
  readonly files: readonly SourceFile[];
};
export type Finding = { readonly path: string; readonly line: number; readonly message: string };
export type Rule = {
  readonly name: string;
  readonly check: (repository: Repository) => readonly Finding[];
};
