// Narrative: well-formed XHTML without anything active (txt-1), and not blank (txt-2).
import type { Fault } from './primitives.ts';

const XHTML = 'http://www.w3.org/1999/xhtml';
const ELEMENTS: ReadonlySet<string> = new Set(
  (
    'a abbr acronym address b bdo big blockquote br caption cite code col colgroup dd del dfn div dl dt em h1 h2 h3 h4 h5 h6 ' +
    'hr i img ins kbd li ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var'
  ).split(' '),
);
const ATTRIBUTES: ReadonlySet<string> = new Set(
  (
    'abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset cite ' +
    'class colspan compact coords dir frame headers height href hreflang hspace id lang longdesc name nowrap rel rev rowspan ' +
    'rules scope shape span src start style summary tabindex title type valign value vspace width xml:id xml:lang xml:space xmlns'
  ).split(' '),
);
const TAG = /<(\/?)([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const BAD_AMPERSAND = /&(?!#?\w+;)/;
/** Tags met before, by their text, so that a table's cells are looked at once. Only plain ones, which hold no data. */
const PLAIN = /^<\/?[a-z0-9]+(?: (?:class|align|valign|colspan|rowspan|border|xmlns)="[\w :/.-]*")*\/?>$/;
const PLAIN_LENGTH_MAX = 80;
const PLAIN_MAX = 2000;
const plain = new Map<string, Tag>();

type Tag = {
  readonly name: string;
  readonly kind: 'open' | 'close' | 'alone';
  readonly isRoot: boolean;
  readonly isSafe: boolean;
  readonly length: number;
};

const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
// A style may show an image of its own or of the same place, and nothing else may be fetched or run.
const UNSAFE_STYLE = /url\((?!['"]?(data:image\/|[^:()]*\)))|expression|@import|\\/i;
const SAFE_TARGET = /^(#|https?:|ftps?:|mailto:|tel:|data:image\/|urn:|cid:|[^:]*$)/i;

// What needs no second look: a file name or a web address, and a style without functions, escapes and rules.
const PLAIN_TARGET = /^(?:https?:\/\/)?[\w./#-]*$/;
const PLAIN_STYLE = /^(?!.*(?:expression|import))[\w\s:;#.,%-]*$/i;

const NOT_DIV: Fault = {
  reason: 'narrative-not-a-div',
  what: 'is not one XHTML div',
  fix: `Wrap the narrative in <div xmlns="${XHTML}">.`,
};
const NOT_WELL_FORMED: Fault = {
  reason: 'narrative-not-well-formed',
  what: 'is not well-formed XHTML',
  fix: 'Close every tag in order, quote attributes, and escape < and &.',
};
const ACTIVE: Fault = {
  reason: 'narrative-active-content',
  what: 'holds an element, attribute or link that narrative may not have (txt-1)',
  fix: 'Remove scripts, forms, event handlers, external objects and unknown markup.',
};
const BLANK: Fault = {
  reason: 'narrative-blank',
  what: 'shows nothing (txt-2)',
  fix: 'Add text, or leave the narrative out.',
};

/** What is wrong with a narrative's div. */
export function xhtmlFault(untrimmed: string): Fault | undefined {
  const text = untrimmed.trim();
  const hasAmpersand = text.includes('&');
  const open: string[] = [];
  let shows = false;
  let closed = false;
  for (let at = 0; at < text.length; ) {
    const isTag = text.charCodeAt(at) === LESS_THAN;
    if (isTag && text.charCodeAt(at + 1) === EXCLAMATION && text.startsWith('<!--', at)) {
      const end = text.indexOf('-->', at + 4);
      if (end === -1) return NOT_WELL_FORMED;
      at = end + 3;
      continue;
    }
    if (!isTag) {
      const next = text.indexOf('<', at);
      const end = next === -1 ? text.length : next;
      if (hasAmpersand && BAD_AMPERSAND.test(text.slice(at, end))) return NOT_WELL_FORMED;
      if (open.length === 0) return NOT_DIV;
      shows ||= text.slice(at, end).trim() !== '';
      at = end;
      continue;
    }
    const tag = bareTagAt(text, at) ?? tagAt(text, at);
    if (tag === undefined) return NOT_WELL_FORMED;
    if (closed || (open.length === 0 && !tag.isRoot)) return NOT_DIV;
    if (!tag.isSafe) return ACTIVE;
    if (tag.name === 'img') shows = true;
    if (tag.kind === 'open') open.push(tag.name);
    else if (tag.kind === 'close' && open.pop() !== tag.name) return NOT_WELL_FORMED;
    closed = open.length === 0;
    at += tag.length;
  }
  if (!closed) return open.length === 0 ? NOT_DIV : NOT_WELL_FORMED;
  return shows ? undefined : BLANK;
}

const LESS_THAN = 0x3c;
const GREATER_THAN = 0x3e;
const SLASH = 0x2f;
const EXCLAMATION = 0x21;
/** A name of four letters, seven bits each, is a small number. */
const BARE_LENGTH_MAX = 4;
const BITS = 7;

/** Tags without attributes by the number that their characters make, closing ones behind a 1. */
const BARE: ReadonlyMap<number, Tag> = new Map(
  [...ELEMENTS]
    .filter((name) => name.length <= BARE_LENGTH_MAX)
    .flatMap((name): readonly [number, Tag][] => {
      const tag = { name, isRoot: false, isSafe: true };
      return [
        [numberOf(name, 0), { ...tag, kind: 'open', length: name.length + 2 }],
        [numberOf(name, 1), { ...tag, kind: 'close', length: name.length + 3 }],
      ];
    }),
);

function numberOf(name: string, first: number): number {
  let key = first;
  for (let at = 0; at < name.length; at++) key = (key << BITS) | name.charCodeAt(at);
  return key;
}

/** Most tags of a narrative: `<td>`, `</p>`. Undefined for any other, which has to be read. */
function bareTagAt(text: string, start: number): Tag | undefined {
  let at = start + 1;
  let key = 0;
  let code = text.charCodeAt(at);
  if (code === SLASH) {
    key = 1;
    code = text.charCodeAt(++at);
  }
  for (let letters = 0; letters < BARE_LENGTH_MAX && code > GREATER_THAN; letters++) {
    key = (key << BITS) | (code & 0x7f);
    if (code > 0x7f) return undefined;
    code = text.charCodeAt(++at);
  }
  return code === GREATER_THAN ? BARE.get(key) : undefined;
}

function tagAt(text: string, at: number): Tag | undefined {
  const end = text.indexOf('>', at) + 1;
  const whole = end > 0 && end - at <= PLAIN_LENGTH_MAX ? text.slice(at, end) : '';
  const known = plain.get(whole);
  if (known !== undefined) return known;
  TAG.lastIndex = at;
  const found = TAG.exec(text);
  if (found === null) return undefined;
  const [all, slash, name = '', attributes = '', alone] = found;
  const tag: Tag = {
    name,
    kind: slash === '/' ? 'close' : alone === '/' ? 'alone' : 'open',
    isRoot: name === 'div' && attributes.includes(XHTML),
    isSafe: ELEMENTS.has(name) && areSafe(attributes),
    length: all.length,
  };
  if (plain.size < PLAIN_MAX && PLAIN.test(whole)) plain.set(whole, tag);
  return tag;
}

function areSafe(attributes: string): boolean {
  if (attributes === '') return true;
  for (const [, name = '', double, single] of attributes.matchAll(ATTRIBUTE)) {
    if (!ATTRIBUTES.has(name)) return false;
    if (name !== 'style' && name !== 'href' && name !== 'src') continue;
    const given = double ?? single ?? '';
    if (name === 'style' ? PLAIN_STYLE.test(given) : PLAIN_TARGET.test(given)) continue;
    const target = given.replace(/[\s\p{Cc}]|&#?\w+;/gu, '');
    if (name === 'style' ? UNSAFE_STYLE.test(target) : !SAFE_TARGET.test(target)) return false;
  }
  return true;
}
