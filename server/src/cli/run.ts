// The process itself: arguments in, exit code out, and the last word on anything nobody caught.
import { asksJson, tell } from './bad-news.ts';
import { main } from './main.ts';

// `vouch receipts | head` closes our output early; that is how pipes end, not a fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  process.exitCode = await main(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
  });
} catch (error) {
  const stack = error instanceof Error ? error.stack : String(error);
  const [command = ''] = process.argv.slice(2);
  if (asksJson(process.argv))
    tell(process, { command, code: 'broken', message: `A fault in Vouch itself. ${stack}` }, true);
  else process.stderr.write(`vouch: a fault in Vouch itself\n${stack}\n`);
  process.exitCode = 1;
}
