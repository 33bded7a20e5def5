// Bundles the console into the directory given, or dist. Run in a process of its own by ensureConsoleBuilt.
import { join } from 'node:path';
import { build } from 'vite';

const root = import.meta.dirname;
await build({
  configFile: join(root, 'vite.config.ts'),
  configLoader: 'native',
  logLevel: 'warn',
  build: { outDir: process.argv[2] ?? join(root, 'dist'), emptyOutDir: true },
});
