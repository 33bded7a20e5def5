// The page that a reader meets first: its table of the operations API names what is served, no less and no more.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const textOf = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

test('the README lists every address of the operations API that is served', () => {
  const routes = [...textOf('server/src/http/server.ts').matchAll(/\['(GET|POST)', `\$\{BASE_API\}(\/[^`]+)`/g)];
  const served = routes.map(([, method, path]) => `${method} ${path?.replace(/:(\w+)/g, '{$1}')}`);
  const listed = [...textOf('README.md').matchAll(/^\| `((?:GET|POST) \/[^`]+)`/gm)].map(([, address]) => address);
  assert.ok(served.length > 10);
  assert.deepEqual(listed.toSorted(), served.toSorted());
});
