// The process itself: arguments in, exit code out, and the last word on anything nobody caught.
import { Failed, Refused } from '../base/errors.ts';
import { main } from './main.ts';

const io = { stdout: process.stdout, stderr: process.stderr, env: process.env };

try {
  process.exitCode = await main(process.argv.slice(2), io);
} catch (error) {
  const known = error instanceof Failed || error instanceof Refused;
  process.stderr.write(
    known
      ? `vouch: ${error.message}\n`
      : `vouch: a fault in Vouch itself\n${error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exitCode = 1;
}
