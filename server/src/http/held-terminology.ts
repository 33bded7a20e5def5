// The terminology resources of the record, parsed once and kept in memory: after a write only what was written is read. What does not
// fit into the limit is not held; it is named to whoever asks for it, to the operator and in what the server says it can do.
import type { Db } from '../base/db.ts';
import { Refused } from '../base/errors.ts';
import type { Events } from '../base/events.ts';
import { type JsonObject, objectIn, parseFaithful } from '../base/json.ts';
import { baseLibrary, type Library } from '../fhir/library.ts';
import { bareUrl } from '../fhir/names.ts';
import type { HealthCheck } from '../operate/types.ts';
import { newestIndexOf, readChanged, readSizes, readTextsOf } from '../record/type-reader.ts';
import { type Terminology, terminologyOf } from '../terminology/index.ts';

export type HeldTerminology = {
  /** Everything stored by now, over R4's own definitions. */
  current(): Promise<Terminology>;
  /** The same as a library of definitions, for searches by value sets and hierarchies. The same object until something changes. */
  library(): Promise<Library>;
  /** What is stored against the limit, without loading it. */
  size(): Promise<{ readonly count: number; readonly sizeBytes: number; readonly sizeBytesMax: number }>;
  check(): Promise<HealthCheck>;
};
type Options = { readonly db: Db; readonly sizeBytesMax?: number } & Pick<Events, 'incident'>;

const TYPES = ['CodeSystem', 'ValueSet', 'ConceptMap'];
/** JSON text of all that is held. Parsed and made ready to be asked it takes some four times as much memory. */
const SIZE_BYTES_MAX = 32 * 1024 * 1024;
const MEBIBYTE = 1024 * 1024;
const BATCH_MAX = 500;
const BATCH_BYTES_MAX = 4 * MEBIBYTE;

type One = { readonly resource: JsonObject; readonly sizeBytes: number };
/** A resource that is stored and not held. */
type Left = { readonly type: string; readonly id: string; readonly url: string; readonly sizeBytes: number };
type Held = {
  index: number;
  sizeBytes: number;
  readonly resources: Map<string, One>;
  readonly left: Map<string, Left>;
  terminology: Terminology;
  library: Library;
};

export function holdTerminology({ db, incident, sizeBytesMax = SIZE_BYTES_MAX }: Options): HeldTerminology {
  const held: Held = {
    ...{ index: -1, sizeBytes: 0, resources: new Map(), left: new Map() },
    terminology: terminologyOf(baseLibrary()),
    library: baseLibrary(),
  };
  let reading: Promise<void> | undefined;
  let sized: { readonly index: number; readonly count: number; readonly sizeBytes: number } | undefined;
  const refresh = async () => {
    const index = await newestIndexOf(db, TYPES);
    if (index === held.index) return;
    const before = held.left.size;
    await take(db, held, sizeBytesMax);
    held.index = index;
    held.terminology = over(held);
    held.library = libraryOf(held.terminology);
    if (held.left.size > before) incident(tooMuch(held, sizeBytesMax));
  };
  const size = async () => {
    const index = await newestIndexOf(db, TYPES);
    if (sized?.index !== index) sized = { index, ...(await readSizes(db, TYPES)) };
    return { count: sized.count, sizeBytes: sized.sizeBytes, sizeBytesMax };
  };
  const upToDate = async () => {
    // Requests that come meanwhile wait for one reading, and then see that theirs is done.
    while (reading !== undefined) await reading;
    reading = refresh().finally(() => {
      reading = undefined;
    });
    await reading;
    return held;
  };
  return {
    current: async () => (await upToDate()).terminology,
    library: async () => (await upToDate()).library,
    size,
    check: () => size().then(sizeCheck, notTold),
  };
}

function sizeCheck({ count, sizeBytes, sizeBytesMax }: Awaited<ReturnType<HeldTerminology['size']>>): HealthCheck {
  const detail = `${count} code systems, value sets and concept maps are stored, ${mebibytes(sizeBytes)} of ${mebibytes(sizeBytesMax)}`;
  return { name: 'terminology', ok: sizeBytes <= sizeBytesMax, detail, notice: true };
}

/** Health is answered whatever one of its checks meets. */
function notTold(error: unknown): HealthCheck {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'a fault of ours';
  return { name: 'terminology', ok: false, detail: `how much is stored cannot be told: ${code}`, notice: true };
}

function mebibytes(sizeBytes: number): string {
  return `${(sizeBytes / MEBIBYTE).toFixed(1)} MiB`;
}

function tooMuch({ left }: Held, sizeBytesMax: number): string {
  const named = [...left.values()]
    .slice(0, 5)
    .map(({ type, id, sizeBytes }) => `${type}/${id} (${mebibytes(sizeBytes)})`);
  return `Terminology is larger than ${mebibytes(sizeBytesMax)}: ${left.size} resources are stored and not loaded, such as ${named.join(', ')}. Operations that need them are refused. Delete what is not used.`;
}

type Wanted = { readonly type: string; readonly id: string; readonly sizeBytes: number };

async function take(db: Db, held: Held, sizeBytesMax: number): Promise<void> {
  const changed = await readChanged(db, TYPES, held.index);
  for (const { type, id } of changed) release(held, `${type}/${id}`);
  const wanted: readonly Wanted[] = [...held.left.values(), ...changed.filter(({ deleted }) => !deleted)];
  let batch: Wanted[] = [];
  let batchBytes = 0;
  for (const one of wanted) {
    if (batchBytes + one.sizeBytes > BATCH_BYTES_MAX || batch.length >= BATCH_MAX) {
      await takeBatch(db, held, { batch, sizeBytesMax });
      [batch, batchBytes] = [[], 0];
    }
    batch.push(one);
    batchBytes += one.sizeBytes;
  }
  await takeBatch(db, held, { batch, sizeBytesMax });
}

type Batch = { readonly batch: readonly Wanted[]; readonly sizeBytesMax: number };

/** Of what does not fit only the address is kept. What was deleted meanwhile is not there: the next reading knows. */
async function takeBatch(db: Db, held: Held, { batch, sizeBytesMax }: Batch): Promise<void> {
  for (const { type, id, text } of await readTextsOf(db, batch)) {
    const name = `${type}/${id}`;
    const sizeBytes = Buffer.byteLength(text);
    const fits = held.sizeBytes + sizeBytes <= sizeBytesMax;
    if (!fits && held.left.has(name)) continue;
    const resource = objectIn(parseFaithful(text)) ?? {};
    if (!fits) {
      held.left.set(name, { type, id, sizeBytes, url: String(resource['url'] ?? '') });
      continue;
    }
    held.left.delete(name);
    held.resources.set(name, { resource, sizeBytes });
    held.sizeBytes += sizeBytes;
  }
}

function release(held: Held, name: string): void {
  held.sizeBytes -= held.resources.get(name)?.sizeBytes ?? 0;
  held.resources.delete(name);
  held.left.delete(name);
}

/** What is held, over R4's own; of what is not held it is said why, rather than that it is not there. */
function over({ resources, left }: Held): Terminology {
  const found = terminologyOf(
    baseLibrary(),
    [...resources.values()].map(({ resource }) => resource),
  );
  if (left.size === 0) return found;
  const lacking = [...left.values()];
  const told = <T>(type: string, find: (canonical: string) => T) => {
    return (canonical: string): T => {
      refuse(lacking.find((one) => one.type === type && one.url === bareUrl(canonical)));
      return find(canonical);
    };
  };
  return {
    ...found,
    codeSystem: told('CodeSystem', found.codeSystem),
    valueSet: told('ValueSet', found.valueSet),
    conceptMap: told('ConceptMap', found.conceptMap),
    conceptMaps: () => {
      refuse(lacking.find(({ type }) => type === 'ConceptMap'));
      return found.conceptMaps();
    },
  };
}

function libraryOf({ codeSystem, valueSet }: Terminology): Library {
  return {
    ...baseLibrary(),
    codeSystem,
    valueSet: (canonical) => {
      const found = valueSet(canonical);
      return found?.url === undefined ? undefined : { ...found, url: found.url };
    },
  };
}

function refuse(left: Left | undefined): void {
  if (left === undefined) return;
  const { type, id, url } = left;
  throw new Refused(
    'terminology-limit',
    `${type}/${id} is stored, and not loaded: terminology takes more memory than this server gives it. Ask its operator to make room.`,
    url,
  );
}
