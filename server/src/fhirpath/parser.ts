// Turns FHIRPath text into a syntax tree by precedence climbing (http://hl7.org/fhirpath/N1, section 6.8).

import { decimal, type Json } from '../base/json.ts';
import { positionOf, type Token, tokenize } from './lexer.ts';
import { type Table, table } from './table.ts';
import {
  type Ast,
  type BinaryOperator,
  FhirPathError,
  type Position,
  type SystemType,
  type TypeName,
} from './types.ts';

/** Nesting of brackets, operators and path steps; keeps recursion over the tree off the end of the stack. */
export const DEPTH_MAX = 250;

const BINDING: Table<number> = table({
  implies: 1,
  or: 2,
  xor: 2,
  and: 3,
  in: 4,
  contains: 4,
  '=': 5,
  '~': 5,
  '!=': 5,
  '!~': 5,
  '<': 6,
  '<=': 6,
  '>': 6,
  '>=': 6,
  '|': 7,
  is: 8,
  as: 8,
  '+': 9,
  '-': 9,
  '&': 9,
  '*': 10,
  '/': 10,
  div: 10,
  mod: 10,
});
const SIGN_BINDING = 11;
/** Words that cannot begin a term; after a dot any word is a name. */
const RESERVED = new Set(['and', 'or', 'xor', 'implies', 'div', 'mod']);
const CALENDAR_UNITS = new Set(
  ['year', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond'].flatMap((unit) => [unit, `${unit}s`]),
);
const LITERALS: Table<SystemType> = table({
  string: 'System.String',
  date: 'System.Date',
  dateTime: 'System.DateTime',
  time: 'System.Time',
});

type State = { readonly text: string; readonly tokens: readonly Token[]; next: number; depth: number };

/** Throws FhirPathError `syntax` or `limit`, with line and column. */
export function parseExpression(text: string): Ast {
  const state: State = { text, tokens: tokenize(text), next: 0, depth: 0 };
  const ast = parseBinary(state, 0);
  if (peek(state).kind !== 'end') throw failure(state, 'Unexpected text after the expression');
  return ast;
}

function peek(state: State): Token {
  const token = state.tokens[Math.min(state.next, state.tokens.length - 1)];
  if (token === undefined) throw failure(state, 'Empty expression');
  return token;
}

function take(state: State): Token {
  const token = peek(state);
  state.next += 1;
  return token;
}

function at(state: State, token: Token): Position {
  return positionOf(state.text, token.offset);
}

function failure(state: State, message: string): FhirPathError {
  const token = state.tokens[Math.min(state.next, state.tokens.length - 1)];
  return new FhirPathError('syntax', message, positionOf(state.text, token?.offset ?? 0));
}

function isSymbol(token: Token, text: string): boolean {
  return token.kind === 'symbol' && token.text === text;
}

function expect(state: State, symbol: string): void {
  if (!isSymbol(peek(state), symbol)) throw failure(state, `Expected "${symbol}"`);
  state.next += 1;
}

function deeper<T>(state: State, parse: () => T): T {
  state.depth += 1;
  if (state.depth > DEPTH_MAX) throw new FhirPathError('limit', `Nested more than ${DEPTH_MAX} deep`);
  const result = parse();
  state.depth -= 1;
  return result;
}

function parseBinary(state: State, least: number): Ast {
  return deeper(state, () => {
    let left = parseSigned(state);
    let chain = 0;
    for (;;) {
      const token = peek(state);
      const binding = token.kind === 'symbol' || token.kind === 'identifier' ? BINDING[token.text] : undefined;
      if (binding === undefined || binding <= least) return left;
      chain = counted(chain);
      state.next += 1;
      left = combine(state, left, token, binding);
    }
  });
}

/** Left-recursive chains grow the tree's depth without growing the parser's. */
function counted(chain: number): number {
  if (chain >= DEPTH_MAX) throw new FhirPathError('limit', `Chained more than ${DEPTH_MAX} times`);
  return chain + 1;
}

function combine(...[state, left, token, binding]: readonly [State, Ast, Token, number]): Ast {
  if (token.text === 'is' || token.text === 'as') {
    return { kind: 'type', operator: token.text, on: left, type: parseType(state), at: at(state, token) };
  }
  const operator = token.text as BinaryOperator;
  return { kind: 'binary', operator, left, right: parseBinary(state, binding), at: at(state, token) };
}

function parseSigned(state: State): Ast {
  const token = peek(state);
  if (!isSymbol(token, '-') && !isSymbol(token, '+')) return parsePath(state);
  state.next += 1;
  const operand = parseBinary(state, SIGN_BINDING - 1);
  return { kind: 'sign', sign: token.text === '-' ? '-' : '+', operand, at: at(state, token) };
}

function parsePath(state: State): Ast {
  let ast = parseTerm(state);
  let chain = 0;
  for (;;) {
    const token = peek(state);
    if (isSymbol(token, '.')) {
      state.next += 1;
      ast = parseInvocation(state, ast);
    } else if (isSymbol(token, '[')) {
      state.next += 1;
      const index = parseBinary(state, 0);
      expect(state, ']');
      ast = { kind: 'index', on: ast, index, at: at(state, token) };
    } else return ast;
    chain = counted(chain);
  }
}

function parseInvocation(state: State, on: Ast | undefined): Ast {
  const token = take(state);
  const position = at(state, token);
  if (token.kind === 'special' && on === undefined) {
    return { kind: 'special', name: token.text as '$this', at: position };
  }
  if (token.kind !== 'identifier' && token.kind !== 'quoted') {
    state.next -= 1;
    throw failure(state, 'Expected a name');
  }
  if (!isSymbol(peek(state), '(')) return { kind: 'member', on, name: token.text, at: position };
  state.next += 1;
  return { kind: 'call', on, name: token.text, parameters: parseParameters(state), at: position };
}

function parseParameters(state: State): readonly Ast[] {
  const parameters: Ast[] = [];
  if (isSymbol(peek(state), ')')) {
    state.next += 1;
    return parameters;
  }
  for (;;) {
    parameters.push(parseBinary(state, 0));
    if (!isSymbol(peek(state), ',')) break;
    state.next += 1;
  }
  expect(state, ')');
  return parameters;
}

function parseTerm(state: State): Ast {
  const token = peek(state);
  const position = at(state, token);
  const literal = LITERALS[token.kind];
  if (literal !== undefined) {
    state.next += 1;
    return { kind: 'literal', type: literal, value: token.text, at: position };
  }
  if (token.kind === 'number') return parseNumber(state);
  if (isSymbol(token, '(')) {
    state.next += 1;
    const inner = parseBinary(state, 0);
    expect(state, ')');
    return inner;
  }
  if (isSymbol(token, '{')) {
    state.next += 1;
    expect(state, '}');
    return { kind: 'empty', at: position };
  }
  if (isSymbol(token, '%')) return parseVariable(state);
  return parseNamed(state, token);
}

function parseNamed(state: State, token: Token): Ast {
  if (token.kind !== 'identifier' || isSymbol(state.tokens[state.next + 1] ?? token, '(')) {
    return parseInvocation(state, undefined);
  }
  if (token.text === 'true' || token.text === 'false') {
    state.next += 1;
    return { kind: 'literal', type: 'System.Boolean', value: token.text === 'true', at: at(state, token) };
  }
  if (RESERVED.has(token.text)) throw failure(state, `Expected an operand before "${token.text}"`);
  return parseInvocation(state, undefined);
}

function parseVariable(state: State): Ast {
  const start = take(state);
  const token = take(state);
  if (token.kind !== 'identifier' && token.kind !== 'quoted' && token.kind !== 'string') {
    state.next -= 1;
    throw failure(state, 'Expected a name after "%"');
  }
  // `%vs-name` and `%ext-name` were written without quotes in older publications.
  let name = token.text;
  while (token.kind === 'identifier' && /^(?:vs|ext)/.test(name) && isSymbol(peek(state), '-')) {
    state.next += 1;
    name += `-${take(state).text}`;
  }
  return { kind: 'variable', name, at: at(state, start) };
}

function parseNumber(state: State): Ast {
  const token = take(state);
  const value = numeral(token.text);
  const unit = peek(state);
  const position = at(state, token);
  if (unit.kind === 'string' || (unit.kind === 'identifier' && CALENDAR_UNITS.has(unit.text))) {
    state.next += 1;
    // `1 'month'` is not UCUM, and can mean nothing but the calendar unit.
    const written = CALENDAR_UNITS.has(unit.text)
      ? { value, unit: unit.text.replace(/s$/, ''), calendar: true }
      : { value, unit: unit.text };
    return { kind: 'literal', type: 'System.Quantity', value: written, at: position };
  }
  const type = token.text.includes('.') ? 'System.Decimal' : 'System.Integer';
  return { kind: 'literal', type, value, at: position };
}

function numeral(text: string): Json {
  const plain = text.replace(/^0+(?=\d)/, '');
  return String(Number(plain)) === plain ? Number(plain) : decimal(plain);
}

function parseType(state: State): TypeName {
  const first = takeName(state);
  if (!isSymbol(peek(state), '.')) return { namespace: undefined, name: first };
  const mark = state.next;
  state.next += 1;
  const second = peek(state);
  // `x is Patient.name` never occurs; `is Patient` followed by a call is `(x is Patient).call()` in published expressions.
  if (isSymbol(state.tokens[state.next + 1] ?? second, '(') || (first !== 'System' && first !== 'FHIR')) {
    state.next = mark;
    return { namespace: undefined, name: first };
  }
  return { namespace: first, name: takeName(state) };
}

function takeName(state: State): string {
  const token = take(state);
  if (token.kind === 'identifier' || token.kind === 'quoted') return token.text;
  state.next -= 1;
  throw failure(state, 'Expected the name of a type');
}
