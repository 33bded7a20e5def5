// Functions by name: which are written as JavaScript here, which call the run time, and how many parameters each takes.

import { COLLECTION_FUNCTIONS } from '../runtime/collections.ts';
import { CONVERSIONS } from '../runtime/conversions.ts';
import { NUMBER_FUNCTIONS } from '../runtime/numbers.ts';
import { patternOf } from '../runtime/patterns.ts';
import { STRING_FUNCTIONS } from '../runtime/strings.ts';
import { type Table, table } from '../table.ts';
import { type Ast, FhirPathError } from '../types.ts';
import {
  constant,
  type Emitted,
  fresh,
  hoist,
  named,
  ofNode,
  ofNodes,
  quoted,
  type Stream,
  type Value,
  write,
} from './emission.ts';
import * as fhir from './fhir.ts';
import * as filters from './filters.ts';
import { negated } from './operators.ts';
import { isTrue, settled, toNode, toNodes, toStream, toTruth, toValue } from './results.ts';
import type { Call } from './scope.ts';
import { typeFunction } from './type-tests.ts';

type Special = { readonly least: number; readonly most: number; readonly emit: (call: Call) => Emitted };

const SPECIAL: Table<Special> = table({
  where: { least: 1, most: 1, emit: filters.where },
  select: { least: 1, most: 1, emit: filters.select },
  exists: { least: 0, most: 1, emit: filters.exists },
  empty: { least: 0, most: 0, emit: filters.empty },
  all: { least: 1, most: 1, emit: filters.all },
  allTrue: { least: 0, most: 0, emit: filters.boolean('true', 'all') },
  anyTrue: { least: 0, most: 0, emit: filters.boolean('true', 'any') },
  allFalse: { least: 0, most: 0, emit: filters.boolean('false', 'all') },
  anyFalse: { least: 0, most: 0, emit: filters.boolean('false', 'any') },
  count: { least: 0, most: 0, emit: filters.count },
  first: { least: 0, most: 0, emit: filters.first },
  last: { least: 0, most: 0, emit: filters.last },
  tail: { least: 0, most: 0, emit: filters.tail },
  skip: { least: 1, most: 1, emit: (call) => filters.placed(call, 'skip') },
  take: { least: 1, most: 1, emit: (call) => filters.placed(call, 'take') },
  single: { least: 0, most: 0, emit: filters.single },
  repeat: { least: 1, most: 1, emit: filters.repeat },
  aggregate: { least: 1, most: 2, emit: filters.aggregate },
  not: { least: 0, most: 0, emit: (call) => negated(toTruth(call.emission, call.input)) },
  iif: { least: 2, most: 3, emit: conditional },
  is: { least: 1, most: 1, emit: typeFunction },
  as: { least: 1, most: 1, emit: typeFunction },
  ofType: { least: 1, most: 1, emit: typeFunction },
  trace: { least: 1, most: 2, emit: trace },
  now: { least: 0, most: 0, emit: clock('System.DateTime') },
  today: { least: 0, most: 0, emit: clock('System.Date') },
  timeOfDay: { least: 0, most: 0, emit: clock('System.Time') },
  matches: { least: 1, most: 1, emit: matches },
  ...fhir.FUNCTIONS,
});

/** Functions of the specifications that the compiler knows by name and cannot do. Anything else unknown is a mistake. */
export const UNSUPPORTED: Table<string> = table({
  elementDefinition: 'needs the definition of the element at run time',
  slice: 'needs profiles at run time',
  defineVariable: 'variables of expressions are for trial use',
  sort: 'is for trial use in FHIRPath 3',
  coalesce: 'is for trial use in FHIRPath 3',
  comparable: 'is for trial use in FHIRPath 3',
  duration: 'is for trial use in FHIRPath 3',
  difference: 'is for trial use in FHIRPath 3',
  toLong: 'Long is for trial use',
  convertsToLong: 'Long is for trial use',
  weight: 'needs a code system at run time',
  ordinal: 'needs a code system at run time',
});

export function isKnownFunction(name: string): boolean {
  const converted = name.replace(/^(?:to|convertsTo)/, '');
  return (
    SPECIAL[name] !== undefined ||
    STRING_FUNCTIONS[name] !== undefined ||
    NUMBER_FUNCTIONS[name] !== undefined ||
    COLLECTION_FUNCTIONS[name] !== undefined ||
    (converted !== name && CONVERSIONS[converted] !== undefined)
  );
}

const PATTERNS = new Set(['matches', 'matchesFull', 'replaceMatches']);

export function emitCall(call: Call): Emitted {
  const { name } = call.ast;
  if (call.emission.options.untrusted && PATTERNS.has(name)) {
    throw new FhirPathError('unsupported', `${name}() is not available here: a pattern may take for ever`, call.ast.at);
  }
  const special = SPECIAL[name];
  if (special !== undefined) {
    arity(call, special);
    return special.emit(call);
  }
  const ofStrings = STRING_FUNCTIONS[name];
  if (ofStrings !== undefined) return stringFunction(call, ofStrings);
  const ofNumbers = NUMBER_FUNCTIONS[name];
  if (ofNumbers !== undefined) return itemFunction(call, { ...ofNumbers, table: 'numbers' });
  const ofAll = COLLECTION_FUNCTIONS[name];
  if (ofAll !== undefined) return collectionFunction(call, ofAll);
  const conversion = /^(?:to|convertsTo)([A-Z]\w+)$/.exec(name)?.[1];
  if (conversion !== undefined && CONVERSIONS[conversion] !== undefined) return converted(call, conversion);
  const why = UNSUPPORTED[name];
  if (why !== undefined) throw new FhirPathError('unsupported', `${name}() ${why}`, call.ast.at);
  throw new FhirPathError('semantic', `FHIRPath has no function "${name}"`, call.ast.at);
}

function arity({ ast }: Call, { least, most }: { least: number; most: number }): void {
  const given = ast.parameters.length;
  if (given >= least && given <= most) return;
  const due = least === most ? String(least) : `${least} to ${most}`;
  throw new FhirPathError('semantic', `${ast.name}() takes ${due} parameters, not ${given}`, ast.at);
}

function parameterNodes(call: Call): readonly string[] {
  return call.ast.parameters.map((ast) => toNode(call.emission, call.emit(ast, call.scope)));
}

const RESULTS: Table<string> = table({
  length: 'System.Integer',
  indexOf: 'System.Integer',
  lastIndexOf: 'System.Integer',
  startsWith: 'System.Boolean',
  endsWith: 'System.Boolean',
  contains: 'System.Boolean',
  matches: 'System.Boolean',
  matchesFull: 'System.Boolean',
});
/** Functions that are a method of JavaScript's strings, when their parameter is a literal string. */
const METHODS: Table<string> = table({
  startsWith: 'startsWith',
  endsWith: 'endsWith',
  contains: 'includes',
});

function stringFunction(call: Call, { least, most }: { least: number; most: number }): Emitted {
  arity(call, { least, most });
  const { emission, ast } = call;
  const [first] = ast.parameters;
  const method = METHODS[ast.name];
  const input = toValue(emission, call.input);
  if (method !== undefined && input !== undefined && first?.kind === 'literal' && typeof first.value === 'string') {
    return ofText(call, input, (text) => `${text}.${method}(${quoted(String(first.value))})`);
  }
  const text = named(emission, 's', `rt.textOf(${toNode(emission, input ?? call.input)}, ${quoted(ast.name)})`);
  const parameters = parameterNodes(call);
  const unknown = [text, ...parameters].map((one) => `${one} === undefined`).join(' || ');
  const run = `rt.strings.${ast.name}.run(${text}, [${parameters.join(', ')}])`;
  if (ast.name === 'toChars' || ast.name === 'split') {
    return ofNodes(emission, `${unknown} ? rt.NONE : rt.textNodes(${run})`);
  }
  const type = RESULTS[ast.name] ?? 'System.String';
  return { kind: 'value', text: named(emission, 'v', `${unknown} ? undefined : ${run}`), type, sure: false };
}

function ofText(call: Call, input: Value, run: (text: string) => string): Value {
  const { emission } = call;
  const text = named(emission, 's', `rt.text(${input.text}, ${quoted(call.ast.name)})`);
  const result = named(emission, 'v', `${text} === undefined ? undefined : ${run(text)}`);
  return { kind: 'value', text: result, type: 'System.Boolean', sure: false };
}

/** A literal pattern is compiled with the expression. */
function matches(call: Call): Emitted {
  const [pattern] = call.ast.parameters;
  const input = toValue(call.emission, call.input);
  if (pattern?.kind !== 'literal' || typeof pattern.value !== 'string' || input === undefined) {
    return stringFunction({ ...call, input: input ?? call.input }, { least: 1, most: 1 });
  }
  const { source, flags } = patternOf(pattern.value, false);
  const expression = constant(call.emission, new RegExp(source, flags.replace('g', '')));
  return ofText(call, input, (text) => `${expression}.test(${text})`);
}

function itemFunction(call: Call, { least, most, table }: { least: number; most: number; table: string }): Stream {
  arity(call, { least, most });
  const { emission, ast } = call;
  const item = toNode(emission, call.input);
  const parameters = parameterNodes(call);
  const unknown = [item, ...parameters].map((one) => `${one} === undefined`).join(' || ');
  const run = `rt.${table}.${ast.name}.run(${item}, [${parameters.join(', ')}])`;
  return ofNode(emission, `${unknown} ? undefined : ${run}`);
}

function collectionFunction(call: Call, { least, most }: { least: number; most: number }): Stream {
  arity(call, { least, most });
  const { emission, ast } = call;
  if (ast.name === 'descendants' && ast.on?.kind === 'variable') return allOf(call, ast.on.name);
  const input = toNodes(emission, call.input);
  const parameters = ast.parameters.map((one) => toNodes(emission, call.emit(one, call.scope)));
  return ofNodes(emission, `rt.collections.${ast.name}.run(${input}, [${parameters.join(', ')}], c)`);
}

/** `%resource.descendants()` stands inside loops of published invariants: it is walked once for an evaluation. */
function allOf(call: Call, variable: string): Stream {
  const { emission } = call;
  const kept = hoist(emission, `{nodes: undefined, of: ${quoted(variable)}}`);
  write(emission, `if (${kept}.nodes === undefined) {`);
  const input = toNodes(emission, call.input);
  write(emission, `${kept}.nodes = rt.collections.descendants.run(${input}, [], c);}`);
  return ofNodes(emission, `${kept}.nodes`);
}

function converted(call: Call, type: string): Emitted {
  arity(call, { least: 0, most: type === 'Quantity' ? 1 : 0 });
  const { emission, ast } = call;
  const item = toNode(emission, call.input);
  const [unit] = parameterNodes(call);
  const unitText = unit === undefined ? 'undefined' : `rt.textOf(${unit}, 'toQuantity')`;
  const made = `rt.conversions.${type}(${item}, ${unitText}, c)`;
  if (ast.name.startsWith('to'))
    return ofNode(emission, `${item} === undefined ? undefined : ${made}`, `System.${type}`);
  const text = `${item} === undefined ? undefined : ${made} !== undefined`;
  return { kind: 'value', text: named(emission, 'v', text), type: 'System.Boolean', sure: false };
}

/** Only the branch that is chosen is evaluated. The criterion and the branches see the input as their focus. */
function conditional(call: Call): Emitted {
  const { emission, ast } = call;
  const scope = ast.on === undefined ? call.scope : { ...call.scope, focus: repeatable(call) };
  const [criterion, then, otherwise] = ast.parameters;
  if (criterion === undefined || then === undefined)
    throw new FhirPathError('semantic', 'iif() lacks a parameter', ast.at);
  const truth = toTruth(emission, call.emit(criterion, scope));
  const nodes = fresh(emission, 'a');
  write(emission, `let ${nodes} = rt.NONE;`);
  write(emission, `if (${isTrue(truth)}) {`);
  write(emission, `${nodes} = ${toNodes(emission, call.emit(then, scope))};`);
  if (otherwise !== undefined) {
    write(emission, '} else {');
    write(emission, `${nodes} = ${toNodes(emission, call.emit(otherwise, scope))};`);
  }
  write(emission, '}');
  return ofNodes(emission, nodes);
}

/** The input, computed once, for those who look at it several times. */
function repeatable(call: Call): Stream {
  const { type, possible, single } = toStream(call.emission, call.input);
  const nodes = toNodes(call.emission, call.input);
  if (!single) write(call.emission, `if (${nodes}.length > 1) rt.several();`);
  const stream = ofNodes(call.emission, nodes);
  return {
    ...stream,
    type,
    possible,
    each: (body) => stream.each((item) => body({ ...item, type, possible })),
  };
}

function trace(call: Call): Emitted {
  const { emission, ast } = call;
  const stream = settled(emission, call.input);
  const nodes = toNodes(emission, stream);
  const [name, projection] = ast.parameters.map((one, place) => (place === 0 ? one : (one as Ast)));
  const label = name?.kind === 'literal' ? quoted(String(name.value)) : "'trace'";
  if (projection === undefined) write(emission, `if (c.trace !== undefined) c.trace(${label}, ${nodes});`);
  else {
    write(emission, 'if (c.trace !== undefined) {');
    const shown = filters.select({ ...call, input: stream, ast: { ...ast, parameters: [projection] } });
    write(emission, `c.trace(${label}, ${toNodes(emission, shown)});}`);
  }
  return { ...ofNodes(emission, nodes), single: stream.single };
}

function clock(type: string): (call: Call) => Emitted {
  return ({ emission }) => ({
    kind: 'value',
    text: named(emission, 'v', `rt.clock(c, ${quoted(type)})`),
    type,
    sure: true,
  });
}
