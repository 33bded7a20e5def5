// The search index under load: how fast it is written, how large it gets, and how long searches take as the store grows.
//   node bench/search-index.ts [resources, such as 10000,100000,1000000] [rows for the comparison with other ways to keep terms]
import { withDatabase } from '../server/src/testkit/database.ts';
import { alternatives } from './search/alternatives.ts';
import { load } from './search/load.ts';
import { timeEach, timeMix } from './search/mix.ts';
import { PER_PATIENT } from './search/people.ts';

const sizes = (process.argv[2] ?? '10000,100000').split(',').map(Number);
const compared = Number(process.argv[3] ?? 50_000);
const ROUNDS = 60;
const CONNECTIONS = 16;
const SECONDS = 8;
const say = (line: string) => process.stdout.write(`${line}\n`);

await withDatabase(async ({ db, owner }) => {
  let patients = 0;
  for (const size of sizes) {
    const wanted = Math.ceil(size / PER_PATIENT);
    const { resources, seconds, indexSeconds } = await load(db, patients, wanted);
    patients = wanted;
    say(
      `\n${patients * PER_PATIENT} resources: loaded ${resources} in ${seconds.toFixed(0)} s, ${(resources / seconds).toFixed(0)} a second, of which the entries ${indexSeconds.toFixed(0)} s`,
    );
    await owner.query('vacuum analyze');
    const { rows } = await owner.query<{ name: string; mb: number }>(
      `select relname as name, (pg_relation_size(oid) / 1048576.0)::float8 as mb from pg_class
       where relnamespace = 'vouch'::regnamespace and (relname ~ '^(search_|resource)') and pg_relation_size(oid) > 1000000 order by 1`,
    );
    say(rows.map(({ name, mb }) => `${name} ${mb.toFixed(0)}`).join(', '));
    for (const { name, p50, p95, found } of await timeEach(db, patients, ROUNDS))
      say(
        `${name.padEnd(42)} p50 ${p50.toFixed(2).padStart(8)} ms  p95 ${p95.toFixed(2).padStart(8)} ms  found ${found.toFixed(1)}`,
      );
    const mix = await timeMix(db, patients, { connections: CONNECTIONS, seconds: SECONDS });
    say(`mix, ${CONNECTIONS} at once: ${mix.rate.toFixed(0)} searches a second`);
    for (const [name, p95] of Object.entries(mix.p95)) say(`  ${name.padEnd(42)} p95 ${p95.toFixed(1).padStart(8)} ms`);
  }
  say(`\nother ways to keep the terms, ${compared} rows:`);
  for (const line of await alternatives(owner, compared)) say(line);
});
