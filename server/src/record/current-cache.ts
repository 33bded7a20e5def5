// Newest versions held in memory: what is read by id is mostly what was read a moment ago. Exact, not merely fresh: the pipeline, which
// alone makes versions, says what it is about to write, and from then until it is written everybody is answered by the store.
import type { Named, ReadCurrent } from './current-reader.ts';
import type { StoredVersion } from './types.ts';

export type CurrentCache = {
  readonly read: ReadCurrent;
  /** What is named is about to change; called before it can have. */
  writing(changing: readonly Named[]): void;
  /** It has changed, or it never will. */
  written(changing: readonly Named[]): void;
};

type Held = { readonly version: StoredVersion; readonly until: number };

/** In characters, of which most take one byte. */
const HELD_MAX = 16_000_000;
const ONE_MAX = 64_000;
/** A store that somebody else changes (a rebuild, a restore) is seen after this long. */
const HELD_MS = 1_000;

export function createCurrentCache(
  read: ReadCurrent,
  now: () => number = performance.now.bind(performance),
): CurrentCache {
  const held = new Map<string, Held>();
  /** The load by which a name will be held, unless the name changes first. */
  const loading = new Map<string, object>();
  const changing = new Map<string, number>();
  let size = 0;

  const drop = (name: string) => {
    size -= held.get(name)?.version.text.length ?? 0;
    held.delete(name);
  };
  const keep = (name: string, version: StoredVersion) => {
    // What is deleted has no text, and is rarely asked for.
    if (version.deleted || version.text.length > ONE_MAX) return;
    drop(name);
    held.set(name, { version, until: now() + HELD_MS });
    size += version.text.length;
    for (const oldest of held.keys()) {
      if (size <= HELD_MAX) break;
      drop(oldest);
    }
  };
  const load = async (name: string, named: Named) => {
    const own = {};
    loading.set(name, own);
    try {
      const version = await read(named);
      // A patient's id may lead to another's record, which changes by that one's name.
      if (loading.get(name) === own && version?.id === named.id) keep(name, version);
      return version;
    } finally {
      if (loading.get(name) === own) loading.delete(name);
    }
  };
  return {
    read: (named) => {
      const name = `${named.type}/${named.id}`;
      const known = held.get(name);
      if (known !== undefined && known.until > now()) return Promise.resolve(known.version);
      return changing.has(name) ? read(named) : load(name, named);
    },
    writing: (names) => {
      for (const { type, id } of names) {
        const name = `${type}/${id}`;
        changing.set(name, (changing.get(name) ?? 0) + 1);
        drop(name);
        loading.delete(name);
      }
    },
    written: (names) => {
      for (const { type, id } of names) {
        const name = `${type}/${id}`;
        const left = (changing.get(name) ?? 0) - 1;
        if (left > 0) changing.set(name, left);
        else changing.delete(name);
      }
    },
  };
}
