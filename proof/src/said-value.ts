// Whether a statement says a value: the element asked about is looked up in the statement's own resource, independently of how the
// server computed its answer.
import { canonicalJson } from './canonical.ts';
import type { StatementFields } from './contents.ts';
import { parseFaithful } from './explanation.ts';
import { readAnyObject } from './shape.ts';

/** `birthDate`, `name[0].family`, `deceased[x]`, `AllergyIntolerance.code`: head and what stands below it, without places in lists. */
export type AskedPath = { readonly head: string; readonly below: readonly string[] };

type Resource = { readonly [name: string]: unknown };

// The choice elements of Patient: whichever type was asked about, a source may have used the other.
const CHOICES = ['deceased', 'multipleBirth'];

export function parseAskedPath(asked: string): AskedPath {
  const [first = '', ...rest] = asked.replaceAll(/\[(\d+|x)\]/g, '').split('.');
  const [head = '', ...below] = first === 'Patient' && rest.length > 0 ? rest : [first, ...rest];
  return { head, below };
}

/** True for a path that starts at a resource: its value may be put together from several messages of one source. */
export function startsAtResource({ head }: AskedPath): boolean {
  return /^[A-Z]/.test(head);
}

/** A statement, with the opened ones of the same resource and source, itself among them. */
export type Saying = { readonly statement: StatementFields; readonly siblings: readonly StatementFields[] };

/**
 * A statement says what stands at the
 * path, and each entry where that is a list. It says "none" (null) where nothing stands there, or where it clears the element.
 */
export function saysValue(value: unknown, path: AskedPath, { statement, siblings }: Saying): boolean {
  if (startsAtResource(path)) {
    if (statement.resourceType !== path.head) return false;
    const resources = siblings.map(resourceOf);
    return path.below.length === 0
      ? isMadeOf(value, resources)
      : says(
          value,
          resources.flatMap((one) => walk([one], path.below)),
        );
  }
  const isMeant = meant(path.head);
  const members = Object.entries(resourceOf(statement)).flatMap(([name, member]) => (isMeant(name) ? [member] : []));
  const cleared = statement.said.some(({ element, action }) => action === 'clear' && isMeant(element));
  return says(value, walk(members, path.below)) || (value === null && cleared);
}

function says(value: unknown, said: readonly unknown[]): boolean {
  if (value === null) return said.length === 0;
  const known = new Set(said.map(canonicalJson));
  return entriesOf(value).every((entry) => known.has(canonicalJson(entry)));
}

/** Everything at the path, lists laid flat. */
function walk(start: readonly unknown[], steps: readonly string[]): readonly unknown[] {
  let found = start.flatMap(entriesOf);
  for (const step of steps) {
    found = found.flatMap((one) => (isObject(one) && one[step] !== undefined ? entriesOf(one[step]) : []));
  }
  return found;
}

/** Each member of a resource, entry by entry, stands so in one of the messages. */
function isMadeOf(value: unknown, resources: readonly Resource[]): boolean {
  if (!isObject(value)) return false;
  return Object.entries(value).every(([name, member]) => says(member, walk(resources, [name])));
}

/** The element itself, its `_` companion, and for a choice any of its types. */
function meant(head: string): (name: string) => boolean {
  const choice = CHOICES.find((base) => head.startsWith(base));
  return (name) => {
    const bare = name.startsWith('_') ? name.slice(1) : name;
    return choice === undefined ? bare === head : bare.startsWith(choice);
  };
}

function resourceOf({ id, text }: StatementFields): Resource {
  return readAnyObject(parseFaithful(text, `statement ${id}`), `statement ${id}`);
}

/** One value or the entries of a list, without regard to which. */
export function entriesOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function isObject(value: unknown): value is Resource {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
