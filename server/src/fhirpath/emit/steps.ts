// Steps along a path: from items to their children, written as property reads wherever the model knows the type.
import { type Alternative, type Child, childrenOf, isAbstractResource, isPrimitive, systemTypeOf } from '../model.ts';
import { FhirPathError, type Position } from '../types.ts';
import {
  charge,
  constant,
  EMPTY,
  type Emission,
  fresh,
  type Item,
  itemOfNode,
  named,
  nodeText,
  quoted,
  type Stream,
  systemItem,
  write,
} from './emission.ts';
import { settled } from './results.ts';

/** A choice of more types than this is found by looking at the properties there are. */
const READS_MAX = 12;
/** Types of a choice that each get a text of their own in the next step. */
const COPIES_MAX = 3;

/** Children called `name` of all items. */
export function step(emission: Emission, from: Stream, { name, at }: { name: string; at: Position }): Stream {
  if (from.possible?.length === 0) return EMPTY;
  const stream = settled(emission, from);
  const types = stream.type === undefined ? stream.possible : [stream.type];
  if (types === undefined) return dynamicStep(emission, stream, name);
  const fitting = types.filter((type) => childrenOf(type).has(name) || isOwnValue(type, name));
  const [only] = fitting;
  if (only === undefined) {
    if (types.some(isAbstractResource)) return dynamicStep(emission, stream, name);
    if (emission.options.strict)
      throw new FhirPathError('semantic', `${types.join(', ')} has no element "${name}"`, at);
    return EMPTY;
  }
  if (fitting.some((type) => isOwnValue(type, name))) return ownValue(emission, stream);
  if (stream.type !== undefined) return knownStep(emission, stream, childOf(stream.type, name));
  if (stream.narrow === undefined || fitting.length > COPIES_MAX) return dynamicStep(emission, stream, name);
  const narrow = stream.narrow;
  const parts = fitting.map((type) => {
    const part = narrow((one) => one === type);
    return knownStep(emission, part, childOf(type, name));
  });
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : inTurn(parts, stream.single);
}

/** FHIR's primitives have an element `value`, which JSON leaves out: the System value (https://hl7.org/fhir/R4/string.profile.html). */
function isOwnValue(type: string, name: string): boolean {
  return name === 'value' && isPrimitive(type);
}

function ownValue(emission: Emission, stream: Stream): Stream {
  const type = stream.type === undefined ? undefined : systemTypeOf(stream.type);
  if (type === undefined) return dynamicStep(emission, stream, 'value');
  return {
    kind: 'stream',
    single: stream.single,
    type,
    possible: undefined,
    each: (body) =>
      stream.each((item) => {
        write(emission, `if (${item.value} !== undefined) {`);
        body(systemItem(item.value, type));
        write(emission, '}');
      }, true),
  };
}

function childOf(type: string, name: string): Child {
  const child = childrenOf(type).get(name);
  if (child === undefined) throw new FhirPathError('semantic', `${type} has no element "${name}"`);
  return child;
}

/** Streams after one another; `single` when at most one of them has an item, and that has one. */
function inTurn(parts: readonly Stream[], exclusive: boolean): Stream {
  const possible = new Set<string>();
  for (const part of parts)
    for (const type of part.type === undefined ? (part.possible ?? []) : [part.type]) possible.add(type);
  const known = parts.every((part) => part.type !== undefined || part.possible !== undefined);
  return {
    kind: 'stream',
    single: exclusive && parts.every((part) => part.single),
    type: known && possible.size === 1 ? [...possible][0] : undefined,
    possible: known ? [...possible] : undefined,
    each: (body, valuesOnly) => {
      for (const part of parts) part.each(body, valuesOnly);
    },
  };
}

function dynamicStep(emission: Emission, stream: Stream, name: string): Stream {
  return {
    kind: 'stream',
    single: false,
    type: undefined,
    possible: undefined,
    each: (body) =>
      stream.each((item) => {
        const one = fresh(emission, 'n');
        write(emission, `for (const ${one} of rt.childrenNamed(${nodeText(item)}, ${quoted(name)})) {`);
        charge(emission, '1');
        body(itemOfNode(one));
        write(emission, '}');
      }),
  };
}

function knownStep(emission: Emission, stream: Stream, child: Child): Stream {
  const make = (alternatives: readonly Alternative[]): Stream => {
    const types = [...new Set(alternatives.map(({ type }) => type))];
    if (types.length === 0) return EMPTY;
    return {
      kind: 'stream',
      single: stream.single && !child.isList,
      type: types.length === 1 ? types[0] : undefined,
      possible: types.length === 1 ? undefined : types,
      each: (body, valuesOnly = false) => {
        stream.each((item) => eachChild(emission, { item, child, alternatives, valuesOnly }, body));
      },
      narrow: (keep) => make(alternatives.filter(({ type }) => keep(type))),
    };
  };
  return make(child.alternatives);
}

type Step = {
  readonly item: Item;
  readonly child: Child;
  readonly alternatives: readonly Alternative[];
  readonly valuesOnly: boolean;
};

function eachChild(emission: Emission, taken: Step, body: (item: Item) => void): void {
  const { item } = taken;
  const isCompanion = item.type !== undefined && isPrimitive(item.type);
  const holder = isCompanion ? named(emission, 'v', `rt.objectOr(${item.companion})`) : item.value;
  if (isCompanion) write(emission, `if (${holder} !== undefined) {`);
  const [first] = taken.alternatives;
  if (taken.alternatives.length === 1 && first !== undefined) {
    if (taken.child.isList) eachOfList(emission, { ...taken, holder, first }, body);
    else onlyOne(emission, { ...taken, holder, first }, body);
  } else choice(emission, { ...taken, holder }, body);
  if (isCompanion) write(emission, '}');
}

type Read = Step & { readonly holder: string; readonly first: Alternative };

function property(holder: string, key: string): string {
  return `${holder}.${key}`;
}

function onlyOne(emission: Emission, read: Read, body: (item: Item) => void): void {
  const { holder, first, valuesOnly } = read;
  const value = named(emission, 'v', property(holder, first.key));
  if (!first.primitive || valuesOnly) {
    write(emission, `if (${value} != null) {`);
    body(
      bound(emission, read, {
        value,
        companion: first.primitive ? property(holder, `_${first.key}`) : 'undefined',
        index: '-1',
      }),
    );
  } else {
    const companion = named(emission, 'v', property(holder, `_${first.key}`));
    write(emission, `if (${value} != null || ${companion} != null) {`);
    body(bound(emission, read, { value: `(${value} ?? undefined)`, companion, index: '-1' }));
  }
  write(emission, '}');
}

function eachOfList(emission: Emission, read: Read, body: (item: Item) => void): void {
  const { holder, first, valuesOnly } = read;
  const [values, index] = [fresh(emission, 'l'), fresh(emission, 'i')];
  write(emission, `const ${values} = rt.listOf(${property(holder, first.key)});`);
  if (!first.primitive || valuesOnly) {
    write(emission, `for (let ${index} = 0; ${index} < ${values}.length; ${index}++) {`);
    charge(emission, '1');
    const value = named(emission, 'v', `${values}[${index}]`);
    write(emission, `if (${value} != null) {`);
    const companion = first.primitive ? `rt.listOf(${property(holder, `_${first.key}`)})[${index}]` : 'undefined';
    body(bound(emission, read, { value, companion, index }));
    write(emission, '}}');
    return;
  }
  const others = named(emission, 'l', `rt.listOf(${property(holder, `_${first.key}`)})`);
  const length = named(emission, 'm', `${values}.length > ${others}.length ? ${values}.length : ${others}.length`);
  write(emission, `for (let ${index} = 0; ${index} < ${length}; ${index}++) {`);
  charge(emission, '1');
  const value = named(emission, 'v', `${index} < ${values}.length ? ${values}[${index}] ?? undefined : undefined`);
  const companion = named(emission, 'v', `${index} < ${others}.length ? ${others}[${index}] ?? undefined : undefined`);
  write(emission, `if (${value} !== undefined || ${companion} !== undefined) {`);
  body(bound(emission, read, { value, companion, index }));
  write(emission, '}}');
}

/** `value[x]`: the first of its properties that is there. */
function choice(emission: Emission, taken: Step & { holder: string }, body: (item: Item) => void): void {
  const { alternatives, holder, valuesOnly } = taken;
  const [value, companion, type, key] = ['v', 'v', 't', 'y'].map((prefix) => fresh(emission, prefix)) as [
    string,
    string,
    string,
    string,
  ];
  write(emission, `let ${value}, ${companion}, ${type}, ${key};`);
  if (alternatives.length > READS_MAX) {
    const keys = constant(emission, choiceKeys(alternatives));
    write(emission, `${key} = rt.choiceIn(${holder}, ${keys});`);
    write(
      emission,
      `if (${key} !== undefined) { ${type} = ${keys}.get(${key}); ${value} = ${holder}[${key}] ?? undefined; ${companion} = ${holder}['_' + ${key}]; }`,
    );
  } else {
    const reads = alternatives.map(({ key: name, type: one, primitive }) => {
      const there = `(${value} = ${holder}.${name}) != null`;
      const found = primitive && !valuesOnly ? `${there} || ${holder}._${name} != null` : there;
      const extra = primitive ? ` ${companion} = ${holder}._${name};` : '';
      return `if (${found}) { ${type} = ${quoted(one)}; ${key} = ${quoted(name)};${extra} }`;
    });
    write(emission, reads.join(' else '));
  }
  write(emission, `if (${type} !== undefined) {`);
  const types = [...new Set(alternatives.map((one) => one.type))];
  body(
    located(emission, taken.item, {
      value: `${value}`,
      companion,
      type: undefined,
      possible: types,
      typeText: type,
      node: undefined,
      name: key,
      index: '-1',
    }),
  );
  write(emission, '}');
}

const keysOfChoices = new WeakMap<readonly Alternative[], ReadonlyMap<string, string>>();

function choiceKeys(alternatives: readonly Alternative[]): ReadonlyMap<string, string> {
  const known = keysOfChoices.get(alternatives) ?? new Map(alternatives.map(({ key, type }) => [key, type]));
  keysOfChoices.set(alternatives, known);
  return known;
}

function bound(emission: Emission, read: Read, one: { value: string; companion: string; index: string }): Item {
  const { type, key } = read.first;
  const typeText = isAbstractResource(type) ? `rt.resourceTypeOf(${one.value}, ${quoted(type)})` : quoted(type);
  const { value, companion, index } = one;
  return located(emission, read.item, {
    value,
    companion,
    type,
    possible: undefined,
    typeText,
    node: undefined,
    name: quoted(key),
    index,
  });
}

/** With places, each item's node is made where it is met, so that its children can point at it. */
function located(emission: Emission, parent: Item, item: Item & { name: string; index: string }): Item {
  const { name, index, ...plain } = item;
  if (!emission.options.located) return plain;
  const place = `parent: ${nodeText(parent)}, name: ${name}, index: ${index}`;
  const text = `{value: ${item.value}, companion: ${item.companion}, type: ${item.typeText}, ${place}}`;
  return { ...plain, node: named(emission, 'n', text) };
}
