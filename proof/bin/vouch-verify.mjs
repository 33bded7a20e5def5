#!/usr/bin/env node
// Entry point of the offline verifier; the command itself is src/cli.ts.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`vouch-verify needs Node.js 22.18 or newer; this is ${process.versions.node}.\n`);
  process.exit(2);
}
const { runVerify } = await import('../src/cli.ts');
process.exitCode = await runVerify(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});
