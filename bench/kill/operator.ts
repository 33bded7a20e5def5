// The operator: starts the server as a process on a data directory of its own, kills what it is told to, starts it again.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Books } from '../../server/src/operate/types.ts';

export type Address = { readonly host: string; readonly port: number };
export type Addresses = { readonly http: string; readonly stored: Address; readonly processed: Address };
export type Victim = 'server' | 'postgres' | 'backend' | 'both';

const BIN = path.join(import.meta.dirname, '../../server/bin/vouch.mjs');
const READY_TIMEOUT_MS = 120_000;
const POLL_MS = 25;
const LINES_KEPT = 40;

/**
 * Four doors: MLLP and the folder speak for sources of their own; FHIR and receipts name theirs in a header. Of two MLLP listeners one
 * acknowledges what is stored, the other what is processed: there the answer comes long after the commit that it rests on.
 */
const CONFIG = (folder: string) => `sources:
  pas: { name: Patient administration, kind: pas, trust: 80, authorities: { RXX: "https://rxx.example/mrn", NHS: "https://fhir.nhs.uk/Id/nhs-number" } }
  edge: { name: Departmental system, kind: lab, trust: 40, authorities: { RXX: "https://rxx.example/mrn", NHS: "https://fhir.nhs.uk/Id/nhs-number" } }
  gp: { name: Practice, kind: gp, trust: 70 }
  clinic:
    name: Clinic
    kind: legacy
    trust: 20
    csvMap:
      name: clinic
      delimiter: ","
      columns:
        no: { to: Patient.identifier, system: "https://clinic.example/number" }
        surname: { to: Patient.name.family }
        forename: { to: Patient.name.given }
        dob: { to: Patient.birthDate, format: DD/MM/YYYY }
mllp:
  - { listen: "127.0.0.1:0", source: pas }
  - { listen: "127.0.0.1:0", source: pas, ack: { promise: processed } }
folders:
  - { path: ${JSON.stringify(folder)}, source: clinic }
`;

// A class because it runs a process: state with a lifetime.
export class Operator {
  readonly data: string;
  readonly folder: string;
  /** Undefined while the server is not up. */
  addresses: Addresses | undefined;
  /** The newest lines of the log, for when something goes wrong. */
  readonly lines: string[] = [];
  private readonly home: string;
  private child: ChildProcess | undefined;
  private expectsEnd = false;

  constructor() {
    this.home = mkdtempSync(path.join(tmpdir(), 'vouch-kill-'));
    // As root, PostgreSQL's own account must be able to enter.
    chmodSync(this.home, 0o755);
    this.data = path.join(this.home, 'data');
    this.folder = path.join(this.home, 'drop');
    writeFileSync(path.join(this.home, 'vouch.yaml'), CONFIG(this.folder));
  }

  /** Starts the server; does not wait until it is ready. */
  launch(): void {
    const config = path.join(this.home, 'vouch.yaml');
    const args = [BIN, 'start', '--no-demo', '--data', this.data, '--http', '127.0.0.1:0', '--config', config];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    this.expectsEnd = false;
    createInterface({ input: child.stdout }).on('line', (line) => this.take(child, line));
    createInterface({ input: child.stderr }).on('line', (line) => this.keep(line));
    child.once('exit', (code, signal) => {
      if (this.child !== child) return;
      this.child = undefined;
      this.addresses = undefined;
      if (!this.expectsEnd) this.keep(`the server ended by itself (${signal ?? code})`);
    });
  }

  /** Resolves when the server says that it is ready. Throws when it ended by itself, or takes too long. */
  async ready(): Promise<Addresses> {
    const until = performance.now() + READY_TIMEOUT_MS;
    for (;;) {
      if (this.addresses !== undefined && (await this.isHealthy(this.addresses))) return this.addresses;
      if (this.child === undefined || performance.now() > until)
        throw new Error(`the server is not ready\n${this.lines.join('\n')}`);
      await sleep(POLL_MS);
    }
  }

  /** Kills with SIGKILL. Returns whom: PostgreSQL may just be starting again, and is then left alone. */
  async kill(victim: Victim): Promise<Victim | 'nobody'> {
    const postmaster = victim === 'server' ? undefined : this.postmaster();
    const target = victim === 'backend' && postmaster !== undefined ? backendOf(postmaster) : postmaster;
    if (victim !== 'server' && target === undefined && victim !== 'both') return 'nobody';
    const ended = victim === 'server' || victim === 'both' ? this.killServer() : undefined;
    if (target !== undefined) process.kill(target, 'SIGKILL');
    await ended;
    return victim;
  }

  async stop(): Promise<number | null> {
    const { child } = this;
    if (child === undefined) return null;
    this.expectsEnd = true;
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    return ended;
  }

  /** Ends what still runs, by any means, and leaves the files. */
  async end(): Promise<void> {
    await this.killServer();
    const postmaster = this.postmaster();
    if (postmaster !== undefined) process.kill(postmaster, 'SIGQUIT');
    while (this.postmaster() !== undefined) await sleep(POLL_MS);
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }

  async get(route: string): Promise<Response> {
    const { http } = await this.ready();
    return fetch(`${http}${route}`);
  }

  async books(): Promise<Books> {
    return (await (await this.get('/api/v1/books')).json()) as Books;
  }

  /** The socket folder of the running PostgreSQL, for looking at what is stored. */
  socket(): string {
    return readFileSync(path.join(this.cluster(), 'postmaster.pid'), 'utf8').split('\n')[4] ?? '';
  }

  /** Process id of PostgreSQL, if it runs on this very data directory. */
  postmaster(): number | undefined {
    const file = path.join(this.cluster(), 'postmaster.pid');
    const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0;
    return pid > 0 && commandOf(pid).includes(this.cluster()) ? pid : undefined;
  }

  private cluster(): string {
    const note = path.join(this.data, 'postgres-is-at.txt');
    return existsSync(note) ? readFileSync(note, 'utf8').trim() : path.join(this.data, 'postgres');
  }

  private async killServer(): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    this.expectsEnd = true;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  private async isHealthy({ http }: Addresses): Promise<boolean> {
    try {
      return (await fetch(`${http}/api/v1/health`)).status === 200;
    } catch {
      // The connection broke with the process: it is looked at again.
      return false;
    }
  }

  private take(child: ChildProcess, line: string): void {
    if (!line.startsWith('{"at"') || !line.includes('"event":"ready"')) {
      this.keep(line);
      return;
    }
    const { http, mllp } = JSON.parse(line) as { http: string; mllp: readonly string[] };
    if (this.child === child) this.addresses = { http, stored: addressIn(mllp[0]), processed: addressIn(mllp[1]) };
  }

  private keep(line: string): void {
    this.lines.push(line);
    if (this.lines.length > LINES_KEPT) this.lines.shift();
  }
}

function addressIn(text = ''): Address {
  const [host = '', port = ''] = text.split('=')[0]?.split(':') ?? [];
  return { host, port: Number(port) };
}

function commandOf(pid: number): string {
  const file = `/proc/${pid}/cmdline`;
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** One process of PostgreSQL that serves a connection; undefined when there is none at the moment. */
function backendOf(postmaster: number): number | undefined {
  const children = readdirSync('/proc').flatMap((name) => {
    const stat = `/proc/${name}/stat`;
    if (!/^\d+$/.test(name) || !existsSync(stat)) return [];
    const parent = Number(/\) \S (\d+)/.exec(readFileSync(stat, 'utf8'))?.[1]);
    return parent === postmaster && /postgres: postgres/.test(commandOf(Number(name))) ? [Number(name)] : [];
  });
  return children[Math.floor(performance.now()) % Math.max(1, children.length)];
}
