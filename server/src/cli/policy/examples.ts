// Runs the example table that stands beside a policy.
import { existsSync, readFileSync } from 'node:fs';
import { Refused } from '../../base/errors.ts';
import { readExamples, runExample } from '../../policies/index.ts';
import type { Policy } from '../../truth/types.ts';
import { count, print, printJson } from '../display.ts';
import type { CommandIo } from '../types.ts';

/** 0 when every example holds, else 1. */
export function testPolicy(
  policy: Policy,
  { file, json, io }: { readonly file: string; readonly json: boolean; readonly io: CommandIo },
): number {
  const beside = file.replace(/(\.ya?ml)?$/, '.examples.yaml');
  if (!existsSync(beside))
    throw new Refused('examples', `There is no ${beside}. Write what sources say and what is to be true then.`, beside);
  const results = readExamples(readFileSync(beside, 'utf8'), beside).map((one) => runExample(policy, one));
  const failed = results.filter((one) => one.problems.length > 0);
  if (json) printJson(io, { policy: policy.id, examples: results.length, failed });
  else
    print(io, [
      ...failed.flatMap(({ name, problems }) => [`✖ ${name}`, ...problems.map((one) => `    ${one}`)]),
      `${count(results.length, 'example')} of ${policy.id}: ${failed.length === 0 ? 'all hold' : `${failed.length} fail`}.`,
    ]);
  return failed.length === 0 ? 0 : 1;
}
