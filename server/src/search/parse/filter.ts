// `_filter`: https://hl7.org/fhir/R4/search_filter.html                                                                         (pure)
import { Refused } from '../../base/errors.ts';
import { isResourceType } from '../../fhir/index.ts';
import { parameterOf } from '../parameters.ts';
import type { Condition } from '../query.ts';
import type { SearchWorld } from './context.ts';
import { all, any, not } from './context.ts';
import { readNamed } from './named.ts';

type Token = { readonly text: string; readonly quoted: boolean };
type Reader = {
  readonly tokens: readonly Token[];
  at: number;
  readonly type: string;
  readonly world: SearchWorld;
  depth: number;
};

const TOKEN = /\s*(?:"((?:[^"\\]|\\.)*)"|([()[\]])|([^\s()[\]"]+))/y;
const CHARS_MAX = 4_000;
const DEPTH_MAX = 30;
const OPERATORS = [
  'eq',
  'ne',
  'co',
  'sw',
  'ew',
  'gt',
  'lt',
  'ge',
  'le',
  'ap',
  'sa',
  'eb',
  'pr',
  'po',
  'ss',
  'sb',
  'in',
  'ni',
  're',
];

/** Reads a whole filter. Throws `Refused` that names what does not fit. */
export function readFilter(type: string, text: string, world: SearchWorld): Condition {
  const reader: Reader = { tokens: tokensOf(text), at: 0, type, world, depth: 0 };
  const condition = either(reader);
  if (reader.at < reader.tokens.length)
    throw bad(`nothing belongs behind its end, where "${reader.tokens[reader.at]?.text}" stands`);
  return condition;
}

function tokensOf(text: string): readonly Token[] {
  if (text.length > CHARS_MAX) throw bad(`it may have ${CHARS_MAX} characters`);
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const match = TOKEN.exec(text);
    if (match === null) throw bad('a quoted text must end');
    const quoted = match[1];
    tokens.push(
      quoted === undefined
        ? { text: match[2] ?? match[3] ?? '', quoted: false }
        : { text: quoted.replace(/\\(.)/g, '$1'), quoted: true },
    );
  }
  return tokens;
}

function bad(what: string): Refused {
  return new Refused(
    'search-value',
    `"_filter" is not understood: ${what}. It looks like name sw "smi" and (birthdate lt 1980 or gender eq male).`,
    '_filter',
  );
}

function either(reader: Reader): Condition {
  const parts = [both(reader)];
  while (take(reader, 'or')) parts.push(both(reader));
  return any(parts);
}

function both(reader: Reader): Condition {
  const parts = [term(reader)];
  while (take(reader, 'and')) parts.push(term(reader));
  return all(parts);
}

function take(reader: Reader, word: string): boolean {
  const token = reader.tokens[reader.at];
  if (token === undefined || token.quoted || token.text !== word) return false;
  reader.at += 1;
  return true;
}

function next(reader: Reader, what: string): Token {
  const token = reader.tokens[reader.at];
  if (token === undefined) throw bad(`${what} is due at its end`);
  reader.at += 1;
  return token;
}

function term(reader: Reader): Condition {
  const { type, world } = reader;
  reader.depth += 1;
  if (reader.depth > DEPTH_MAX) throw bad(`it may be nested ${DEPTH_MAX} deep`);
  try {
    if (take(reader, 'not')) return not(term(reader));
    if (take(reader, '(')) {
      const inner = either(reader);
      if (!take(reader, ')')) throw bad('")" is missing');
      return inner;
    }
    const path = next(reader, 'a parameter').text;
    if (take(reader, '[')) return withinPath(reader, path);
    const operator = next(reader, 'an operator').text;
    if (!OPERATORS.includes(operator))
      throw bad(`"${operator.slice(0, 20)}" is not an operator; they are ${OPERATORS.join(', ')}`);
    const value = next(reader, 'a value');
    return comparison({ path: path.replaceAll('/', '.'), operator, value: value.text }, { type, world });
  } finally {
    reader.depth -= 1;
  }
}

/** `subject[name eq x and gender eq male]`: conditions on what is referred to. */
function withinPath(reader: Reader, path: string): Condition {
  const start = reader.at;
  let depth = 1;
  while (depth > 0) {
    const { text, quoted } = next(reader, '"]"');
    if (!quoted) depth += text === '[' ? 1 : text === ']' ? -1 : 0;
  }
  const inner = reader.tokens.slice(start, reader.at - 1);
  const rest = reader.tokens[reader.at]?.text.startsWith('.') ? (reader.tokens[reader.at++]?.text ?? '') : '';
  if (rest !== '' || !isResourceType(path.split(':')[1] ?? 'Patient'))
    throw bad(`a path behind "[ ]" is more than this server does`);
  // Each condition of the brackets is about the reference; one that has several of them is asked for each.
  const prefixed = inner.map((token, index) => ({
    ...token,
    text: isPath(inner, index) ? `${path}.${token.text}` : token.text,
  }));
  const nested: Reader = { ...reader, tokens: prefixed, at: 0 };
  const condition = either(nested);
  if (nested.at < prefixed.length) throw bad('"]" is due');
  return condition;
}

function isPath(tokens: readonly Token[], index: number): boolean {
  const following = tokens[index + 1];
  return (
    tokens[index]?.quoted === false &&
    following?.quoted === false &&
    OPERATORS.includes(following.text) &&
    !OPERATORS.includes(tokens[index - 1]?.text ?? '')
  );
}

type Comparison = { readonly path: string; readonly operator: string; readonly value: string };

function comparison(
  { path, operator, value }: Comparison,
  { type, world }: { type: string; world: SearchWorld },
): Condition {
  // What separates the parts of a composite is meant as such.
  const isComposite = parameterOf(type, path, world.custom)?.kind === 'composite';
  const escaped = value.replace(isComposite ? /[\\,]/g : /[\\,$]/g, '\\$&');
  const asked = (suffix: string, text = escaped) => readNamed({ type, name: `${path}${suffix}`, value: text, world });
  const kinds = kindsOf(() => asked(''));
  const isText = kinds.has('strings');
  switch (operator) {
    case 'eq':
      return isText ? withMatch(asked(''), 'equals') : asked('');
    case 'ne':
      return not(isText ? withMatch(asked(''), 'equals') : asked(''));
    case 'sw':
      if (!isText && parameterOf(type, path, world.custom)?.kind !== 'uri') throw bad('"sw" is for strings and URIs');
      return isText ? asked('') : asked(':below');
    case 'co':
      return isText ? withMatch(asked(''), 'contains') : withMatch(asked(':text'), 'contains');
    case 'ew':
      return withMatch(asked(''), 'ends');
    case 'pr':
      return asked(':missing', value === 'true' ? 'false' : 'true');
    case 'ss':
      return asked(':above');
    case 'sb':
      return asked(':below');
    case 'in':
      return asked(':in');
    case 'ni':
      return asked(':not-in');
    case 're':
      return asked('');
    case 'po':
      return eachLeaf(asked(''), (leaf) => {
        if (leaf.kind !== 'dates') throw bad('"po" is for dates');
        return { ...leaf, comparator: 'ap' };
      });
    default:
      return eachLeaf(asked('', `${operator}${escaped}`), (leaf) => {
        if (!ORDERED.has(leaf.kind)) throw bad(`"${operator}" is for dates, numbers and quantities`);
        return leaf;
      });
  }
}

const ORDERED: ReadonlySet<string> = new Set(['dates', 'numbers', 'quantities', 'updated', 'never', 'always']);

function kindsOf(read: () => Condition): ReadonlySet<string> {
  const kinds = new Set<string>();
  try {
    eachLeaf(read(), (leaf) => {
      kinds.add(leaf.kind);
      return leaf;
    });
  } catch (error) {
    // Values such as `true` of `pr` need not be ones of the parameter; the operator's own reading tells.
    if (!(error instanceof Refused) || error.code !== 'search-value') throw error;
  }
  return kinds;
}

/** The condition with what stands at its ends changed: those of what is referred to, and of each part. */
function eachLeaf(condition: Condition, change: (leaf: Condition) => Condition): Condition {
  switch (condition.kind) {
    case 'chain':
      return { ...condition, to: condition.to.map((one) => ({ ...one, where: eachLeaf(one.where, change) })) };
    case 'has':
      return { ...condition, where: eachLeaf(condition.where, change) };
    case 'all':
    case 'any':
      return { ...condition, of: condition.of.map((one) => eachLeaf(one, change)) };
    case 'not':
      return { ...condition, of: eachLeaf(condition.of, change) };
    default:
      return change(condition);
  }
}

function withMatch(condition: Condition, match: 'equals' | 'ends' | 'contains'): Condition {
  return eachLeaf(condition, (leaf) => {
    if (leaf.kind === 'strings' || leaf.kind === 'words') return { ...leaf, match };
    throw bad('its operators for texts are for strings');
  });
}
