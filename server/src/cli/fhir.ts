// vouch fhir validate: says what is wrong with FHIR files, by R4 and by profiles, without a server or a database.
import { readFileSync } from 'node:fs';
import { Refused } from '../base/errors.ts';
import type { Library } from '../fhir/index.ts';
import { readArguments, usage as wrong } from './arguments.ts';
import { count, print, printJson } from './display.ts';
import { type FileIssue, progressOn, type Tally } from './fhir/progress.ts';
import type { Command, CommandIo } from './types.ts';

const usage = `
vouch fhir validate FILE… [--profile URL]… [--package FILE.tgz]… [--json]

Checks resources and Bundles against FHIR R4, the profiles that they claim in meta.profile, and those named here. Needs no
server. Files are JSON, NDJSON (a resource a line) or XML, .gz too; a directory stands for such files in and below it.
One line for each issue: FILE:LINE:COLUMN SEVERITY CODE PATH: what is wrong and what to do. Below a resource that is read
from XML, the path says where.

  --profile URL       hold every resource to this profile. May be given again
  --package FILE.tgz  a FHIR package whose profiles, value sets and code systems are known. May be given again; of two
                      definitions of one URL the later counts
  --json              the result as JSON, without progress; on standard error what went wrong: command, code, message, where

Exit codes: 0 valid (warnings are no errors), 1 something is not, 2 wrong usage.`;

export const fhir: Command = {
  name: 'fhir',
  summary: 'validate FHIR files, by R4 and by profiles',
  usage,
  run: async (args, io) => {
    const { values, positionals } = readArguments(args, {
      profile: { type: 'string', multiple: true, default: [] },
      package: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
    });
    const [verb, ...given] = positionals;
    if (verb !== 'validate') throw wrong('Say what to do: vouch fhir validate FILE….');
    if (given.length === 0) throw wrong('Name at least one file or directory to validate.');
    const { filesIn } = await import('./fhir/files.ts');
    const files = filesIn(given);
    if (files.length === 0) throw wrong('There is no .json, .ndjson or .xml file in what was named.');
    const library = await libraryOf(values.package);
    for (const url of values.profile) {
      if (library.structure(url) === undefined)
        throw wrong(`The profile ${url} is not loaded. Give the package that has it with --package.`);
    }
    return validateAll(files, { library, profiles: values.profile, json: values.json, io });
  },
};

/** Loaded here alone: no other command waits for the definitions of R4. */
async function libraryOf(packages: readonly string[]): Promise<Library> {
  const { libraryWith, openPackage } = await import('../fhir/index.ts');
  return libraryWith(
    packages.map((file) => {
      try {
        return openPackage(bytesOf(file));
      } catch (error) {
        if (!(error instanceof Refused) || error.code === 'usage') throw error;
        throw new Refused(error.code, `${file}: ${error.message}`, '--package');
      }
    }),
  );
}

function bytesOf(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw wrong(`The package ${file} cannot be read (${code}).`);
  }
}

type Asked = {
  readonly library: Library;
  readonly profiles: readonly string[];
  readonly json: boolean;
  readonly io: CommandIo;
};

async function validateAll(files: readonly string[], { library, profiles, json, io }: Asked): Promise<number> {
  const { resourcesOf } = await import('./fhir/files.ts');
  const { issuesOf } = await import('./fhir/issues-of.ts');
  const all: FileIssue[] = [];
  const progress = progressOn(io.stderr, { files: files.length, wanted: !json, nowMs: () => performance.now() });
  for (const file of files) {
    for (const resource of await resourcesOf(file)) {
      const issues = issuesOf(resource, { library, profiles }).map((issue) => ({ file, ...issue }));
      progress.resource(issues);
      if (json) all.push(...issues);
      else if (issues.length > 0) {
        progress.clear();
        print(io, issues.map(lineOf));
      }
    }
    progress.file();
  }
  progress.clear();
  const { tally } = progress;
  if (json) printJson(io, { ...tally, issues: all });
  else print(io, [summaryOf(tally)]);
  return tally.invalid === 0 ? 0 : 1;
}

function lineOf({ file, line, column, severity, code, expression, message }: FileIssue): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
  return `${place} ${severity} ${code}${expression === undefined ? '' : ` ${expression}`}: ${message}`;
}

function summaryOf({ files, resources, invalid, errors, warnings, notes }: Tally): string {
  const found = [count(errors, 'error'), count(warnings, 'warning'), count(notes, 'note')].join(', ');
  return `${count(resources, 'resource')} in ${count(files, 'file')}: ${resources - invalid} valid, ${invalid} invalid; ${found}`;
}
