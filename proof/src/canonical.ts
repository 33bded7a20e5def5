// JSON with one spelling per value: object members in order of their names' code units, no white space.
// Used where a commitment is made to data that a database may hand back in another order.

/** Numbers are written as JavaScript writes them. Members that are undefined are left out, as JSON.stringify does. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null || isRawNumber(value)) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** A number that keeps the digits it was written with (JSON.rawJSON) must reach JSON.stringify untouched. */
function isRawNumber(value: object): boolean {
  const isRawJson: unknown = Reflect.get(JSON, 'isRawJSON');
  return typeof isRawJson === 'function' && isRawJson(value) === true;
}

/** Equality of JSON values, whatever the order of object members. */
export function sameJson(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
