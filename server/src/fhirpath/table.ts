// Tables that names from outside are looked up in: without a prototype, so that `toString` or `constructor` is not found in them.

export type Table<T> = { readonly [name: string]: T | undefined };

export function table<T>(entries: Table<T>): Table<T> {
  return Object.assign(Object.create(null), entries);
}
