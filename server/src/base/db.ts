// PostgreSQL as the rest of Vouch sees it: typed rows, short transactions, and one kind of failure for "the store is away".
import pg from 'pg';
import { Failed } from './errors.ts';

export type How = { readonly prepared?: boolean; readonly byKey?: boolean };
export type Rows<Row> = { readonly rows: readonly Row[]; readonly rowCount: number };
export type Sql = {
  /**
   * `prepared`: the text is written in the source and asked often, so that a connection parses it once. `byKey`: moreover its rows are
   * found by keys, so that one plan serves all values; a pool with `keyed` connections then plans it once, too.
   */
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[], how?: How): Promise<Rows<Row>>;
};
export type Db = Sql & {
  /**
   * Runs `work` in one READ COMMITTED transaction: commits when it resolves, rolls back when it throws. Work that has nothing left to
   * send may call `commit` without waiting for the last answers: if one of them is an error, nothing is committed.
   */
  transaction<T>(work: (tx: Sql, commit: () => Promise<unknown>) => Promise<T>): Promise<T>;
  /** Shows the rows as they come, so that thousands can be looked through without holding them. What `see` throws ends it. */
  each<Row>(text: string, values: readonly unknown[], see: (row: Row) => void): Promise<void>;
  /** One connection kept for as long as `work` runs: advisory locks live on it. */
  session<T>(work: (connection: Sql) => Promise<T>): Promise<T>;
  close(): Promise<void>;
  /** What ends a statement of these connections; undefined: nothing. */
  readonly timeMaxMs?: number;
};

export type DbOptions = {
  readonly url?: string;
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly database?: string;
  readonly connectionsMax?: number;
  /**
   * For the two writers, whose statements are all written in the source: each is parsed once a connection, and those of a transaction
   * are sent without waiting for the answer of the one before.
   */
  readonly byKey?: boolean;
  /** So many connections more for statements whose rows are found by key. */
  readonly keyed?: number;
  /** Statements that take longer are ended with SQLSTATE 57014. */
  readonly timeMaxMs?: number;
  /** Role to take on each connection, so that the server cannot do what only the owner may. */
  readonly role?: string;
  /** Schema that is looked into before `vouch`: a table made there again hides the served one. */
  readonly beside?: string;
};

const INT8 = 20;
const TIMESTAMPTZ = 1184;
const types = new pg.TypeOverrides();
types.setTypeParser(INT8, Number);
types.setTypeParser(TIMESTAMPTZ, instantOf);

// Connections run in UTC, so the zone is always +00. Thousands of times are read for one answer, and all but a few are written so.
const USUAL_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,3})?\+00$/;
const SECONDS_END = '2026-11-23 09:00:00'.length;

/** `2026-11-23 09:00:00.5+00` as the database writes it, as an ISO instant with milliseconds. */
export function instantOf(text: string): string {
  if (!USUAL_TIME.test(text)) return new Date(text.replace(' ', 'T').replace(/\+00$/, 'Z')).toISOString();
  const milliseconds = text.slice(SECONDS_END + 1, -'+00'.length).padEnd(3, '0');
  return `${text.slice(0, 10)}T${text.slice(11, SECONDS_END)}.${milliseconds}Z`;
}

/** Longer than anything this process does between two statements of a transaction. */
const IDLE_IN_TRANSACTION_MS = 30_000;
const EACH_PLANNED = '-c plan_cache_mode=force_custom_plan';
/**
 * Rows are found by key, so one plan serves all values, and none may be chosen because a table was all but empty when it was made.
 * Planning each commit anew costs a third of what the commit itself does.
 */
const BY_KEY_PLANS = '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_mergejoin=off';
const ROLE_PATTERN = /^[a-z_][a-z0-9_]*$/;
// Classes 08 (connection), 57P (shutdown, crash) and 53 (out of resources) are the world's fault; so are socket errors, and connections
// that were ended because this process stood still in the middle of a transaction (25P03, 25P04).
const AWAY = /^(08|57P|53|25P0[34]|ECONN|EPIPE|ENOENT|ETIMEDOUT|EAI_)/;

/**
 * Opens a pool. Connections are made on demand; an idle connection that breaks is dropped, not thrown. What is parsed once is still
 * planned each time: a plan made while a table was empty would walk through all of it for ever after.
 */
export function openDb(options: DbOptions): Db {
  const pool = new pg.Pool({
    ...(options.url === undefined
      ? { host: options.host, port: options.port, user: options.user, database: options.database }
      : { connectionString: options.url }),
    max: options.connectionsMax ?? 12,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    // A connection that broke in the middle must not hold locks until the network gives it up.
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    types,
    application_name: 'vouch',
    pipeline: options.byKey === true,
    options: `${searchPath(options)} ${options.byKey === true ? BY_KEY_PLANS : EACH_PLANNED}${limitOf(options)}`,
  });
  const run = options.byKey === true ? runPrepared : runOnce;
  pool.on('error', ignoreIdle);
  const { keyed: connectionsMax, ...others } = options;
  const keyed = connectionsMax === undefined ? undefined : openDb({ ...others, byKey: true, connectionsMax });
  return {
    query: (text, values, how) => {
      if (how?.byKey === true && keyed !== undefined) return keyed.query(text, values);
      return (how?.prepared === true ? runPrepared : run)(pool, { text, values });
    },
    transaction: (work) =>
      withClient(pool, (client) => inTransaction(client, (commit) => work(sqlOf(client, run), commit))),
    each: (text, values, see) => withClient(pool, (client) => eachRow(client, { text, values }, see)),
    session: (work) => withClient(pool, (client) => work(sqlOf(client, run))),
    close: async () => {
      await Promise.all([pool.end(), keyed?.close()]);
    },
    ...(options.timeMaxMs === undefined ? {} : { timeMaxMs: options.timeMaxMs }),
  };
}

function limitOf({ timeMaxMs }: DbOptions): string {
  return timeMaxMs === undefined ? '' : ` -c statement_timeout=${Math.trunc(timeMaxMs)}`;
}

function searchPath({ role, beside }: DbOptions): string {
  if (role !== undefined && !ROLE_PATTERN.test(role)) throw new Failed('database-role', `not a role name: ${role}`);
  // What is made beside can be made again: it need not be durable when the next step begins.
  const first = beside === undefined ? 'vouch' : `${beside},vouch`;
  const durable = beside === undefined ? '' : '-c synchronous_commit=off ';
  return `${durable}-c search_path=${first},public -c timezone=UTC -c jit=off${role === undefined ? '' : ` -c role=${role}`}`;
}

// A broken idle connection is replaced by the pool on the next request, which is where its failure would be reported.
function ignoreIdle(_error: Error): void {
  return;
}

async function withClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  let client: pg.PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    throw asFailed(error);
  }
  let broken: Error | undefined;
  const onError = (error: Error) => {
    broken = error;
  };
  client.on('error', onError);
  try {
    return await work(client);
  } catch (error) {
    if (isAway(error)) broken = error as Error;
    throw asFailed(error);
  } finally {
    client.removeListener('error', onError);
    client.release(broken);
  }
}

async function inTransaction<T>(
  client: pg.PoolClient,
  work: (commit: () => Promise<unknown>) => Promise<T>,
): Promise<T> {
  let ended: Promise<unknown> | undefined;
  const commit = () => {
    if (ended === undefined) {
      sendTogether(client);
      ended = client.query('commit');
    }
    return ended;
  };
  try {
    // Both are sent before either is answered: on a connection that sends ahead, the beginning costs no round trip.
    sendTogether(client);
    const [, result] = await Promise.all([client.query('begin'), work(commit)]);
    await commit();
    return result;
  } catch (error) {
    await client.query('rollback').catch(keepFirst);
    throw error;
  }
}

// The first error is the one that explains; a rollback that fails too only means the connection is gone.
function keepFirst(_error: unknown): void {
  return;
}

type Query = { readonly text: string; readonly values?: readonly unknown[] | undefined; readonly name?: string };
type Run = <Row>(on: pg.Pool | pg.PoolClient, query: Query) => Promise<Rows<Row>>;

function sqlOf(client: pg.PoolClient, run: Run): Sql {
  return {
    query: (text, values) => {
      sendTogether(client);
      return run(client, { text, values });
    },
  };
}

/** What is asked in one turn goes out in one write: each write wakes the database up, which costs more than most statements do. */
function sendTogether(client: pg.PoolClient): void {
  const { stream } = client.connection;
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

async function runOnce<Row>(on: pg.Pool | pg.PoolClient, { values = [], ...query }: Query): Promise<Rows<Row>> {
  try {
    const result = await on.query({ ...query, values: [...values] });
    return { rows: result.rows as Row[], rowCount: result.rowCount ?? 0 };
  } catch (error) {
    throw asFailed(error);
  }
}

/** The answer is read to its end all the same when `see` throws: the connection is used again. */
async function eachRow<Row>(
  client: pg.PoolClient,
  { text, values = [] }: Query,
  see: (row: Row) => void,
): Promise<void> {
  let thrown: { readonly error: unknown } | undefined;
  await new Promise<void>((resolve, reject) => {
    const query = new pg.Query({ text, values: [...values] });
    query.on('row', (row) => {
      if (thrown !== undefined) return;
      try {
        see(row as Row);
      } catch (error) {
        thrown = { error };
      }
    });
    query.on('error', reject);
    query.on('end', () => resolve());
    client.query(query);
  });
  if (thrown !== undefined) throw thrown.error;
}

function runPrepared<Row>(on: pg.Pool | pg.PoolClient, query: Query): Promise<Rows<Row>> {
  return runOnce(on, { ...query, name: preparedName(query.text) });
}

// Every text that is found by key is written in the source, or built of a few parts, so there are few.
const names = new Map<string, string>();

function preparedName(text: string): string {
  const known = names.get(text) ?? `s${names.size}`;
  names.set(text, known);
  return known;
}

function isAway(error: unknown): boolean {
  return error instanceof Failed && error.code === 'database-unavailable';
}

/** Connection trouble becomes `Failed('database-unavailable')`; every other database error keeps its SQLSTATE. */
function asFailed(error: unknown): unknown {
  if (error instanceof Failed || !(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const text = error.message;
  if (
    AWAY.test(code) ||
    /Connection terminated|timeout exceeded when trying to connect|not queryable|Cannot use a pool/.test(text)
  ) {
    return new Failed('database-unavailable', `The database cannot be reached (${code || text}).`, { cause: error });
  }
  return error;
}
