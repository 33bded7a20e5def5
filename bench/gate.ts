// npm run bench:gate: the release gate in its long form. --runs N (5000) generated people for each property, --seed N; each broken
// resolver must be noticed; and the same bytes on another major version of Node, --node V (22), fetched by npm if need be.
import { execFileSync, spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { PROPERTIES } from '../server/test/gate/properties.ts';
import { real } from '../server/test/gate/resolver.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    node: { type: 'string', default: '22' },
  },
});
const [numRuns, seed] = [Number(values.runs), Number(values.seed)];
process.stdout.write(`seed ${seed}, ${numRuns} runs each\n`);

let failed = 0;
for (const { name, check, mutants } of PROPERTIES) {
  const began = performance.now();
  const broken = fails(() => check(real, { seed, numRuns }));
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  const missed = mutants.filter(({ make }) => fails(() => check(make(), { seed, numRuns })) === undefined);
  if (broken !== undefined || missed.length > 0) failed += 1;
  const notices = `${mutants.length - missed.length} of ${mutants.length} broken resolvers noticed`;
  process.stdout.write(`${broken === undefined ? 'holds' : 'BROKEN'}  ${name.padEnd(104)} ${seconds} s, ${notices}\n`);
  for (const { name: mutant } of missed) process.stdout.write(`        not noticed: a resolver that ${mutant}\n`);
  if (broken !== undefined) process.stdout.write(`${broken}\n`);
}
if (!sameBytes(values.node)) failed += 1;
process.exitCode = failed > 0 ? 1 : 0;

function fails(work: () => void): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function sameBytes(major: string): boolean {
  const fetched = ['exec', '--yes', `--package=node@${major}`, '--', 'node', '-p', 'process.execPath'];
  const other = execFileSync('npm', fetched, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  const args = ['--test', new URL('../server/test/gate/bytes.test.ts', import.meta.url).pathname];
  const env = { ...process.env, VOUCH_OTHER_NODE: other.split('\n').at(-1), VOUCH_SEED: String(seed) };
  const { status, stdout } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  process.stdout.write(
    `${status === 0 ? 'holds' : 'BROKEN'}  the same bytes: other languages, zones, and Node ${major}\n`,
  );
  if (status !== 0) process.stdout.write(stdout);
  return status === 0;
}
