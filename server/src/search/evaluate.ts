// The expressions of custom parameters at work: FHIRPath over a resource, and the leaves that base parameters use, too.        (pure)
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { type Ast, type Compiled, compile, FhirPathError, type Node, parseExpression } from '../fhirpath/index.ts';
import { isPrimitiveToken } from './compile.ts';
import { type CustomParameter, type Mark, markTerm } from './custom.ts';
import { emptyEntries } from './empty-entries.ts';
import type { Leaf, Place } from './leaves/place.ts';
import { position, positionOf } from './leaves/position.ts';
import { LEAVES } from './runtime.ts';
import type { IndexEntries } from './types.ts';
import type { Units } from './units.ts';

type Evaluator = readonly Compiled[];

/** Each call makes an answer depend on more than the resource, so that an index of it would grow false. */
const REFUSED = new Set([
  'now',
  'today',
  'timeOfDay',
  'memberOf',
  'subsumes',
  'subsumedBy',
  'conformsTo',
  'htmlChecks',
  'trace',
]);
const REMEMBERED_MAX = 2_000;
const SYSTEM = /^System\.([A-Z])(\w+)$/;
/** Items of one resource that a part's number can tell apart. */
const ITEMS_MAX = 32_767;
const evaluators = new Map<string, Evaluator | undefined>();
const components = new Map<string, Compiled>();

/**
 * The expression's alternatives that speak of the type; undefined when none does. Throws `FhirPathError` with the place in the whole
 * expression.
 */
export function evaluatorOf(type: string, expression: string): Evaluator | undefined {
  const key = `${type} ${expression}`;
  if (evaluators.has(key)) return evaluators.get(key);
  const own = alternativesOf(expression).filter((text) => isAbout(type, text));
  const made = own.length === 0 ? undefined : own.map((text) => compile(text, { type, strict: true, untrusted: true }));
  if (evaluators.size >= REMEMBERED_MAX) evaluators.clear();
  evaluators.set(key, made);
  return made;
}

/** Names what may not be called, and where. Throws `FhirPathError` for what is no FHIRPath. */
export function refusedCall(expression: string): string | undefined {
  const found = callIn(parseExpression(expression), false);
  if (found === undefined) return undefined;
  const { name, at } = found;
  const why =
    name === 'resolve'
      ? 'What a reference leads to may change without this resource being written; only "resolve() is Type" can be indexed'
      : `An index cannot hold what ${name}() answers, as it depends on more than the resource`;
  return `${why} (line ${at.line}, column ${at.column}).`;
}

type Call = Extract<Ast, { readonly kind: 'call' }>;

function callIn(ast: Ast, isTypeOnly: boolean): Call | undefined {
  switch (ast.kind) {
    case 'member':
      return ast.on === undefined ? undefined : callIn(ast.on, false);
    case 'call': {
      if (REFUSED.has(ast.name) || (ast.name === 'resolve' && !isTypeOnly)) return ast;
      const inner = [...(ast.on === undefined ? [] : [ast.on]), ...ast.parameters];
      return firstOf(inner.map((one) => callIn(one, false)));
    }
    case 'index':
      return firstOf([callIn(ast.on, false), callIn(ast.index, false)]);
    case 'sign':
      return callIn(ast.operand, false);
    case 'binary':
      return firstOf([callIn(ast.left, false), callIn(ast.right, false)]);
    case 'type':
      return callIn(ast.on, ast.operator === 'is');
    default:
      return undefined;
  }
}

function firstOf(found: readonly (Call | undefined)[]): Call | undefined {
  return found.find((one) => one !== undefined);
}

/** The parts between top-level "|", each with the others blanked out, so that errors stand where they are written. */
function alternativesOf(expression: string): readonly string[] {
  const bars = [-1];
  let depth = 0;
  let quote = '';
  for (let at = 0; at < expression.length; at += 1) {
    const char = expression[at] ?? '';
    if (quote !== '') {
      if (char === '\\') at += 1;
      else if (char === quote) quote = '';
    } else if (char === "'" || char === '`') quote = char;
    else if (char === '(' || char === '[') depth += 1;
    else if (char === ')' || char === ']') depth -= 1;
    else if (char === '|' && depth === 0) bars.push(at);
  }
  const blank = (text: string) => text.replace(/[^\n]/g, ' ');
  return bars.map((bar, index) => {
    const end = bars[index + 1] ?? expression.length;
    return `${blank(expression.slice(0, bar + 1))}${expression.slice(bar + 1, end)}`;
  });
}

/** An alternative that begins with the name of another type is about that one. */
function isAbout(type: string, alternative: string): boolean {
  const named = /^[\s(]*([A-Z]\w*)\b/.exec(alternative)?.[1];
  return named === undefined || named === type || named === 'Resource' || named === 'DomainResource';
}

/** A component's expression on items of a type. Throws `FhirPathError` for what the type does not have. */
export function componentEvaluator(type: string, expression: string): Compiled {
  const key = `${type} ${expression}`;
  const known = components.get(key);
  if (known !== undefined) return known;
  const made = compile(expression, { type, strict: true, untrusted: true });
  if (components.size >= REMEMBERED_MAX) components.clear();
  components.set(key, made);
  return made;
}

/** Entries of one resource under one custom parameter. What is compared for equality stands in `parts`, part 0; one entry is the mark. */
export function customEntries(parameter: CustomParameter, resource: JsonObject, units: Units): IndexEntries {
  const out = emptyEntries();
  const { id: param } = parameter;
  const place: Place = { out, param, part: 0, mixed: !isPrimitiveToken(parameter.paths), units, root: resource };
  const mark = marked(place, parameter);
  const terms = new Set(out.terms.splice(0));
  for (const term of terms) out.parts.push({ param, part: 0, term });
  out.parts.push({ param, part: 0, term: markTerm(param, mark) });
  return out;
}

function marked(place: Place, parameter: CustomParameter): Mark {
  try {
    const filled = parameter.components === undefined ? fill(place, parameter) : fillItems(place, parameter);
    if (filled !== 'failed') return filled;
  } catch (error) {
    // What an expression cannot do with one resource is counted, and shown with the index; it must not keep the resource out.
    if (!(error instanceof FhirPathError)) throw error;
  }
  // Half of the values would be found and half not.
  Object.assign(place.out, emptyEntries());
  return 'failed';
}

function fill(place: Place, { type, expression, kind }: CustomParameter): Mark {
  const nodes = nodesOf(place.root, evaluatorOf(type, expression) ?? []);
  if (!nodes.every((node) => addLeaf(place, kind, node))) return 'failed';
  return nodes.length > 0 ? 'present' : 'absent';
}

/** Values of an item's components stand together: each item has a number. A composite is there where one item has all its parts. */
function fillItems(place: Place, { type, expression, components = [], definition }: CustomParameter): Mark {
  let mark: Mark = 'absent';
  for (const item of nodesOf(place.root, evaluatorOf(type, expression) ?? []).slice(0, ITEMS_MAX)) {
    place.part += 1;
    const counts = components.map(({ id, kind, paths }, at) => {
      const run = componentEvaluator(item.type, definition.components?.[at]?.expression ?? '');
      const nodes = run(item.value, { resource: place.root }, item).filter(({ value }) => value !== undefined);
      Object.assign(place, { param: id, mixed: !isPrimitiveToken(paths) });
      return nodes.every((node) => addLeaf(place, kind, node)) ? nodes.length : Number.NaN;
    });
    if (counts.some(Number.isNaN)) return 'failed';
    if (counts.every((count) => count > 0)) mark = 'present';
  }
  return mark;
}

function nodesOf(root: JsonObject, runs: Evaluator): readonly Node[] {
  return runs.flatMap((run) => run(root, { resource: root }).filter(({ value }) => value !== undefined));
}

/** False for a value that no parameter of the kind can be made of. */
function addLeaf(place: Place, kind: string, node: Node): boolean {
  const leaf = leafOf(kind, node);
  leaf?.call(place, leaf.value);
  return leaf !== undefined;
}

function leafOf(kind: string, { value, type }: Node): { call: Leaf; value: Json } | undefined {
  if (value === undefined) return undefined;
  const [, first = '', rest = ''] = SYSTEM.exec(type) ?? [];
  const call = LEAVES[`${kind} ${type}`] ?? LEAVES[`${kind} ${first.toLowerCase()}${rest}`];
  if (call === position) return positionOf(value) === undefined ? undefined : { call, value };
  if (call !== undefined) return { call, value };
  if (type !== 'Extension' || !isObject(value)) return undefined;
  // "extension.where(url = …)" means the value of the extension.
  const name = Object.keys(value).find((one) => /^value[A-Z]/.test(one));
  const held = name === undefined ? undefined : value[name];
  if (name === undefined || held === undefined) return undefined;
  const named = name.slice('value'.length);
  const inner = LEAVES[`${kind} ${named}`] ?? LEAVES[`${kind} ${named[0]?.toLowerCase()}${named.slice(1)}`];
  return inner === undefined ? undefined : { call: inner, value: held };
}
