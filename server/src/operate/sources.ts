// Who tells us things. Sources are appended as versions with a leaf of their own, so that an explanation can name the trust of its day.
import { canonicalJson } from '@vouch/proof';
import type { Clock } from '../base/clock.ts';
import type { Db } from '../base/db.ts';
import { Refused } from '../base/errors.ts';
import type { SourceKey } from '../base/ids.ts';
import type { SaltSource } from '../ledger/leaf.ts';
import type { Lowered, Source } from '../mapping/types.ts';
import { readSources } from './reader.ts';
import { appendSource } from './writer.ts';

export type SourceRegistry = {
  readonly all: () => ReadonlyMap<SourceKey, Source>;
  /** Appends a version when the settings differ from the newest; says nothing when they do not. */
  register(source: Source): Promise<void>;
  /** Lowers the trust of a source, or gives it back: a version of its own, after which what was being decided is decided anew. */
  lower(key: SourceKey, lowered: Lowered | undefined, trust: number): Promise<void>;
  /** A sender nobody declared: registered at the lowest trust, so that what it says is kept and outranked. */
  ensure(key: string, like: Pick<Source, 'name' | 'kind'>): Promise<SourceKey>;
};

/** What a source gets that nobody declared. */
export const UNDECLARED_TRUST = 10;
const KEY = /^[a-z0-9][a-z0-9.-]{0,62}$/;

/** Loads the registry of a store. */
export async function loadRegistry(options: { db: Db; clock: Clock; salts: SaltSource }): Promise<SourceRegistry> {
  const sources = new Map(await readSources(options.db));
  const pending = new Map<SourceKey, Promise<void>>();
  const register = async (declared: Source) => {
    const known = sources.get(declared.key);
    const source = keepLowered(declared, known);
    if (known !== undefined && canonical(known) === canonical(source)) return;
    await appendSource(options.db, source, { at: options.clock.now(), salts: options.salts });
    sources.set(source.key, source);
  };
  return {
    all: () => sources,
    register,
    lower: async (key, lowered, trust) => {
      const known = sources.get(key);
      if (known === undefined) return;
      const { lowered: _before, ...rest } = known;
      const source: Source = { ...rest, trust, ...(lowered === undefined ? {} : { lowered }) };
      await appendSource(options.db, source, { at: options.clock.now(), salts: options.salts, moves: true });
      sources.set(key, source);
    },
    ensure: async (given, like) => {
      const key = sourceKey(given);
      if (sources.has(key)) return key;
      // Many first messages of one sender arrive together; one registration serves them all.
      const running = pending.get(key) ?? register(undeclared(key, like)).finally(() => pending.delete(key));
      pending.set(key, running);
      await running;
      return key;
    },
  };
}

/** Declared again, as at every start, it stays lowered by as much until its checks pass. */
function keepLowered(declared: Source, known: Source | undefined): Source {
  if (known?.lowered === undefined) return declared;
  const by = known.lowered.because.reduce((sum, one) => sum + one.by, 0);
  const lowered = { ...known.lowered, from: declared.trust };
  return { ...declared, trust: Math.max(0, declared.trust - by), lowered };
}

/** Checks a source's name as given in a header, an option or a file. */
export function sourceKey(given: string): SourceKey {
  if (!KEY.test(given)) {
    throw new Refused(
      'source-key',
      'A source is named by small letters, digits, dots and dashes, at most 63, such as rxx-pas.',
      'source',
    );
  }
  return given as SourceKey;
}

/** The key for a sender known only by MSH-3 and MSH-4. */
export function senderKey(application: string, facility: string): string {
  const slug = `${application}-${facility}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return slug === '' ? 'sender-unnamed' : `sender-${slug}`.slice(0, 63).replace(/-+$/, '');
}

// The database sorts an object's members, a configuration file does not: compared without regard to order.
function canonical(source: Source): string {
  return canonicalJson(JSON.parse(JSON.stringify(source)));
}

function undeclared(key: SourceKey, like: Pick<Source, 'name' | 'kind'>): Source {
  return {
    key,
    ...like,
    trust: UNDECLARED_TRUST,
    authorities: {},
    updatePolicy: { '*': 'snapshot' },
    owns: [],
    timeZone: 'Europe/London',
    csvMap: undefined,
  };
}
