// What the compiler passes around while it writes JavaScript: the text so far, and descriptions of values that the text holds.
import type { Json } from '../../base/json.ts';
import { isA, isAbstractResource, lineage, systemTypeOf } from '../model.ts';
import { FhirPathError } from '../types.ts';

/** The function being written. Statements go to `lines`; what is computed once at its start, to `hoisted`. */
export type Emission = {
  readonly lines: string[];
  readonly hoisted: Map<string, string>;
  readonly constants: unknown[];
  readonly options: { readonly located: boolean; readonly strict: boolean; readonly untrusted: boolean };
  /** Static type of `%resource`. */
  readonly resourceType: string;
  names: number;
  /** Statements written, those thrown away again included. */
  written: number;
  /** Projections inside one another that are being written to learn their type. */
  probes: number;
};

/** What one expression may grow to. */
const STATEMENTS_MAX = 20_000;
export const PROBES_MAX = 1;

/** One item that the text has in its hands: JavaScript expressions for its parts, and what is known about its type. */
export type Item = {
  /** Undefined at run time for a primitive without a value. */
  readonly value: string;
  readonly companion: string;
  /** Known when compiling; may be abstract. */
  readonly type: string | undefined;
  /** Where the type is not known: which types it may have, if that is known. */
  readonly possible: readonly string[] | undefined;
  readonly typeText: string;
  /** A variable that holds its node already. */
  readonly node: string | undefined;
};

/** A collection that has not been computed: `each` writes the loops, with the body inside. May be written more than once. */
export type Stream = {
  readonly kind: 'stream';
  /** At most one item, by the model. */
  readonly single: boolean;
  readonly type: string | undefined;
  readonly possible: readonly string[] | undefined;
  /** With `valuesOnly`, items without a value may be left out, and their companions not looked at. */
  readonly each: (body: (item: Item) => void, valuesOnly?: boolean) => void;
  /** The items of some types only, for less than reading all of them. */
  readonly narrow?: (keep: (type: string) => boolean) => Stream;
  /** A variable that holds all nodes already. */
  readonly nodes?: string;
  /** Equal items may come several times, and must not when they are counted or handed out. */
  readonly repeats?: boolean;
};
/** `text` gives true, false or, unless `sure`, undefined. */
export type Truth = { readonly kind: 'truth'; readonly text: string; readonly sure: boolean };
/** `text` gives a JSON value of one System or primitive type or, unless `sure`, undefined. */
export type Value = {
  readonly kind: 'value';
  readonly text: string;
  readonly type: string;
  readonly sure: boolean;
  readonly literal?: Json;
};
export type Emitted = Stream | Truth | Value;

export function write(emission: Emission, line: string): void {
  emission.written += 1;
  if (emission.written > STATEMENTS_MAX) throw new FhirPathError('limit', 'The expression compiles to too much code');
  emission.lines.push(line);
}

export function fresh(emission: Emission, prefix: string): string {
  emission.names += 1;
  return `${prefix}${emission.names}`;
}

/** Text of a caller may not run for ever: loops and lists count against what one evaluation may look at. */
export function charge(emission: Emission, items: string): void {
  if (emission.options.untrusted) write(emission, `if ((g -= ${items}) < 0) rt.exhausted();`);
}

/** A name for a value that cannot be written as text. */
export function constant(emission: Emission, value: unknown): string {
  const known = emission.constants.indexOf(value);
  if (known >= 0) return `k[${known}]`;
  emission.constants.push(value);
  return `k[${emission.constants.length - 1}]`;
}

/** Something computed once, when the function starts. */
export function hoist(emission: Emission, text: string): string {
  const known = emission.hoisted.get(text);
  if (known !== undefined) return known;
  const name = fresh(emission, 'h');
  emission.hoisted.set(text, name);
  return name;
}

export function named(emission: Emission, prefix: string, text: string): string {
  const name = fresh(emission, prefix);
  write(emission, `const ${name} = ${text};`);
  return name;
}

/** Text for a JSON value. Line separators are legal in JavaScript strings since ES2019. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

export const EMPTY: Stream = {
  kind: 'stream',
  single: true,
  type: undefined,
  possible: [],
  each: () => undefined,
  nodes: 'rt.NONE',
};

export function isEmpty(emitted: Emitted): boolean {
  return emitted.kind === 'stream' && emitted.possible?.length === 0;
}

export function ofItem(item: Item): Stream {
  return { kind: 'stream', single: true, type: item.type, possible: item.possible, each: (body) => body(item) };
}

/** An item of a System type. */
export function systemItem(text: string, type: string): Item {
  return { value: text, companion: 'undefined', type, possible: undefined, typeText: quoted(type), node: undefined };
}

export function itemOfNode(node: string): Item {
  return {
    value: `${node}.value`,
    companion: `${node}.companion`,
    type: undefined,
    possible: undefined,
    typeText: `${node}.type`,
    node,
  };
}

/** Nodes that a run-time function gives. */
export function ofNodes(emission: Emission, text: string): Stream {
  const nodes = named(emission, 'a', text);
  charge(emission, `${nodes}.length + 1`);
  return streamOfNodes(emission, nodes);
}

export function streamOfNodes(emission: Emission, nodes: string): Stream {
  return {
    kind: 'stream',
    single: false,
    type: undefined,
    possible: undefined,
    nodes,
    each: (body) => {
      const one = fresh(emission, 'n');
      write(emission, `for (const ${one} of ${nodes}) {`);
      charge(emission, '1');
      body(itemOfNode(one));
      write(emission, '}');
    },
  };
}

/** A node, or undefined, that a run-time function gives. */
export function ofNode(emission: Emission, text: string, type?: string): Stream {
  const one = named(emission, 'n', text);
  return {
    kind: 'stream',
    single: true,
    type,
    possible: undefined,
    each: (body) => {
      write(emission, `if (${one} !== undefined) {`);
      body({ ...itemOfNode(one), type });
      write(emission, '}');
    },
  };
}

/** The text of a node for an item. Without places, nodes carry none: making their parents would cost more than the walk. */
export function nodeText(item: Item): string {
  if (item.node !== undefined) return item.node;
  return `{value: ${item.value}, companion: ${item.companion}, type: ${item.typeText}, parent: undefined, name: undefined, index: -1}`;
}

/** The System type of all items, where it is known. */
export function systemTypeIn(emitted: Emitted): string | undefined {
  if (emitted.kind === 'truth') return 'System.Boolean';
  if (emitted.type !== undefined) return systemTypeOf(emitted.type);
  if (emitted.kind !== 'stream' || emitted.possible === undefined) return undefined;
  const types = new Set(emitted.possible.map(systemTypeOf));
  return types.size === 1 ? [...types][0] : undefined;
}

/** Types that others derive from: an item known to be one of these may be of another. */
const OPEN_TYPES = new Set([
  'Element',
  'BackboneElement',
  'Resource',
  'DomainResource',
  'Quantity',
  'string',
  'uri',
  'integer',
]);

/** JavaScript that tells whether an item is one of the types; `true` and `false` where the compiler knows. */
export function typeTest(emission: Emission, item: Item, wanted: readonly string[]): string {
  const fits = (type: string) => wanted.some((one) => isA(type, one));
  if (item.type !== undefined) {
    if (fits(item.type)) return 'true';
    if (!isAbstractResource(item.type)) return 'false';
    const concrete = wanted.filter((one) => lineage(one).has('Resource'));
    return concrete.length === 0 ? 'false' : `rt.isOneOf(${item.typeText}, ${constant(emission, wanted)})`;
  }
  if (item.possible === undefined) return `rt.isOneOf(${item.typeText}, ${constant(emission, wanted)})`;
  const kept = item.possible.filter(fits);
  if (kept.length === 0) return 'false';
  if (kept.length === item.possible.length) return 'true';
  return `(${kept.map((type) => `${item.typeText} === ${quoted(type)}`).join(' || ')})`;
}

/** What is known about an item that passed the test. */
export function narrowed(item: Item, wanted: readonly string[]): Item {
  const fits = (type: string) => wanted.some((one) => isA(type, one));
  if (item.type !== undefined) {
    if (!isAbstractResource(item.type) || fits(item.type)) return item;
  } else if (item.possible !== undefined) {
    const possible = item.possible.filter(fits);
    return { ...item, type: possible.length === 1 ? possible[0] : undefined, possible };
  }
  const [only] = wanted;
  return wanted.length === 1 && only !== undefined && !OPEN_TYPES.has(only) ? { ...item, type: only } : item;
}
