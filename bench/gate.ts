// npm run bench:gate: the release gate in its long form. --runs N (5000) generated people for each property, --seed N; each broken
// resolver must be noticed; and the same bytes on another major version of Node, --node V (22), fetched by npm if need be.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { PROPERTIES } from '../server/test/gate/properties.ts';
import { isBreach } from '../server/test/gate/property.ts';
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
  const missed = mutants.filter(({ make }) => !isBreach(fails(() => check(make(), { seed, numRuns }))));
  if (broken !== undefined || missed.length > 0) failed += 1;
  const notices = `${mutants.length - missed.length} of ${mutants.length} broken resolvers noticed`;
  process.stdout.write(`${broken === undefined ? 'holds' : 'BROKEN'}  ${name.padEnd(104)} ${seconds} s, ${notices}\n`);
  for (const { name: mutant } of missed) process.stdout.write(`        not noticed: a resolver that ${mutant}\n`);
  if (broken !== undefined) process.stdout.write(`${broken instanceof Error ? broken.message : String(broken)}\n`);
}
if (!sameBytes(values.node)) failed += 1;
process.exitCode = failed > 0 ? 1 : 0;

function fails(work: () => void): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Where no other Node can be had, that is said, and nothing is held against the gate. */
function sameBytes(major: string): boolean {
  const other = fetched(major);
  const args = ['--test', new URL('../server/test/gate/bytes.test.ts', import.meta.url).pathname];
  const env = { ...process.env, VOUCH_SEED: String(seed), ...(other === undefined ? {} : { VOUCH_OTHER_NODE: other }) };
  const { status, stdout } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  const on =
    other === undefined ? `other languages and zones; Node ${major} could not be fetched` : `and Node ${major}`;
  process.stdout.write(`${status === 0 ? 'holds' : 'BROKEN'}  the same bytes: ${on}\n`);
  if (status !== 0) process.stdout.write(stdout);
  return status === 0;
}

function fetched(major: string): string | undefined {
  const ask = ['exec', '--yes', `--package=node@${major}`, '--', 'node', '-p', 'process.execPath'];
  const { status, stdout } = spawnSync('npm', ask, { encoding: 'utf8' });
  return status === 0 ? stdout.trim().split('\n').at(-1) : undefined;
}
