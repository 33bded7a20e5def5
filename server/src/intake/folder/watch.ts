// A folder under watch: looked at now and then, sooner when the system hints, one file after another in the order they were written.
import { type FSWatcher, watch } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { failed, isSame, putAside, type Stamp, stampOf, takeFile } from './take.ts';
import type { FileResult, FolderOptions, FolderWatcher } from './types.ts';

const INTERVAL_MS = 1000;
const SETTLE_MS = 300;
const SIZE_BYTES_MAX = 64 * 1024 * 1024;
/** Names under which senders write what is not complete yet. */
const UNFINISHED = /^\.|\.(?:part|partial|tmp|temp|filepart|crdownload)$|~$/i;

const NO_HINTS = 'folder: the system gives no hints of changes; it is looked at now and then';

/** Starts watching. Rejects when the folders cannot be made. */
export async function startFolder(options: FolderOptions): Promise<FolderWatcher> {
  await makeFolders(options.directory);
  const watcher = new Watcher(options);
  watcher.start();
  return { state: () => watcher.state(), close: () => watcher.close() };
}

async function makeFolders(directory: string): Promise<void> {
  for (const name of ['in', 'done', 'failed']) await mkdir(path.join(directory, name), { recursive: true });
}

type Seen = { readonly stamp: Stamp; readonly since: number; readonly result: FileResult | undefined };
type Waiting = { readonly name: string; readonly seen: Seen };

// A class because it watches: state with a lifetime.
class Watcher {
  private readonly options: FolderOptions;
  private readonly settleMs: number;
  private readonly intervalMs: number;
  /** Files as last seen; with a result when all is durable and only the move is left, so that a move that fails is tried alone. */
  private seen = new Map<string, Seen>();
  private hints: FSWatcher | undefined;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private closing = false;
  /** What was last reported, so that a store that is away for an hour is one incident, not one a second. */
  private trouble = '';

  constructor(options: FolderOptions) {
    this.options = options;
    this.settleMs = options.settleMs ?? SETTLE_MS;
    this.intervalMs = options.intervalMs ?? INTERVAL_MS;
  }

  start(): void {
    this.listen();
    this.lookIn(0);
  }

  async close(): Promise<void> {
    this.closing = true;
    clearTimeout(this.timer);
    this.hints?.close();
    await this.running;
  }

  // Hints are lost on network drives and when the folder is replaced; looking every interval is what is relied on.
  private listen(): void {
    try {
      this.hints = watch(path.join(this.options.directory, 'in'), () => this.hint());
      this.hints.on('error', () => this.hints?.close());
    } catch (error) {
      this.report(NO_HINTS, error);
    }
  }

  state(): { readonly ok: boolean; readonly detail: string } {
    if (this.closing) return { ok: false, detail: 'is not watched any more' };
    return this.trouble === '' || this.trouble === NO_HINTS
      ? { ok: true, detail: 'is watched' }
      : { ok: false, detail: this.trouble.replace(/^folder: /, '') };
  }

  private hint(): void {
    this.again = true;
    if (this.running === undefined) this.lookIn(this.settleMs);
  }

  private lookIn(delayMs: number): void {
    clearTimeout(this.timer);
    if (this.closing) return;
    this.timer = setTimeout(() => {
      this.running = this.look().finally(() => {
        this.running = undefined;
        this.lookIn(this.again ? Math.min(this.settleMs, this.intervalMs) : this.intervalMs);
      });
    }, delayMs);
  }

  private async look(): Promise<void> {
    this.again = false;
    try {
      for (const { name, seen } of await this.complete()) {
        if (this.closing || !(await this.handle(name, seen))) return;
      }
      this.trouble = '';
    } catch (error) {
      this.report('folder: it cannot be read or moved in', error);
      await makeFolders(this.options.directory).catch((cause: unknown) =>
        this.report('folder: it cannot be made', cause),
      );
    }
  }

  /** Files that have stood still long enough, oldest first. */
  private async complete(): Promise<readonly Waiting[]> {
    const directory = path.join(this.options.directory, 'in');
    const entries = await readdir(directory, { withFileTypes: true });
    const found = new Map<string, Seen>();
    const now = performance.now();
    for (const entry of entries) {
      if (!entry.isFile() || UNFINISHED.test(entry.name)) continue;
      const stamp = await stampOf(path.join(directory, entry.name)).catch(gone);
      if (stamp === undefined) continue;
      const before = this.seen.get(entry.name);
      const still = before !== undefined && isSame(before.stamp, stamp);
      found.set(entry.name, still ? before : { stamp, since: now, result: undefined });
    }
    this.seen = found;
    const waiting = [...found].map(([name, seen]) => ({ name, seen }));
    const complete = waiting.filter(({ seen }) => now - seen.since >= this.settleMs);
    if (complete.length < waiting.length) this.again = true;
    return complete.sort((a, b) => a.seen.stamp.mtimeMs - b.seen.stamp.mtimeMs || (a.name < b.name ? -1 : 1));
  }

  /** Takes one file. False when there is no use in going on with the next one now. */
  private async handle(name: string, seen: Seen): Promise<boolean> {
    const taken =
      seen.result === undefined ? await this.take(name, seen.stamp) : { kind: 'result' as const, result: seen.result };
    if (taken.kind === 'later') {
      if (taken.error !== undefined) this.report('folder: the store is away; files wait', taken.error);
      return taken.error === undefined;
    }
    this.seen.set(name, { ...seen, result: taken.result });
    if (taken.result.reason !== undefined)
      this.options.events.incident(`folder: a file is put aside: ${taken.result.reason.code}`);
    if (await putAside(this.options.directory, taken.result, seen.stamp)) this.seen.delete(name);
    else this.seen.set(name, { ...seen, since: performance.now(), result: undefined });
    return true;
  }

  private async take(name: string, stamp: Stamp) {
    const { options } = this;
    const sizeBytesMax = options.sizeBytesMax ?? SIZE_BYTES_MAX;
    try {
      return await takeFile(name, stamp, { options, sizeBytesMax, isClosing: () => this.closing });
    } catch (error) {
      if (isGone(error)) return { kind: 'later' as const };
      // Nobody foresaw this one; trying it again and again would stop the files behind it.
      this.report('folder: a file could not be taken', error);
      const base = { file: name, sizeBytes: stamp.size, takenAt: options.clock.now() };
      const message =
        'The file could not be taken, for a reason that is told in the log. Put it into in/ again to retry.';
      return { kind: 'result' as const, result: failed(base, { code: 'unexpected', message }) };
    }
  }

  private report(what: string, error: unknown): void {
    if (this.trouble === what) return;
    this.trouble = what;
    this.options.events.incident(what, error);
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function gone(error: unknown): undefined {
  if (isGone(error)) return undefined;
  throw error;
}
