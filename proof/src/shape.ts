// Reading JSON strictly: every reader names the place it stands at, and anything not asked for is refused.

/** Input that does not have the documented form. `where` is a path such as `leaves[3].salt`. */
export class Malformed extends Error {
  readonly where: string;
  constructor(where: string, what: string) {
    super(what);
    this.name = 'Malformed';
    this.where = where;
  }
}

export type Read<T> = (value: unknown, where: string) => T;

export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Malformed(where, 'is not JSON');
  }
}

export const readString: Read<string> = (value, where) => {
  if (typeof value !== 'string') throw new Malformed(where, 'must be a string');
  return value;
};

export const readBoolean: Read<boolean> = (value, where) => {
  if (typeof value !== 'boolean') throw new Malformed(where, 'must be true or false');
  return value;
};

/** A whole number from 0, exactly representable. */
export const readCount: Read<number> = (value, where) => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new Malformed(where, 'must be a whole number from 0');
  }
  return value;
};

export function readArray(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Malformed(where, 'must be an array');
  return value;
}

/** Exactly `names`: a missing member is an error, and so is one more. */
export function readObject(value: unknown, where: string, names: readonly string[]): { [name: string]: unknown } {
  const object = readAnyObject(value, where);
  const unknown = Object.keys(object).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Malformed(`${where}.${unknown}`, 'is not a known member');
  const missing = names.find((name) => !Object.hasOwn(object, name));
  if (missing !== undefined) throw new Malformed(`${where}.${missing}`, 'is missing');
  return object;
}

/** Any members: for documents whose form belongs to someone else. */
export function readAnyObject(value: unknown, where: string): { [name: string]: unknown } {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Malformed(where, 'must be an object');
  return Object.fromEntries(Object.entries(value));
}

export function nullable<T>(read: Read<T>): Read<T | undefined> {
  return (value, where) => (value === null ? undefined : read(value, where));
}

export function listOf<T>(read: Read<T>): Read<readonly T[]> {
  return (value, where) => readArray(value, where).map((item, index) => read(item, `${where}[${index}]`));
}

/** A fixed row: each place has its own reader. */
export function readRow(value: unknown, where: string, length: number): readonly unknown[] {
  const row = readArray(value, where);
  if (row.length !== length) throw new Malformed(where, `must have ${length} items`);
  return row;
}
