// vouch identity: files in, one line out; what is wrong is told by file, line and column and never by what a cell holds.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, suite, test } from 'node:test';
import { main } from './main.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'vouch-identity-'));
after(() => rmSync(folder, { recursive: true }));

const MAP = JSON.stringify({
  columns: {
    given: 'given',
    surname: 'family',
    dob: { to: 'birthDate', format: 'DD/MM/YYYY' },
    post: 'postcode',
    mail: 'email',
  },
  truth: { pattern: '^rec-([0-9]+)-' },
});
const HEADER = 'rec_id, given, surname, dob, post, mail';
const NAMES =
  'Amelia Betty Noah Imran Joyce Siobhan Lukasz Oliver Fatima George Hannah Arthur Poppy Rhys Aoife Owen'.split(' ');
const FAMILIES = 'Watson Khan Smith Doherty Kowalski Patel Morgan Bright Ashby Norfield'.split(' ');
const PEOPLE = Array.from({ length: 80 }, (_, at) => ({
  at,
  given: NAMES[at % NAMES.length] ?? '',
  family: FAMILIES[(at * 7 + Math.floor(at / 10)) % FAMILIES.length] ?? '',
  dob: `${String(1 + ((at * 11) % 28)).padStart(2, '0')}/${String(1 + ((at * 5) % 12)).padStart(2, '0')}/${1940 + at}`,
  post: `XA${1 + (at % 30)} ${at % 10}AB`,
}));
const ORIGINALS = PEOPLE.map(
  ({ at, given, family, dob, post }) => `rec-${at}-org, ${given}, ${family}, ${dob}, ${post}, p${at}@mail.example`,
);
const COPIES = PEOPLE.map(
  ({ at, given, family, dob, post }) => `rec-${at}-dup-0, ${given}, ${family.slice(0, -1)}, ${dob}, ${post},`,
);

function file(name: string, text: string): string {
  const full = path.join(folder, name);
  writeFileSync(full, text);
  return full;
}

const map = file('map.json', MAP);
const originals = file('a.csv', [HEADER, ...ORIGINALS, ''].join('\n'));
const copies = file('b.csv', [HEADER, ...COPIES, ''].join('\r\n'));

async function vouch(...args: readonly string[]) {
  const said = { out: '', error: '' };
  const io = {
    stdout: { write: (text: string) => (said.out += text) },
    stderr: { write: (text: string) => (said.error += text) },
    env: {},
  };
  return { code: await main(['identity', ...args], io), ...said };
}

suite('vouch identity eval', () => {
  test('answers with one line of ten figures', async () => {
    const { code, out } = await vouch(
      'eval',
      '--csv',
      `${originals},${copies}`,
      '--map',
      map,
      '--truth',
      'rec_id',
      '--json',
    );
    assert.equal(code, 0);
    assert.equal(out.trim().split('\n').length, 1);
    const { pairsPerSecond, ...figures } = JSON.parse(out);
    assert.ok(pairsPerSecond > 0);
    assert.deepEqual(figures, {
      records: 160,
      truePairs: 80,
      truePositives: 80,
      falsePositives: 0,
      falseNegatives: 0,
      precision: 1,
      recall: 1,
      f1: 1,
      reviewPairs: 0,
    });
  });

  test('takes a model that was trained before, which is the same bytes whatever the order of the rows', async () => {
    const [one, other] = [path.join(folder, 'one.json'), path.join(folder, 'other.json')];
    const backwards = file('c.csv', [HEADER, ...ORIGINALS.toReversed(), ''].join('\n'));
    await vouch('train', '--csv', `${originals},${copies}`, '--map', map, '--out', one);
    await vouch('train', '--csv', `${copies},${backwards}`, '--map', map, '--out', other);
    assert.equal(readFileSync(one, 'utf8'), readFileSync(other, 'utf8'));
    const { out } = await vouch(
      'eval',
      '--csv',
      `${originals},${copies}`,
      '--map',
      map,
      '--truth',
      'rec_id',
      '--model',
      one,
      '--json',
    );
    assert.equal(JSON.parse(out).f1, 1);
  });

  test('counts pairs between files only where the map says so', async () => {
    const between = file('between.json', JSON.stringify({ ...JSON.parse(MAP), pairs: 'between-files' }));
    const { out } = await vouch(
      'eval',
      '--csv',
      `${originals},${copies},${originals}`,
      '--map',
      between,
      '--truth',
      'rec_id',
      '--json',
    );
    assert.equal(JSON.parse(out).truePairs, 240);
  });
});

suite('what is wrong with a file', () => {
  const evaluate = (csv: string, mapFile: string, truth = 'rec_id') =>
    vouch('eval', '--csv', csv, '--map', mapFile, '--truth', truth, '--json');
  const where = async (text: string) => {
    const { code, error } = await evaluate(originals, file('wrong.json', text));
    assert.equal(code, 1);
    return JSON.parse(error);
  };

  test('is told by line and column of the map', async () => {
    assert.equal((await where('{\n "columns": {\n  "given": "firstname" } }')).where, '3:12');
    assert.equal((await where('{\n "column": {} }')).where, '2:2');
    assert.equal((await where('{ "columns": { "dob": { "to": "birthDate", "format": "D.M.Y" } } }')).where, '1:23');
    assert.equal((await where('{ "columns": { "given": "given" }, "truth": { "pattern": "(" } }')).where, '1:45');
    assert.equal((await where('{ "columns": ')).code, 'column-map');
    assert.match((await where('{ "columns": { "nobody": "given" } }')).message, /There is no column "nobody"/);
  });

  test('is told by line and column of the CSV, without what the cell holds', async () => {
    const odd = file('odd.csv', [HEADER, ...ORIGINALS.slice(0, 3), 'Siobhan Watson, , , , ,'].join('\n'));
    const { code, error } = await evaluate(odd, map);
    assert.equal(code, 1);
    assert.equal(JSON.parse(error).where, '5:1');
    assert.ok(!error.includes('Siobhan'));
    const open = await evaluate(file('open.csv', `${HEADER}\nrec-1-org, "Ann, B`), map);
    assert.equal(JSON.parse(open.error).where, '2:1');
  });

  test('is a truth column that numbers the records', async () => {
    const plain = file('plain.json', JSON.stringify({ columns: { given: 'given', surname: 'family' } }));
    const { code, error } = await evaluate(originals, plain);
    assert.equal(code, 1);
    assert.match(JSON.parse(error).message, /truth/);
  });

  test('is a wrong use when options are missing', async () => {
    assert.equal((await vouch('eval', '--csv', originals)).code, 2);
    assert.equal((await vouch('guess')).code, 2);
    assert.equal((await vouch('train', '--csv', originals, '--map', map)).code, 2);
  });
});
