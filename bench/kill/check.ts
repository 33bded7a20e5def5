// The comparison: what senders were told against what is stored, what is stored against itself, and the ledger against what it signed.
import { verifyLog } from '@vouch/proof';
import { type Db, openDb } from '../../server/src/base/db.ts';
import { auditContents } from '../../server/src/ledger/audit.ts';
import type { Acknowledged, Journal } from './journal.ts';
import type { Operator } from './operator.ts';
import { type Kept, readByKey, readByReceipt, readCheckpointNotes, readContradictions, readCounts } from './reader.ts';

/** Checkpoints fetched before kills, and the key of the first start: what an auditor would have kept. And how far was checked. */
export type Notebook = {
  key: string | undefined;
  readonly checkpoints: Set<string>;
  acknowledgedChecked: number;
  leavesChecked: number;
};
export type Check = {
  readonly operator: Operator;
  readonly journal: Journal;
  readonly notebook: Notebook;
  /** Everything since the beginning; otherwise deliveries and leaves that came since the check before, and all that SQL alone can tell. */
  readonly full: boolean;
};
export type Found = {
  readonly problems: readonly string[];
  readonly size: number;
  readonly states: Record<string, number>;
};

const PAGE = 5_000;
const TOLD_MAX = 10;

export function openNotebook(): Notebook {
  return { key: undefined, checkpoints: new Set(), acknowledgedChecked: 0, leavesChecked: 0 };
}

/** Everything must hold when no sender waits for an answer and nothing is left to plan. */
export async function check({ operator, journal, notebook, full }: Check): Promise<Found> {
  const db = openDb({ host: operator.socket(), port: 5432, user: 'postgres', database: 'postgres', connectionsMax: 2 });
  try {
    const counts = await readCounts(db);
    const from = full
      ? { acknowledged: 0, leaf: 0 }
      : { acknowledged: notebook.acknowledgedChecked, leaf: notebook.leavesChecked };
    const problems = [
      ...journal.problems.splice(0),
      ...(await booksProblems(operator)),
      ...(await deliveryProblems(db, journal.acknowledged.slice(from.acknowledged))),
      ...(await readContradictions(db)),
      ...(await auditContents(db, from.leaf, counts.size)).map(
        (trouble) => `ledger content: ${JSON.stringify(trouble)}`,
      ),
      ...(await (full ? ledgerProblems(operator, notebook) : checkpointProblems(db, notebook))),
    ];
    notebook.acknowledgedChecked = journal.acknowledged.length;
    notebook.leavesChecked = counts.size;
    return { problems: problems.slice(0, TOLD_MAX), ...counts };
  } finally {
    await db.close();
  }
}

/** Every checkpoint that was ever handed out must still be there, word for word. */
async function checkpointProblems(db: Db, { checkpoints }: Notebook): Promise<readonly string[]> {
  const stored = new Set(await readCheckpointNotes(db));
  return [...checkpoints].filter((note) => !stored.has(note)).map((note) => `a checkpoint was rewritten: ${note}`);
}

async function booksProblems(operator: Operator): Promise<readonly string[]> {
  const { total, sources } = await operator.books();
  const lines = [{ source: 'in total', ...total }, ...sources];
  return lines.flatMap(({ source, residual, states }) => [
    ...(residual === 0 ? [] : [`the books have a residual of ${residual} (${source})`]),
    ...(states.received === 0 ? [] : [`the books have ${states.received} receipts not planned (${source})`]),
  ]);
}

async function deliveryProblems(db: Db, acknowledged: readonly Acknowledged[]): Promise<readonly string[]> {
  const problems: string[] = [];
  for (let from = 0; from < acknowledged.length; from += PAGE) {
    const page = acknowledged.slice(from, from + PAGE);
    const keyed = page.filter((one) => one.key !== undefined);
    const named = page.filter((one) => one.key === undefined);
    problems.push(...compare(keyed, await readByKey(db, keyed)), ...compare(named, await readByReceipt(db, named)));
  }
  return problems;
}

function compare(asked: readonly Acknowledged[], found: readonly Kept[]): readonly string[] {
  const kept = new Map(found.map((one) => [one.n, one]));
  return asked.flatMap((one, index) => {
    const what = troubleOf(one, kept.get(index + 1));
    return what === undefined ? [] : [`${one.door}: ${one.key ?? `receipt ${one.receipt}`} was acknowledged, ${what}`];
  });
}

function troubleOf(one: Acknowledged, kept: Kept | undefined): string | undefined {
  if (kept === undefined || kept.times === 0) return 'and is not stored';
  if (kept.times > 1) return `and is stored ${kept.times} times`;
  if (one.receipt !== undefined && kept.receipt !== one.receipt)
    return `as receipt ${one.receipt}, and is stored as receipt ${kept.receipt}`;
  if (one.hash !== undefined && kept.hash !== one.hash) return 'and is stored with other bytes';
  if (kept.state !== 'applied') return `and is ${kept.state}`;
  const least = one.again ? 0 : 1;
  const isOne = (count: number) => count === 1 || count === least;
  if (one.door === 'fhir' && !(isOne(kept.statements) && isOne(kept.versions)))
    return `and made ${kept.statements} statements and ${kept.versions} versions instead of one each`;
  return undefined;
}

/** The exported log must hold every checkpoint that was ever handed out, word for word, each the root of the entries before it. */
async function ledgerProblems(operator: Operator, notebook: Notebook): Promise<readonly string[]> {
  const log = await operator.get('/api/v1/ledger/export');
  if (log.body === null) return ['the ledger cannot be exported'];
  const exported: string[] = [];
  const [first] = notebook.checkpoints;
  const verified = await verifyLog(noted(log.body, exported), {
    key: notebook.key,
    ...(first === undefined ? {} : { checkpoint: first }),
  });
  const known = new Set(exported);
  return [
    ...verified.findings.map(({ code, where, what }) => `ledger: ${code} at ${where}: ${what}`),
    ...[...notebook.checkpoints]
      .filter((note) => !known.has(note))
      .map((note) => `a checkpoint was rewritten: ${note}`),
  ];
}

/** Passes the file on as it is, and notes the checkpoints in it. */
async function* noted(file: AsyncIterable<Uint8Array>, checkpoints: string[]): AsyncGenerator<Uint8Array> {
  let rest = '';
  for await (const chunk of file) {
    yield chunk;
    const lines = (rest + Buffer.from(chunk).toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines)
      if (line.startsWith('{"checkpoint"'))
        checkpoints.push(
          (JSON.parse(Buffer.from(line, 'latin1').toString('utf8')) as { checkpoint: string }).checkpoint,
        );
  }
}
