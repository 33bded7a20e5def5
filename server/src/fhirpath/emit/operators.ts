// Operators (http://hl7.org/fhirpath/N1, section 6). Where types are known, JavaScript's own operators do the work.
import type { Ast, BinaryOperator } from '../types.ts';
import {
  type Emission,
  type Emitted,
  fresh,
  isEmpty,
  named,
  ofNode,
  quoted,
  type Stream,
  type Truth,
  type Value,
  write,
} from './emission.ts';
import { toNode, toNodes, toStream, toTruth, toValue } from './results.ts';
import type { Emit, Scope } from './scope.ts';

type Binary = Ast & { readonly kind: 'binary' };
type Both = { readonly emission: Emission; readonly emit: Emit; readonly scope: Scope; readonly ast: Binary };

export function emitBinary(both: Both): Emitted {
  const { ast } = both;
  switch (ast.operator) {
    case 'and':
    case 'or':
    case 'implies':
      return logic(both, ast.operator);
    case 'xor':
      return exclusive(both);
    case '=':
      return equality(both);
    case '!=':
      return negated(equality(both));
    case '~':
      return equivalence(both);
    case '!~':
      return negated(equivalence(both));
    case '<':
    case '<=':
    case '>':
    case '>=':
      return order(both, ast.operator);
    case 'in':
      return membership(both, { one: ast.left, many: ast.right });
    case 'contains':
      return membership(both, { one: ast.right, many: ast.left });
    case '|':
      return union(both);
    case '&':
      return concatenation(both);
    default:
      return arithmetic(both, ast.operator);
  }
}

/** The value of the left that decides alone, and what it decides. */
const DECIDES = { and: [false, false], or: [true, true], implies: [false, true] } as const;

function logic({ emission, emit, scope, ast }: Both, operator: 'and' | 'or' | 'implies'): Truth {
  const left = toTruth(emission, emit(ast.left, scope));
  const [deciding, decided] = DECIDES[operator];
  const result = fresh(emission, 'b');
  const first = left.sure && /^\w+$/.test(left.text) ? left.text : named(emission, 'b', left.text);
  write(emission, `let ${result} = ${decided};`);
  write(emission, `if (${first} !== ${deciding}) {`);
  const right = toTruth(emission, emit(ast.right, scope));
  const second = right.sure ? right.text : named(emission, 'b', right.text);
  // The left does not decide: what the right says counts, and where it does not decide either, both must be known.
  const rightDecides = operator === 'and' ? 'false' : 'true';
  const open = left.sure && right.sure ? second : unknownUnless(left, right, { first, second, rightDecides });
  write(emission, `${result} = ${open};}`);
  return { kind: 'truth', text: result, sure: left.sure && right.sure };
}

function unknownUnless(
  left: Truth,
  right: Truth,
  { first, second, rightDecides }: { first: string; second: string; rightDecides: string },
): string {
  const other = rightDecides === 'true' ? 'false' : 'true';
  const unknown = [left.sure ? [] : [`${first} === undefined`], right.sure ? [] : [`${second} === undefined`]].flat();
  return `${second} === ${rightDecides} ? ${rightDecides} : ${unknown.join(' || ')} ? undefined : ${other}`;
}

function exclusive({ emission, emit, scope, ast }: Both): Truth {
  const left = toTruth(emission, emit(ast.left, scope));
  const first = named(emission, 'b', left.text);
  const right = toTruth(emission, emit(ast.right, scope));
  const second = named(emission, 'b', right.text);
  const sure = left.sure && right.sure;
  const differ = `${first} !== ${second}`;
  const text = sure ? differ : `${first} === undefined || ${second} === undefined ? undefined : ${differ}`;
  return { kind: 'truth', text: named(emission, 'b', text), sure };
}

export function negated({ text, sure }: Truth): Truth {
  return { kind: 'truth', text: sure ? `!(${text})` : `rt.not(${text})`, sure };
}

const PLAIN = new Set(['System.String', 'System.Boolean']);

function equality({ emission, emit, scope, ast }: Both): Truth {
  const left = emit(ast.left, scope);
  const first = isSingle(left) ? toValue(emission, left) : undefined;
  const right = emit(ast.right, scope);
  if (isEmpty(left) || isEmpty(right)) return { kind: 'truth', text: 'undefined', sure: false };
  const second = first !== undefined && isSingle(right) ? toValue(emission, right) : undefined;
  if (first !== undefined && second !== undefined && first.type === second.type) {
    if (PLAIN.has(first.type)) return compared(emission, [first, second], (a, b) => `${a} === ${b}`);
    if (isNumeric(first)) return compared(emission, [first, second], (a, b) => `rt.sameNumber(${a}, ${b})`);
  }
  const [a, b] = [toNodes(emission, first ?? left), toNodes(emission, second ?? right)];
  return { kind: 'truth', text: named(emission, 'b', `rt.equalAll(${a}, ${b}, c)`), sure: false };
}

function isSingle(emitted: Emitted): boolean {
  return emitted.kind !== 'stream' || emitted.single;
}

function isNumeric({ type }: Value): boolean {
  return type === 'System.Integer' || type === 'System.Decimal';
}

/** Two values of one type; undefined where one is. */
function compared(
  emission: Emission,
  [left, right]: readonly [Value, Value],
  text: (a: string, b: string) => string,
): Truth {
  const unknown = [left, right].filter(({ sure }) => !sure).map((value) => `${value.text} === undefined`);
  const known = text(left.text, right.text);
  if (unknown.length === 0) return { kind: 'truth', text: named(emission, 'b', known), sure: true };
  return { kind: 'truth', text: named(emission, 'b', `${unknown.join(' || ')} ? undefined : ${known}`), sure: false };
}

function equivalence({ emission, emit, scope, ast }: Both): Truth {
  const left = toNodes(emission, emit(ast.left, scope));
  const right = toNodes(emission, emit(ast.right, scope));
  return { kind: 'truth', text: named(emission, 'b', `rt.equivalentAll(${left}, ${right}, c)`), sure: true };
}

function order({ emission, emit, scope, ast }: Both, operator: '<' | '<=' | '>' | '>='): Truth {
  const left = emit(ast.left, scope);
  const first = isSingle(left) ? toValue(emission, left) : undefined;
  const right = emit(ast.right, scope);
  const second = first !== undefined && isSingle(right) ? toValue(emission, right) : undefined;
  if (first !== undefined && second !== undefined && isNumeric(first) && isNumeric(second)) {
    return compared(emission, [first, second], (a, b) => `rt.compareNumbers(${a}, ${b}) ${operator} 0`);
  }
  const a = toNode(emission, first ?? left);
  const b = toNode(emission, second ?? right);
  const place = named(
    emission,
    'd',
    `${a} === undefined || ${b} === undefined ? undefined : rt.compare(${a}, ${b}, c)`,
  );
  return {
    kind: 'truth',
    text: named(emission, 'b', `${place} === undefined ? undefined : ${place} ${operator} 0`),
    sure: false,
  };
}

function membership({ emission, emit, scope }: Both, { one, many }: { one: Ast; many: Ast }): Truth {
  const item = emit(one, scope);
  const value = isSingle(item) ? toValue(emission, item) : undefined;
  const texts = value?.type === 'System.String' ? literalTexts(many) : undefined;
  if (value !== undefined && texts !== undefined) {
    const found = texts.map((text) => `${value.text} === ${quoted(text)}`).join(' || ');
    const text = value.sure ? found : `${value.text} === undefined ? undefined : ${found}`;
    return { kind: 'truth', text: named(emission, 'b', text), sure: value.sure };
  }
  const wanted = toNode(emission, value ?? item);
  const found = fresh(emission, 'b');
  write(emission, `let ${found};`);
  write(emission, `if (${wanted} !== undefined) {`);
  const nodes = toNodes(emission, { ...toStream(emission, emit(many, scope)), repeats: false });
  write(emission, `${found} = rt.includes(${nodes}, ${wanted}, c);}`);
  return { kind: 'truth', text: found, sure: false };
}

/** The strings of `('a' | 'b')`. */
function literalTexts(ast: Ast): readonly string[] | undefined {
  if (ast.kind === 'literal' && ast.type === 'System.String') return [String(ast.value)];
  if (ast.kind !== 'binary' || ast.operator !== '|') return undefined;
  const [left, right] = [literalTexts(ast.left), literalTexts(ast.right)];
  return left === undefined || right === undefined ? undefined : [...left, ...right];
}

/** Both sides after one another; who counts the items drops the repeats. */
function union({ emission, emit, scope, ast }: Both): Emitted {
  const left = toStream(emission, emit(ast.left, scope));
  const right = toStream(emission, emit(ast.right, scope));
  const sides = [left, right].filter((side) => !isEmpty(side));
  const [only] = sides;
  if (only === undefined) return left;
  if (sides.length === 1) return only.single ? only : withRepeats(only);
  const types = sides.map((side) => (side.type === undefined ? side.possible : [side.type]));
  const known = types.every((one) => one !== undefined);
  const possible = known ? [...new Set(types.flatMap((one) => one ?? []))] : undefined;
  return {
    kind: 'stream',
    single: false,
    type: possible?.length === 1 ? possible[0] : undefined,
    possible: possible?.length === 1 ? undefined : possible,
    repeats: true,
    each: (body, valuesOnly) => {
      for (const side of sides) side.each(body, valuesOnly);
    },
  };
}

function withRepeats(stream: Stream): Stream {
  return { ...stream, repeats: true };
}

function concatenation({ emission, emit, scope, ast }: Both): Value {
  const [left, right] = [ast.left, ast.right].map((side) => {
    const emitted = emit(side, scope);
    const value = isSingle(emitted) ? toValue(emission, emitted) : undefined;
    if (value?.type === 'System.String') return value.sure ? value.text : `(${value.text} ?? '')`;
    return `rt.textOr(${toNode(emission, value ?? emitted)})`;
  });
  return { kind: 'value', text: named(emission, 'v', `${left} + ${right}`), type: 'System.String', sure: true };
}

function arithmetic({ emission, emit, scope, ast }: Both, operator: BinaryOperator): Emitted {
  const left = emit(ast.left, scope);
  const first = toValue(emission, left);
  const right = emit(ast.right, scope);
  const second = toValue(emission, right);
  if (operator === '+' && first !== undefined && second !== undefined) {
    if (first.type === 'System.String' && second.type === 'System.String') return joined(emission, first, second);
    if (isCount(first) && isCount(second)) {
      return {
        kind: 'value',
        text: named(emission, 'v', `${first.text} + ${second.text}`),
        type: first.type,
        sure: true,
      };
    }
  }
  const [a, b] = [toNode(emission, first ?? left), toNode(emission, second ?? right)];
  const both = `${a} === undefined || ${b} === undefined ? undefined`;
  return ofNode(emission, `${both} : rt.calculate(${quoted(operator)}, [${a}, ${b}], c)`);
}

/** A number of items: cannot overflow, is a plain number. */
function isCount(value: Value): boolean {
  return value.sure && value.type === 'System.Integer' && /^m\d+$/.test(value.text);
}

function joined(emission: Emission, left: Value, right: Value): Value {
  const unknown = [left, right].filter(({ sure }) => !sure).map((value) => `${value.text} === undefined`);
  const known = `${left.text} + ${right.text}`;
  const text = unknown.length === 0 ? known : `${unknown.join(' || ')} ? undefined : ${known}`;
  return { kind: 'value', text: named(emission, 'v', text), type: 'System.String', sure: unknown.length === 0 };
}
