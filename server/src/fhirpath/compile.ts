// Compiles an expression to a JavaScript function: source text is written for it, then made a function once.
import type { Json } from '../base/json.ts';
import { isResourceType } from '../fhir/definitions.ts';
import { type Emission, type Emitted, type Item, ofItem, quoted } from './emit/emission.ts';
import { emitter } from './emit/expressions.ts';
import { isKnownFunction, UNSUPPORTED } from './emit/functions.ts';
import { toNodes, toTruth } from './emit/results.ts';
import type { Scope } from './emit/scope.ts';
import { isAbstractResource, isKnownType, isPrimitive, systemTypeOf } from './model.ts';
import { parseExpression } from './parser.ts';
import { RUNTIME } from './runtime/runtime.ts';
import { type Ast, type Context, FhirPathError, type Node, type Position } from './types.ts';

export type CompileOptions = {
  /** The type of the focus: a resource (`Patient`), a data type, a nested element (`Patient.contact`), a primitive; default Resource. */
  readonly type?: string;
  /** 'located' gives nodes that know their place, at some cost; default 'values'. */
  readonly mode?: 'values' | 'located';
  /** Throw for elements that the model does not have, instead of taking them as empty. */
  readonly strict?: boolean;
  /** The text comes from a caller of the server: no regular expressions, and a limit on what one evaluation looks at. */
  readonly untrusted?: boolean;
};

/**
 * The nodes for a focus. `value` is the focus as JSON. `focus`, if given, is its node: needed for primitives with a companion, and
 * to continue the places of a node in mode 'located'. Throws FhirPathError: `singleton`, `operand`, `missing-context`, `limit`.
 */
export type Compiled = (value: Json | undefined, context?: Context, focus?: Node) => readonly Node[];
/** True, false, or undefined for empty. */
export type CompiledBoolean = (value: Json | undefined, context?: Context, focus?: Node) => boolean | undefined;

const NO_CONTEXT: Context = {};
/** Items that one evaluation of a caller's text may look at, each as often as it does. */
const ITEMS_MAX = 200_000;

/** Throws FhirPathError: `syntax`, `semantic`, `unsupported`, `limit`. */
export function compile(text: string, options: CompileOptions = {}): Compiled {
  const { run } = written(text, options, (emission, emitted) => toNodes(emission, emitted));
  return (value, context = NO_CONTEXT, focus) => run(value, context, focus) as readonly Node[];
}

/** For invariants and criteria. Throws as `compile`; the function throws `singleton` for several items. */
export function compileBoolean(text: string, options: CompileOptions = {}): CompiledBoolean {
  const { run } = written(text, options, (emission, emitted) => toTruth(emission, emitted).text);
  return (value, context = NO_CONTEXT, focus) => run(value, context, focus) as boolean | undefined;
}

type Run = (value: Json | undefined, context: Context, focus: Node | undefined) => unknown;
type Written = { readonly run: Run; readonly source: string };

/** The source that `compile` runs, for those who measure or debug. */
export function sourceOf(text: string, options: CompileOptions = {}): string {
  return written(text, options, (emission, emitted) => toNodes(emission, emitted)).source;
}

function written(
  text: string,
  options: CompileOptions,
  result: (emission: Emission, emitted: Emitted) => string,
): Written {
  const ast = parseExpression(text);
  const type = options.type ?? 'Resource';
  if (!isKnownType(type) && systemTypeOf(type) === undefined) {
    throw new FhirPathError('semantic', `R4 has no type "${type}"`);
  }
  const emission = emissionFor(type, options);
  const root = ofItem(rootItem(emission, type));
  const scope: Scope = { focus: root, root, index: undefined, total: undefined };
  const returned = result(emission, emitter(emission)(ast, scope));
  const hoisted = [...emission.hoisted].map(([expression, name]) => `const ${name} = ${expression};`);
  if (emission.options.untrusted) hoisted.unshift(`let g = ${ITEMS_MAX};`);
  const source = [...hoisted, ...emission.lines, `return ${returned};`].join('\n');
  return { run: functionOf(source, emission.constants), source };
}

function emissionFor(type: string, options: CompileOptions): Emission {
  const head = type.split('.')[0] ?? type;
  const isResource = isResourceType(head);
  return {
    lines: [],
    hoisted: new Map(),
    constants: [],
    options: {
      located: options.mode === 'located',
      strict: options.strict === true,
      untrusted: options.untrusted === true,
    },
    resourceType: isResource ? head : 'Resource',
    names: 0,
    written: 0,
    probes: 0,
  };
}

function rootItem(emission: Emission, type: string): Item {
  const typeText = isAbstractResource(type) ? `rt.resourceTypeOf(v, ${quoted(type)})` : quoted(type);
  const companion = isPrimitive(type) ? '(f === undefined ? undefined : f.companion)' : 'undefined';
  if (!emission.options.located) return { value: 'v', companion, type, possible: undefined, typeText, node: undefined };
  emission.hoisted.set(`f === undefined ? rt.rootNode(v, ${quoted(type)}) : f`, 'h0');
  return { value: 'v', companion, type, possible: undefined, typeText, node: 'h0' };
}

/** The generated text holds names and literals of the expression only as quoted strings; names of elements come from the type table. */
function functionOf(source: string, constants: readonly unknown[]): Run {
  const make = new Function('rt', 'k', `"use strict"; return function (v, c, f) {\n${source}\n};`);
  return make(RUNTIME, constants) as Run;
}

export type Unsupported = { readonly name: string; readonly why: string; readonly at: Position };

/** What of an expression the compiler cannot do; empty when it can do all. Throws `syntax` for what is no FHIRPath. */
export function explainUnsupported(text: string): readonly Unsupported[] {
  return unsupportedIn(parseExpression(text));
}

function unsupportedIn(ast: Ast): readonly Unsupported[] {
  const own =
    ast.kind === 'call' && !isKnownFunction(ast.name)
      ? [{ name: ast.name, why: UNSUPPORTED[ast.name] ?? 'no such function', at: ast.at }]
      : [];
  return [...own, ...partsOf(ast).flatMap(unsupportedIn)];
}

function partsOf(ast: Ast): readonly Ast[] {
  switch (ast.kind) {
    case 'binary':
      return [ast.left, ast.right];
    case 'sign':
      return [ast.operand];
    case 'type':
      return [ast.on];
    case 'index':
      return [ast.on, ast.index];
    case 'member':
      return ast.on === undefined ? [] : [ast.on];
    case 'call':
      return ast.on === undefined ? ast.parameters : [ast.on, ...ast.parameters];
    default:
      return [];
  }
}
