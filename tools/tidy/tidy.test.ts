// Every rule of house style finds what it is for, and leaves alone what only looks like it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { partsOf } from './parts.ts';
import { repositoryOf } from './repository.ts';
import { RULES } from './rules.ts';

type Case = {
  readonly rule: string;
  readonly what: string;
  readonly files: { readonly [path: string]: string };
};

const OPENING = '// What this is for.\n';
const long = (lines: number) => OPENING + 'export const a = 1;\n'.repeat(lines - 1);

const FOUND: readonly Case[] = [
  {
    rule: 'import-direction',
    what: 'a value of another domain',
    files: { 'server/src/truth/a.ts': "import { identify } from '../identity/index.ts';\n" },
  },
  {
    rule: 'import-direction',
    what: 'a value beside a type',
    files: { 'server/src/mapping/a.ts': "import { type View, fold } from '../truth/index.ts';\n" },
  },
  {
    rule: 'import-direction',
    what: 'a value of a domain downstream, in several lines',
    files: { 'server/src/pipeline/a.ts': "import {\n  getBooks,\n} from '../http/api.ts';\n" },
  },
  {
    rule: 'import-direction',
    what: 'a re-export',
    files: { 'server/src/identity/index.ts': "export { fold } from '../truth/fold.ts';\n" },
  },
  {
    rule: 'import-direction',
    what: 'a whole domain, or one loaded later',
    files: {
      'server/src/record/a.ts': "import * as truth from '../truth/index.ts';\n",
      'server/src/record/b.ts': "const later = await import('../truth/index.ts');\n",
    },
  },
  { rule: 'file-length', what: 'a file of 301 lines', files: { 'server/src/base/a.ts': long(301) } },
  {
    rule: 'escapes',
    what: 'a silenced type check',
    files: { 'a.ts': '// @ts-expect-error it is fine\nconst a = 1;\n' },
  },
  {
    rule: 'escapes',
    what: 'a silenced linter without a reason',
    files: {
      'a.ts': '// biome-ignore lint/style/useConst: <explanation>\nlet a = 1;\n',
      'b.ts': '// biome-ignore lint: generated\nlet b = 1;\n',
    },
  },
  { rule: 'words', what: 'a folder that says nothing', files: { 'server/src/utils/text.ts': OPENING } },
  { rule: 'words', what: 'a file that says nothing', files: { 'server/src/truth/helpers.ts': OPENING } },
  { rule: 'words', what: 'a word that the glossary replaces', files: { 'a.ts': 'const deadLetters = [];\n' } },
  { rule: 'words', what: 'work left for later', files: { 'a.ts': '// TODO: handle the rest\n', 'b.md': 'FIXME\n' } },
  { rule: 'words', what: 'a path of one machine', files: { 'docs/a.md': 'See /home/sam/vouch.\n' } },
  {
    rule: 'sql-places',
    what: 'SQL in a route',
    files: { 'server/src/http/a.ts': "await db.query('select id from receipt where id = $1', [id]);\n" },
  },
  {
    rule: 'sql-places',
    what: 'SQL that begins on the next line',
    files: { 'server/src/operate/a.ts': 'await db.query(`\n  insert into receipt values (1)`);\n' },
  },
  {
    rule: 'pure-domains',
    what: 'the clock in a pure domain',
    files: { 'server/src/truth/a.ts': 'const now = new Date();\n', 'server/src/mapping/a.ts': 'Date.now();\n' },
  },
  {
    rule: 'pure-domains',
    what: 'chance, locale and files in a file that calls itself pure',
    files: {
      'server/src/pipeline/a.ts': `// Plans.  (pure)\nimport { readFileSync } from 'node:fs';\na.localeCompare(b);\nMath.random();\n`,
    },
  },
  { rule: 'opening-comment', what: 'a file that opens with code', files: { 'a.ts': 'export const a = 1;\n' } },
  {
    rule: 'domain-folders',
    what: 'a pure domain without README and index',
    files: { 'server/src/derive/news2.ts': OPENING },
  },
  {
    rule: 'dependency-reasons',
    what: 'a dependency without a reason',
    files: { 'server/package.json': '{"dependencies":{"left-pad":"1.0.0"}}', 'docs/adr/dependencies.md': '# None\n' },
  },
  {
    rule: 'dependency-reasons',
    what: 'a reason without a dependency',
    files: { 'server/package.json': '{}', 'docs/adr/dependencies.md': '- `left-pad` pads.\n' },
  },
  {
    rule: 'dependency-reasons',
    what: 'any dependency of proof',
    files: {
      'proof/package.json': '{"dependencies":{"left-pad":"1.0.0"}}',
      'docs/adr/dependencies.md': '- `left-pad` pads.\n',
    },
  },
  { rule: 'migration-pairs', what: 'a way up without a way back', files: { 'server/sql/0001_a.up.sql': '-- A.\n' } },
  {
    rule: 'migration-pairs',
    what: 'a missing number',
    files: { 'server/sql/0002_a.up.sql': '-- A.\n', 'server/sql/0002_a.down.sql': '-- A.\n' },
  },
  {
    rule: 'lock-file',
    what: 'the host of a registry',
    files: { 'package-lock.json': '{"packages":{"node_modules/a":{"resolved":"https://registry.example/a.tgz"}}}' },
  },
  {
    rule: 'lock-file',
    what: 'a platform that was left out',
    files: { 'package-lock.json': '{"packages":{"node_modules/a":{"optionalDependencies":{"a-darwin":"1.0.0"}}}}' },
  },
  { rule: 'honest-tests', what: 'a test that runs alone', files: { 'a.test.ts': "test.only('a', () => {});\n" } },
  {
    rule: 'honest-tests',
    what: 'a test skipped without a reason',
    files: { 'a.test.ts': "test('a', { skip: true }, () => {});\n", 'b.test.ts': "test.todo('b');\n" },
  },
];

const LEFT_ALONE: readonly Case[] = [
  {
    rule: 'import-direction',
    what: 'types, languages, shared files, and values where they meet',
    files: {
      'server/src/truth/a.ts': "import type { Link } from '../identity/types.ts';\n",
      'server/src/truth/b.ts': "import { type Link, type Person } from '../identity/types.ts';\n",
      'server/src/truth/c.ts': "import { partOf } from '../base/ids.ts';\n",
      'server/src/mapping/d.ts': "import { parse } from '../hl7v2/index.ts';\n",
      'server/src/intake/e.ts': "import { prepareLeaf } from '../ledger/leaf.ts';\n",
      'server/src/pipeline/f.ts': "import { fold } from '../truth/index.ts';\n",
      'server/src/truth/g.test.ts': "import { map } from '../mapping/index.ts';\n",
      'server/src/truth/h.ts':
        "// import { map } from '../mapping/index.ts';\nconst text = `import { map } from '../mapping/index.ts'`;\n",
    },
  },
  { rule: 'file-length', what: 'a file of 300 lines', files: { 'server/src/base/a.ts': long(300) } },
  {
    rule: 'escapes',
    what: 'a silenced linter with its reason, and the words in a string',
    files: {
      'a.ts': "// biome-ignore lint/style/useConst: the API wants a binding it may change.\nlet a = '@ts-ignore';\n",
    },
  },
  {
    rule: 'words',
    what: 'addresses, and names that only contain such a word',
    files: {
      'server/src/operate/commonest.ts': 'const at = `https://example.org/home/page`;\n',
      'docs/b.md': 'https://example.org/home/page and /fhir/R4\n',
    },
  },
  {
    rule: 'sql-places',
    what: 'SQL in a reader, and English that begins like it',
    files: {
      'server/src/record/reader.ts': "await db.query('select 1 from version');\n",
      'server/src/http/a.ts': "const text = 'Update the source, then select one.';\n",
    },
  },
  {
    rule: 'pure-domains',
    what: 'a date made from a given instant, a test, a comment',
    files: {
      'server/src/truth/a.ts': 'const day = new Date(instant);\n// Never Date.now().\n',
      'server/src/truth/a.test.ts': 'const now = Date.now();\n',
      'server/src/intake/a.ts': 'const now = Date.now();\n',
    },
  },
  {
    rule: 'opening-comment',
    what: 'a comment, also behind the line that names the interpreter',
    files: { 'a.ts': OPENING, 'b.mjs': `#!/usr/bin/env node\n${OPENING}` },
  },
  {
    rule: 'honest-tests',
    what: 'a reason to skip',
    files: { 'a.test.ts': "test('a', { skip: browser === undefined ? 'no Chromium here' : false }, () => {});\n" },
  },
];

function run({ rule, files }: Case): readonly string[] {
  const chosen = RULES.find((one) => one.name === rule);
  assert.ok(chosen !== undefined, `there is a rule ${rule}`);
  return chosen.check(repositoryOf(Object.entries(files))).map((finding) => finding.path);
}

describe('found', () => {
  for (const one of FOUND) {
    test(`${one.rule}: ${one.what}`, () => {
      const paths = run(one);
      const codeFiles = Object.keys(one.files).filter((path) => /\.(ts|mjs|sql)$/.test(path));
      assert.ok(paths.length > 0, 'something is found');
      // Where a case has several files, each is wrong by itself.
      if (one.rule !== 'migration-pairs' && one.rule !== 'domain-folders')
        for (const path of codeFiles) assert.ok(paths.includes(path), `${path} is found`);
    });
  }
  test('every rule has a case that it must find', () => {
    assert.deepEqual(
      RULES.map((rule) => rule.name).filter((name) => !FOUND.some((one) => one.rule === name)),
      [],
    );
  });
});

describe('left alone', () => {
  for (const one of LEFT_ALONE) {
    test(`${one.rule}: ${one.what}`, () => assert.deepEqual(run(one), []));
  }
});

describe('a source taken apart', () => {
  test('keeps every offset, and each character in one part', () => {
    const text = `const a = 'x // y'; // z \`\nconst b = \`p \${q('r')} s\`; /* t */ const c = 8 / 2 / 1;\nconst d = /['"]/g;\n`;
    const { code, comments, strings } = partsOf(text);
    for (const part of [code, comments, strings]) assert.equal(part.length, text.length);
    const together = [...text].map(
      (_, at) => [code, comments, strings].map((part) => part[at]).find((c) => c !== ' ') ?? ' ',
    );
    assert.equal(together.join(''), text);
    assert.equal(comments.trim().replace(/\s+/g, ' '), '// z ` /* t */');
    assert.match(strings, /'x \/\/ y'.*\n.*`p \$\{ {2}'r' \} s`.*\n.*\/\['"\]\/g/);
    assert.match(code, /q\( {3}\)/);
    assert.match(code, /8 \/ 2 \/ 1/);
  });
});
