// npm run bench:kill: kill -9 of the server and of PostgreSQL at random moments while four doors are fed, and after it nothing that was
// acknowledged is lost or applied twice. --cycles N (1000), --seed N, --check-every N (20); ends with a table of what was hit in the
// middle of what, and one JSON line. Needs Linux, whose /proc says what a process is doing.
import { parseArgs } from 'node:util';
import { drawn } from './kill/phases.ts';
import { killRepeatedly } from './kill/run.ts';

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    'check-every': { type: 'string', default: '20' },
  },
});
const seed = Number(values.seed);
try {
  const summary = await killRepeatedly({
    cycles: Number(values.cycles),
    seed,
    checkEvery: Number(values['check-every']),
    tell: (line) => process.stderr.write(`${line}\n`),
  });
  process.stderr.write(`${drawn(summary.kills)}\n`);
  process.stdout.write(`${JSON.stringify(summary)}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nAgain with --seed ${seed}\n`);
  process.exit(1);
}
