// vouch.yaml: who our sources are and which doors are open. Parsed once, with every problem named by its place in the file.
import { parse as parseYaml } from 'yaml';
import { Refused } from '../base/errors.ts';
import type { AckOutcome, AckPolicy } from '../intake/types.ts';
import type { CsvMap, Source, UpdateMode } from '../mapping/types.ts';
import { sourceKey } from './sources.ts';

export type MllpDoor = {
  readonly host: string;
  readonly port: number;
  readonly source: string | undefined;
  readonly ack: Partial<AckPolicy>;
};
export type FolderDoor = { readonly path: string; readonly source: string };
export type Config = {
  readonly sources: readonly Source[];
  readonly mllp: readonly MllpDoor[];
  readonly folders: readonly FolderDoor[];
  /** What scored matching does with what it finds: nothing, a case for a person, or a link where it is sure enough. Default: off. */
  readonly matching?: 'off' | 'review' | 'automatic';
};

export const EMPTY_CONFIG: Config = { sources: [], mllp: [], folders: [] };

type Fields = { readonly [name: string]: unknown };

const KINDS = ['pas', 'lab', 'gp', 'app', 'legacy', 'person', 'unknown'] as const;
const MODES = ['snapshot', 'merge-by-type', 'owner-only', 'ignore'] as const satisfies readonly UpdateMode[];
const ACK_CODES = ['AA', 'AE', 'AR'] as const;

/** Reads a configuration. Throws `Refused` naming the first setting that is unknown or malformed. */
export function readConfig(text: string): Config {
  let given: unknown;
  try {
    given = parseYaml(text);
  } catch (error) {
    throw new Refused(
      'config-yaml',
      `The configuration is not YAML: ${error instanceof Error ? error.message : 'unreadable'}`,
    );
  }
  const config = fieldsOf(given ?? {}, 'the configuration', ['sources', 'mllp', 'folders', 'matching']);
  const matching = config['matching'];
  return {
    ...(matching === undefined ? {} : { matching: oneOfModes(matching) }),
    sources: Object.entries(fieldsOf(config['sources'] ?? {}, 'sources')).map(([key, value]) => readSource(key, value)),
    mllp: listOf(config['mllp'], 'mllp').map(readMllp),
    folders: listOf(config['folders'], 'folders').map(readFolder),
  };
}

const MATCHING = ['off', 'review', 'automatic'] as const;

function oneOfModes(value: unknown): (typeof MATCHING)[number] {
  const found = MATCHING.find((mode) => mode === value);
  if (found === undefined)
    throw new Refused('config-value', `matching: must be one of ${MATCHING.join(', ')}.`, 'matching');
  return found;
}

function readSource(key: string, value: unknown): Source {
  const at = `sources.${key}`;
  const fields = fieldsOf(value, at, [
    'name',
    'kind',
    'trust',
    'authorities',
    'updatePolicy',
    'owns',
    'timeZone',
    'csvMap',
  ]);
  const trust = fields['trust'];
  if (typeof trust !== 'number' || trust < 0 || trust > 100) throw bad(`${at}.trust`, 'a number from 0 to 100');
  return {
    key: sourceKey(key),
    name: textOf(fields['name'], `${at}.name`),
    kind: oneOf(fields['kind'], KINDS, `${at}.kind`),
    trust,
    authorities: textsOf(fields['authorities'] ?? {}, `${at}.authorities`),
    updatePolicy: Object.fromEntries(
      Object.entries(fieldsOf(fields['updatePolicy'] ?? { '*': 'snapshot' }, `${at}.updatePolicy`)).map(
        ([element, mode]) => [element, oneOf(mode, MODES, `${at}.updatePolicy.${element}`)],
      ),
    ),
    owns: listOf(fields['owns'], `${at}.owns`).map((one) => textOf(one, `${at}.owns`)),
    timeZone: readZone(fields['timeZone'] ?? 'Europe/London', `${at}.timeZone`),
    csvMap: fields['csvMap'] === undefined ? undefined : readCsvMap(fields['csvMap'], `${at}.csvMap`),
  };
}

function readZone(value: unknown, at: string): string {
  const zone = textOf(value, at);
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: zone });
  } catch {
    // Intl says RangeError for a zone it does not know; the setting is what matters to the reader.
    throw bad(at, 'an IANA zone such as Europe/London');
  }
  return zone;
}

function readCsvMap(value: unknown, at: string): CsvMap {
  const fields = fieldsOf(value, at, ['name', 'delimiter', 'columns']);
  const columns = Object.entries(fieldsOf(fields['columns'], `${at}.columns`)).map(([column, target]) => {
    const name = `${at}.columns.${column}`;
    const given = fieldsOf(target, name, ['to', 'format', 'system', 'codes']);
    return [
      column,
      {
        to: textOf(given['to'], `${name}.to`),
        ...(given['format'] === undefined ? {} : { format: textOf(given['format'], `${name}.format`) }),
        ...(given['system'] === undefined ? {} : { system: textOf(given['system'], `${name}.system`) }),
        ...(given['codes'] === undefined ? {} : { codes: textsOf(given['codes'], `${name}.codes`) }),
      },
    ] as const;
  });
  return {
    name: textOf(fields['name'], `${at}.name`),
    delimiter: textOf(fields['delimiter'] ?? ',', `${at}.delimiter`),
    columns: Object.fromEntries(columns),
  };
}

function readMllp(value: unknown, index: number): MllpDoor {
  const at = `mllp[${index}]`;
  const fields = fieldsOf(value, at, ['listen', 'source', 'ack']);
  const { host, port } = readAddress(textOf(fields['listen'], `${at}.listen`), `${at}.listen`);
  const ack = fieldsOf(fields['ack'] ?? {}, `${at}.ack`, ['promise', 'codes', 'waitMs']);
  return {
    host,
    port,
    source: fields['source'] === undefined ? undefined : sourceKey(textOf(fields['source'], `${at}.source`)),
    ack: {
      ...(ack['promise'] === undefined
        ? {}
        : { promise: oneOf(ack['promise'], ['stored', 'processed'] as const, `${at}.ack.promise`) }),
      ...(ack['waitMs'] === undefined ? {} : { waitMs: Number(ack['waitMs']) }),
      ...(ack['codes'] === undefined ? {} : { codes: readAckCodes(ack['codes'], `${at}.ack.codes`) }),
    },
  };
}

function readAckCodes(value: unknown, at: string): AckPolicy['codes'] {
  const codes = Object.entries(fieldsOf(value, at)).map(
    ([outcome, code]) => [outcome, oneOf(code, ACK_CODES, `${at}.${outcome}`)] as const,
  );
  return Object.fromEntries(codes) as { readonly [outcome in AckOutcome]: 'AA' | 'AE' | 'AR' };
}

function readFolder(value: unknown, index: number): FolderDoor {
  const at = `folders[${index}]`;
  const fields = fieldsOf(value, at, ['path', 'source']);
  return { path: textOf(fields['path'], `${at}.path`), source: sourceKey(textOf(fields['source'], `${at}.source`)) };
}

/** `HOST:PORT`, `[::1]:PORT` or `PORT`. */
export function readAddress(text: string, at: string): { host: string; port: number } {
  const match = /^(?:(\[[0-9a-f:]+\]|[^:]+):)?(\d{1,5})$/i.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) throw bad(at, 'HOST:PORT such as 127.0.0.1:2575');
  return { host: (match[1] ?? '127.0.0.1').replace(/^\[|\]$/g, ''), port };
}

/** Until access control exists, whoever can connect can read: only this machine may. */
export function assertLoopback(host: string, at: string): void {
  if (!/^(127(\.\d{1,3}){3}|::1|localhost)$/.test(host)) {
    throw new Refused(
      'address-not-loopback',
      `${at}: ${host} is reachable from other machines, and there is no access control yet. Use 127.0.0.1 and a tunnel or proxy of your own.`,
      at,
    );
  }
}

function fieldsOf(value: unknown, at: string, known?: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad(at, 'a group of settings');
  for (const name of Object.keys(value)) {
    if (known !== undefined && !known.includes(name))
      throw new Refused(
        'config-unknown',
        `${at} has no setting "${name}". Known: ${known.join(', ')}.`,
        `${at}.${name}`,
      );
  }
  return value as Fields;
}

function listOf(value: unknown, at: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw bad(at, 'a list');
  return value;
}

function textOf(value: unknown, at: string): string {
  if (typeof value !== 'string' || value === '') throw bad(at, 'text');
  return value;
}

function textsOf(value: unknown, at: string): { readonly [name: string]: string } {
  return Object.fromEntries(
    Object.entries(fieldsOf(value, at)).map(([name, text]) => [name, textOf(text, `${at}.${name}`)]),
  );
}

function oneOf<const T extends string>(value: unknown, known: readonly T[], at: string): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw bad(at, `one of ${known.join(', ')}`);
  return found;
}

function bad(at: string, what: string): Refused {
  return new Refused('config-value', `${at} must be ${what}.`, at);
}
