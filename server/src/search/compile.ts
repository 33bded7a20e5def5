// Turns the parameters of a type into one JavaScript function that walks a resource and writes what finds it.                  (pure)
import { isObject, type JsonObject } from '../base/json.ts';
import { list, type Place } from './leaves/place.ts';
import { hasExtension, resolves } from './leaves/reference.ts';
import { existsToken } from './leaves/token.ts';
import { LEAVES } from './runtime.ts';
import type { Component, Keep, Kind, Parameter, Path, Step } from './types.ts';

export type Extractor = (resource: JsonObject, place: Place) => void;
type Factory = (runtime: object, leaves: readonly unknown[]) => Extractor;

const RUNTIME = { list, isObject, resolves, hasExtension, existsToken };
const HALF = 32;
const PRIMITIVE_TOKENS = new Set(['boolean', 'code', 'string', 'id', 'uri', 'ContactPoint']);

/** One function for all parameters of a type that are indexed by themselves. */
export function compileExtractor(parameters: readonly Parameter[]): Extractor {
  const leaves: unknown[] = [];
  const body = parameters.map((one) => emitParameter(one, leaves)).join('\n');
  const source = `const { list, isObject, resolves, hasExtension, existsToken } = R;
return (r, p) => {
let there, low = 0, high = 0;
${body}
p.out.presentLow = low; p.out.presentHigh = high;
};`;
  // The text is made of names and numbers of the definitions, all of which are checked or quoted here.
  const factory = new Function('R', 'L', source) as Factory;
  return factory(RUNTIME, leaves);
}

/** Are all values without a system of their own? */
export function isPrimitiveToken(paths: readonly Path[]): boolean {
  return paths.every(({ type, asExists }) => asExists || PRIMITIVE_TOKENS.has(type));
}

function emitParameter(parameter: Parameter, leaves: unknown[]): string {
  const { id, kind, paths, bit, group, components, sameAs } = parameter;
  if (group !== undefined) return emitGroup(group, components ?? [], leaves);
  if (kind === 'composite' || (sameAs !== undefined && bit === undefined)) return '';
  const onlyPresence = sameAs !== undefined;
  const exists = paths.find((one) => one.asExists);
  const mark = bit === undefined ? '' : bit < HALF ? `low |= ${1 << bit};` : `high |= ${1 << (bit - HALF)};`;
  const head = `p.param = ${id}; p.part = 0; p.mixed = ${!isPrimitiveToken(paths)}; there = false;`;
  // An expression that asks whether something is there has an answer for every resource.
  if (exists !== undefined) return `${head}\n${emitExists(paths)}\n${mark}`;
  const walks = paths.map((path) =>
    emitWalk(path, (value) =>
      onlyPresence ? 'there = true;' : `there = true; ${leaf(kind, path, leaves)}(p, ${value});`,
    ),
  );
  return `${head}\n${walks.join('\n')}\nif (there) { ${mark} }`;
}

function emitExists(paths: readonly Path[]): string {
  const walks = paths.map((path) => emitWalk(path, (value) => `if (${value} !== false) yes = true;`));
  return `{ let yes = false;\n${walks.join('\n')}\nexistsToken(p, yes); }`;
}

/** Values of a group's items stand together: each item has a number. */
function emitGroup(group: Path, components: readonly Component[], leaves: unknown[]): string {
  const inner = (item: string) =>
    components
      .map(({ id, kind, paths, fromRoot }) => {
        const walks = paths.map((path) =>
          emitWalk(path, (value) => `${leaf(kind, path, leaves)}(p, ${value});`, fromRoot ? 'r' : item),
        );
        return `p.param = ${id}; p.part = part; p.mixed = ${!isPrimitiveToken(paths)};\n${walks.join('\n')}`;
      })
      .join('\n');
  return `{ let part = 0;\n${emitWalk(group, (item) => `part += 1;\n${inner(item)}`)}\n}`;
}

function leaf(kind: Kind, { type }: Path, leaves: unknown[]): string {
  const call = LEAVES[`${kind} ${type}`];
  if (call === undefined) throw new TypeError(`no way to index ${type} as ${kind}`);
  const at = leaves.includes(call) ? leaves.indexOf(call) : leaves.push(call) - 1;
  return `L[${at}]`;
}

let names = 0;

function emitWalk({ steps }: Path, found: (value: string) => string, from = 'r'): string {
  const [first, ...rest] = steps;
  if (first === undefined) return found(from);
  names += 1;
  const held = `h${names}`;
  const value = `v${names}`;
  const inner =
    rest.length === 0
      ? found(value)
      : emitWalk({ steps: rest, type: '', system: undefined, asExists: false }, found, value);
  const checked =
    rest.length === 0 && first.keep === undefined ? inner : guarded(first, { value, isInner: rest.length > 0, inner });
  const property = `${from}[${JSON.stringify(first.name)}]`;
  if (!first.isList)
    return `{ const ${value} = ${property}; if (${value} !== undefined && ${value} !== null) { ${checked} } }`;
  const items = first.keep?.kind === 'first' ? `list(${held}).slice(0, 1)` : `list(${held})`;
  return `{ const ${held} = ${property}; if (${held} !== undefined) for (const ${value} of ${items}) if (${value} !== null) { ${checked} } }`;
}

type Guarded = { readonly value: string; readonly isInner: boolean; readonly inner: string };

/** What has further steps must be an object; what is kept must be so. */
function guarded({ keep }: Step, { value, isInner, inner }: Guarded): string {
  const isObjectThere = isInner ? [`isObject(${value})`] : [];
  const conditions = [...isObjectThere, ...(keep === undefined ? [] : [keeps(keep, value)])];
  return `if (${conditions.join(' && ')}) { ${inner} }`;
}

function keeps(keep: Keep, value: string): string {
  switch (keep.kind) {
    case 'equals':
      return `${value}[${JSON.stringify(keep.name)}] === ${JSON.stringify(keep.value)}`;
    case 'resolves':
      return `resolves(p, ${value}, ${JSON.stringify(keep.type)})`;
    case 'extension':
      return `hasExtension(${value}, ${JSON.stringify(keep.url)})`;
    case 'first':
      return 'true';
  }
}
