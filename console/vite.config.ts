// How the console is bundled: one script, one style sheet, nothing fetched from elsewhere.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const root = import.meta.dirname;

/** Class names of the NHS styles that no source file of the console mentions: four fifths of that sheet. */
function unusedClasses(): string[] {
  const sheet = readFileSync(
    createRequire(import.meta.url).resolve('nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.css'),
    'utf8',
  );
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => readFileSync(join(root, 'src', name), 'utf8'))
    .join('\n');
  const used = new Set(sources.match(/nhsuk-[\w-]+/g));
  const known = new Set(Array.from(sheet.matchAll(/\.(nhsuk-[\w-]+)/g), (match) => match[1] ?? ''));
  return [...known].filter((name) => name !== '' && !used.has(name));
}

export default defineConfig({
  root,
  plugins: [react()],
  css: {
    transformer: 'lightningcss',
    lightningcss: {
      // The NHS sheet has a media query written for one old browser only, which is no CSS; it is skipped.
      errorRecovery: true,
      unusedSymbols: unusedClasses(),
      // The NHS sheet names fonts on a public server; the console works without a network and falls back to Arial.
      visitor: { Rule: { 'font-face': () => [] } },
    },
  },
  build: { target: 'es2023', modulePreload: { polyfill: false }, reportCompressedSize: false },
  server: { proxy: { '/api': 'http://127.0.0.1:8420', '/fhir': 'http://127.0.0.1:8420' } },
});
