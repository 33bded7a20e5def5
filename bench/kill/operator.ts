// The operator: starts the server as a process on a data directory of its own, knows how far it is, stops it and starts it again.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Books } from '../../server/src/operate/types.ts';
import { send, titleOf } from './processes.ts';

export type Address = { readonly host: string; readonly port: number };
export type Addresses = { readonly http: string; readonly stored: Address; readonly processed: Address };

const BIN = path.join(import.meta.dirname, '../../server/bin/vouch.mjs');
const READY_TIMEOUT_MS = 120_000;
const POLL_MS = 25;
const LINES_KEPT = 40;
const SOCKET_LINE = 4;
const STATUS_LINE = 7;

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
  /** PostgreSQL as it was when the server was last launched: the new server stops it first. */
  private before: number | undefined;
  private child: ChildProcess | undefined;
  private expectsEnd = false;

  constructor() {
    this.home = mkdtempSync(path.join(tmpdir(), 'vouch-kill-'));
    // As root, PostgreSQL's own account must be able to enter.
    chmodSync(this.home, 0o755);
    this.data = path.join(this.home, 'data');
    this.folder = path.join(this.home, 'drop');
    writeFileSync(path.join(this.home, 'vouch.yaml'), CONFIG(this.folder));
    // Half of a start is compiling. What is compiled is kept by a process that ends in order, so one does before the first kill.
    execFileSync(process.execPath, [BIN, 'start', '--help'], { env: this.env(), stdio: 'ignore' });
  }

  /** Process id of the server, while there is one. */
  get server(): number | undefined {
    return this.child?.pid;
  }

  /** Starts the server; does not wait until it is ready. */
  launch(): void {
    const config = path.join(this.home, 'vouch.yaml');
    const args = [BIN, 'start', '--no-demo', '--data', this.data, '--http', '127.0.0.1:0', '--config', config];
    this.before = this.postmaster();
    const child = spawn(process.execPath, args, { env: this.env(), stdio: ['ignore', 'pipe', 'pipe'] });
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
    const addresses = await this.comesUp();
    if (addresses === undefined) throw new Error(`the server is not ready\n${this.lines.join('\n')}`);
    return addresses;
  }

  /** Resolves with the addresses when the server is ready, or with undefined when it has ended. Throws when it takes too long. */
  async comesUp(): Promise<Addresses | undefined> {
    const until = performance.now() + READY_TIMEOUT_MS;
    while (this.child !== undefined) {
      if (this.addresses !== undefined && (await this.isHealthy(this.addresses))) return this.addresses;
      if (performance.now() > until) throw new Error(`the server takes too long to start\n${this.lines.join('\n')}`);
      await sleep(POLL_MS);
    }
    return undefined;
  }

  /** How far the server and its PostgreSQL have come: undefined when both are up, else in words. */
  stage(): string | undefined {
    const postmaster = this.postmaster();
    const status = postmaster === undefined ? undefined : this.note()[STATUS_LINE]?.trim();
    if (this.child === undefined) return 'start: not yet';
    if (this.addresses === undefined) {
      if (postmaster === undefined) return 'start: loading, no PostgreSQL';
      if (postmaster === this.before)
        return status === 'stopping' ? 'start: the old PostgreSQL stopping' : 'start: loading';
      return status === 'ready' ? 'start: opening store and doors' : 'start: PostgreSQL recovering';
    }
    if (postmaster === undefined) return 'PostgreSQL away';
    return status === 'ready' ? undefined : 'PostgreSQL recovering';
  }

  /** Resolves when the server, which is being killed, has ended. */
  async gone(): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    this.expectsEnd = true;
    await new Promise((resolve) => child.once('exit', resolve));
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
    if (this.server !== undefined) {
      send(this.server, 'SIGKILL');
      await this.gone();
    }
    const postmaster = this.postmaster();
    if (postmaster !== undefined) send(postmaster, 'SIGQUIT');
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
    for (;;) {
      const answer = await this.get('/api/v1/books');
      if (answer.ok) return (await answer.json()) as Books;
      // The store is away for a moment, as after the death of one of its connections.
      await sleep(POLL_MS);
    }
  }

  /** The socket folder of the running PostgreSQL, for looking at what is stored. */
  socket(): string {
    return this.note()[SOCKET_LINE] ?? '';
  }

  /** Process id of PostgreSQL, if it runs on this very data directory. */
  postmaster(): number | undefined {
    const pid = Number(this.note()[0]);
    return pid > 0 && titleOf(pid).includes(this.cluster()) ? pid : undefined;
  }

  /** What PostgreSQL writes down of itself, line by line; nothing when it has not. */
  private note(): readonly string[] {
    try {
      return readFileSync(path.join(this.cluster(), 'postmaster.pid'), 'utf8').split('\n');
    } catch {
      // Taken away as it ended, perhaps just now.
      return [];
    }
  }

  private env(): NodeJS.ProcessEnv {
    return { ...process.env, NODE_COMPILE_CACHE: path.join(this.home, 'compiled') };
  }

  private cluster(): string {
    const note = path.join(this.data, 'postgres-is-at.txt');
    return existsSync(note) ? readFileSync(note, 'utf8').trim() : path.join(this.data, 'postgres');
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
