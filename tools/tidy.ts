// npm run tidy: the house style as a test, and knip for what nobody uses. No network; a few seconds.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { readRepository } from './tidy/repository.ts';
import { RULES } from './tidy/rules.ts';

process.chdir(path.join(import.meta.dirname, '..'));
const repository = readRepository();
let count = 0;
for (const rule of RULES) {
  for (const { path: file, line, message } of rule.check(repository)) {
    count += 1;
    process.stdout.write(`${file}:${line}  ${rule.name}  ${message}\n`);
  }
}

const knip = path.join('node_modules', 'knip', 'bin', 'knip.js');
const unused = spawnSync(process.execPath, [knip, '--no-progress', '--no-config-hints'], { stdio: 'inherit' });

const verdict = `${RULES.length} rules, ${repository.files.length} files: ${count === 0 ? 'tidy' : `${count} findings`}`;
process.stdout.write(`${verdict}${unused.status === 0 ? '' : '; knip found what nobody uses'}\n`);
process.exitCode = count > 0 || unused.status !== 0 ? 1 : 0;
