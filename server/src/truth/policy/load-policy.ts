// Reads a truth policy as people write it (YAML with the reason beside each choice) and refuses, with file, line and column,
// whatever could not be meant: unknown words, criteria that a harm class forbids, a choice without its reason. A policy may include
// parts; what is kept in the ledger has them in the same text (`bundlePolicy`), so that it says all by itself.
import { type Document, isMap, LineCounter, parseAllDocuments, type YAMLMap } from 'yaml';
import type { CaseRule, ElementPolicy, HarmClass, LinkRule, LinkStake, Policy, SourceRule } from '../types.ts';
import { readCases, readLinks } from './read-case.ts';
import { readElements } from './read-element.ts';
import { readQuality } from './read-quality.ts';
import { type Rules, readSources } from './read-sources.ts';
import { PART_KEYS, POLICY_KEYS } from './words.ts';
import {
  checkKeys,
  nodeAt,
  type PolicyProblem,
  problem,
  type Reader,
  textOf,
  wholeNumber,
  wordsOf,
} from './yaml-reader.ts';

export type LoadedPolicy =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };
/** Text of an included file; undefined when there is none of that name. */
export type ReadPart = (file: string) => string | undefined;

type Part = { readonly reader: Reader; readonly root: YAMLMap };
type Found = {
  readonly rules: Rules;
  readonly cases: Map<HarmClass, CaseRule>;
  readonly links: Map<LinkStake, LinkRule>;
  readonly sources: Map<string, SourceRule>;
};

const INCLUDES_MAX = 20;

/** `name` stands in for the policy's own `policy:` line where that is missing, and for its file in problems. */
export function loadPolicy(text: string, name: string, read?: ReadPart): LoadedPolicy {
  const problems: PolicyProblem[] = [];
  const documents = partsOf(text, name, problems);
  const main = documents.at(-1);
  if (problems.length > 0 || main === undefined) return { ok: false, problems };
  const { reader, root } = main;
  checkKeys(reader, root, POLICY_KEYS);
  const id = `${textOf(reader, root, 'policy') ?? name}@${wholeNumber(reader, root, { key: 'version', from: 1 }) ?? 0}`;
  if (root.get('version') === undefined)
    problem(reader, root, 'The policy has no "version". Give it a whole number from 1.');
  const parts = [...includedParts(main, { bundled: documents.slice(0, -1), read }), main];
  const found: Found = { rules: new Map(), cases: new Map(), links: new Map(), sources: new Map() };
  for (const part of parts) readPart(part, found);
  for (const part of parts) readSources(part.reader, part.root, { rules: found.rules, into: found.sources });
  const quality = readQuality(reader, root);
  if (parts.every((part) => nodeAt(part.root, 'elements') === undefined))
    problem(reader, root, '"elements" is missing or empty.');
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, policy: { ...policyOf(id, found), ...(quality === undefined ? {} : { quality }) } };
}

/** The policy with every part it includes before it, as documents of one text. Throws nothing: what is not there stays unincluded. */
export function bundlePolicy(text: string, read: ReadPart): string {
  const names = includesOf(text);
  const parts = names.map((file) => read(file)).filter((part) => part !== undefined);
  if (names.length === 0 || parts.length < names.length) return text;
  return [...parts, text].map((part) => (part.endsWith('\n') ? part : `${part}\n`)).join('---\n');
}

function includesOf(text: string): readonly string[] {
  const root = parseAllDocuments(text)[0]?.contents;
  const scratch: Reader = { file: '', lines: new LineCounter(), problems: [] };
  return isMap(root) ? wordsOf(scratch, root, { key: 'include', example: '' }).map((one) => one.word) : [];
}

function partsOf(text: string, file: string, problems: PolicyProblem[]): readonly Part[] {
  const lines = new LineCounter();
  const reader: Reader = { file, lines, problems };
  const documents: readonly Document[] = [...parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true })];
  for (const error of documents.flatMap((one) => one.errors))
    problem(reader, { range: [error.pos[0], error.pos[1], error.pos[1]] }, plain(error.message));
  if (problems.length > 0) return [];
  const parts = documents.flatMap(({ contents }) => (isMap(contents) ? [{ reader, root: contents }] : []));
  if (parts.length === 0 || parts.length < documents.length)
    problem(reader, undefined, 'A policy is a list of settings that begins with "policy:".');
  return parts;
}

function plain(message: string): string {
  return message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? message;
}

/** Parts stand before the policy in the same text, in the order of `include`, or are read by name. */
function includedParts(
  { reader, root }: Part,
  from: { readonly bundled: readonly Part[]; readonly read: ReadPart | undefined },
): readonly Part[] {
  const names = wordsOf(reader, root, { key: 'include', example: '[clinical-lists.yaml]' });
  if (names.length > INCLUDES_MAX) {
    problem(reader, nodeAt(root, 'include'), `A policy includes at most ${INCLUDES_MAX} files.`);
    return [];
  }
  if (from.bundled.length > 0) {
    if (from.bundled.length !== names.length)
      problem(
        reader,
        root,
        `${from.bundled.length} parts stand before this policy, and "include" names ${names.length}.`,
      );
    return from.bundled.map((part) => checked(part));
  }
  return names.flatMap(({ word, node }) => {
    const text = from.read?.(word);
    if (text === undefined) {
      problem(reader, node, `The file "${word}" cannot be read. Name a file that stands beside this policy.`);
      return [];
    }
    const problems: PolicyProblem[] = [];
    const parts = partsOf(text, word, problems);
    reader.problems.push(...problems);
    return parts.map(({ root: inner, reader: own }) =>
      checked({ root: inner, reader: { ...own, problems: reader.problems } }),
    );
  });
}

/** A part includes nothing itself: which rules are in force is seen from one list. */
function checked(part: Part): Part {
  checkKeys(part.reader, part.root, PART_KEYS);
  return part;
}

/** What is read later takes the place of what a part said of the same element: whole, since its reason goes with it. */
function readPart({ reader, root }: Part, found: Found): void {
  readElements(reader, root, found.rules);
  readCases(reader, root, found.cases);
  readLinks(reader, root, found.links);
}

function policyOf(id: string, { rules, cases, links, sources }: Found): Policy {
  const elements: { [type: string]: { readonly [element: string]: ElementPolicy } } = {};
  for (const [type, ofType] of rules) elements[type] = Object.fromEntries(ofType);
  return {
    id,
    ...(cases.size === 0 ? {} : { cases: Object.fromEntries(cases) }),
    ...(links.size === 0 ? {} : { links: Object.fromEntries(links) }),
    ...(sources.size === 0 ? {} : { sources: Object.fromEntries(sources) }),
    elements,
  };
}
