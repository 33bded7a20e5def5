// vouch fhir validate: forms of files, places of issues, exit codes, and the result for programs.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { toXml } from '../fhir-xml/index.ts';
import { main } from './main.ts';

const SOUND = JSON.stringify({
  resourceType: 'Patient',
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">One</div>' },
  birthDate: '1970-01-01',
});
const BROKEN = '{\n  "resourceType": "Patient",\n  "birthDate": "1970-02-30"\n}';

async function run(args: readonly string[], isTTY = false) {
  let out = '';
  let err = '';
  const code = await main(['fhir', ...args], {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text), isTTY },
    env: {},
  });
  return { code, out, err };
}

function folder(t: TestContext, files: { readonly [name: string]: string | Uint8Array }): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'vouch-fhir-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), content);
  }
  return directory;
}

/** A gzipped tar with files of these names. */
function tgz(files: { readonly [name: string]: unknown }): Buffer {
  const blocks = Object.entries(files).flatMap(([name, content]) => {
    const body = Buffer.from(JSON.stringify(content));
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(body.length.toString(8).padStart(11, '0'), 124);
    header.write('        ', 148);
    header.write('0', 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

test('sound files are valid, whatever their form, in and below a directory', async (t) => {
  const directory = folder(t, {
    'a.json': `\ufeff${SOUND}`,
    'b/c.ndjson': `${SOUND}\n\n${SOUND}\r\n`,
    'b/d.xml': toXml(SOUND),
    'e.json.gz': gzipSync(SOUND),
    'notes.txt': 'no resource',
    '.hidden/x.json': 'no resource',
  });
  assert.deepEqual(await run(['validate', directory]), {
    code: 0,
    out: '5 resources in 4 files: 5 valid, 0 invalid; 0 errors, 0 warnings, 0 notes\n',
    err: '',
  });
});

test('an issue is one line with its place in the file, and never shows the value', async (t) => {
  const directory = folder(t, { 'a.json': BROKEN, 'b.ndjson': `${SOUND}\n${JSON.stringify(JSON.parse(BROKEN))}\n` });
  const { code, out } = await run(['validate', directory]);
  assert.equal(code, 1);
  const [first = '', second = '', ...rest] = out.trimEnd().split('\n');
  assert.match(first, /a\.json:3:16 error value Patient\.birthDate: \S.*\.$/);
  assert.match(second, /b\.ndjson:2:39 error value Patient\.birthDate: /);
  assert.deepEqual(rest, ['3 resources in 2 files: 1 valid, 2 invalid; 2 errors, 0 warnings, 0 notes']);
  assert.doesNotMatch(out, /1970/);
});

test('XML has a place where it cannot be read, and a path where it can', async (t) => {
  const directory = folder(t, {
    'a.xml': toXml(JSON.stringify({ resourceType: 'Patient', gender: 'unicorn' })),
    'b.xml': '<Patient xmlns="http://hl7.org/fhir">\n  <nonsense value="1"/>\n</Patient>',
  });
  const { code, out } = await run(['validate', directory]);
  assert.equal(code, 1);
  assert.match(out, /a\.xml error code-invalid Patient\.gender: /);
  assert.match(out, /b\.xml:2:\d+ error structure Patient.*: /);
});

test('what is no resource is an issue of its file, and the others are read all the same', async (t) => {
  const directory = folder(t, {
    'a.json': '{"resourceType":\n  oops}',
    'b.json': '[]',
    'c.json': Buffer.from([0x7b, 0xff, 0x7d]),
    'd.json': SOUND,
  });
  const { code, out } = await run(['validate', directory, path.join(directory, 'nobody.json')]);
  assert.equal(code, 1);
  assert.match(out, /a\.json:2:3 fatal structure: /);
  assert.match(out, /b\.json:1:1 error /);
  assert.match(out, /c\.json:1:1 fatal processing: The text is not UTF-8/);
  assert.match(out, /nobody\.json fatal processing: The file cannot be read \(ENOENT\)\./);
  assert.match(out, /\n5 resources in 5 files: 1 valid, 4 invalid; /);
});

test('a profile of a package is held to where it is asked for, and where it is claimed', async (t) => {
  const url = 'http://example.org/StructureDefinition/named';
  const definition = {
    resourceType: 'StructureDefinition',
    ...{ url, name: 'Named', status: 'active', kind: 'resource', abstract: false, type: 'Patient' },
    ...{ baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Patient', derivation: 'constraint' },
    differential: { element: [{ id: 'Patient.name', path: 'Patient.name', min: 1 }] },
  };
  const directory = folder(t, {
    'sound.json': SOUND,
    'claims.json': JSON.stringify({ resourceType: 'Patient', meta: { profile: [url] } }),
    'named.tgz': tgz({ 'package/package.json': { name: 'named', version: '1' }, 'package/named.json': definition }),
    'odd.tgz': 'no package',
  });
  const sound = path.join(directory, 'sound.json');
  const given = ['--package', path.join(directory, 'named.tgz')];
  assert.equal((await run(['validate', sound, ...given])).code, 0);
  const asked = await run(['validate', sound, ...given, '--profile', url]);
  assert.equal(asked.code, 1);
  assert.match(asked.out, /sound\.json:1:1 error \S+ Patient\.name: /);
  assert.equal((await run(['validate', path.join(directory, 'claims.json'), ...given])).code, 1);
  const unknown = await run(['validate', sound, '--profile', url]);
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /is not loaded\. Give the package that has it/);
  const odd = await run(['validate', sound, '--package', path.join(directory, 'odd.tgz')]);
  assert.equal(odd.code, 1);
  assert.match(odd.err, /odd\.tgz: This is no FHIR package.*\[package-unreadable\]/);
});

test('--json gives counts and issues to programs, and no progress', async (t) => {
  const file = path.join(folder(t, { 'a.json': BROKEN }), 'a.json');
  const { code, out, err } = await run(['validate', file, '--json'], true);
  const { issues, ...tally } = JSON.parse(out);
  assert.deepEqual([code, err], [1, '']);
  assert.deepEqual(tally, { files: 1, resources: 1, invalid: 1, errors: 1, warnings: 0, notes: 0 });
  const [{ message, reason, ...issue }] = issues;
  assert.deepEqual(issue, {
    ...{ file, severity: 'error', code: 'value', expression: 'Patient.birthDate', line: 3, column: 16 },
  });
  assert.ok(message.length > 0 && reason.length > 0);
});

test('wrong usage is exit code 2 with a sentence, help is 0', async (t) => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /Say what to do/],
    [['guess', 'a.json'], /Say what to do/],
    [['validate'], /Name at least one file/],
    [['validate', folder(t, { 'a.txt': '' })], /There is no \.json, \.ndjson or \.xml file/],
    [['validate', 'a.json', '--package', 'nobody.tgz'], /nobody\.tgz cannot be read \(ENOENT\)/],
    [['validate', 'a.json', '--colour'], /--colour/],
  ];
  for (const [args, expected] of cases) {
    const { code, out, err } = await run(args);
    assert.equal(code, 2, args.join(' '));
    assert.match(err, expected);
    assert.equal(out, '');
  }
  const help = await run(['--help']);
  assert.equal(help.code, 0);
  assert.match(help.out, /vouch fhir validate FILE/);
});
