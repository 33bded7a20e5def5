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
const PART = /<!--[\s\S]*?-->|<(\/?)([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|[^<]+|</g;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
// A style may show an image of its own or of the same place, and nothing else may be fetched or run.
const UNSAFE_STYLE = /url\((?!['"]?(data:image\/|[^:()]*\)))|expression|@import|\\/i;
const SAFE_TARGET = /^(#|https?:|ftps?:|mailto:|tel:|data:image\/|urn:|cid:|[^:]*$)/i;

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
export function xhtmlFault(text: string): Fault | undefined {
  const open: string[] = [];
  let shows = false;
  let closed = false;
  for (const part of text.trim().matchAll(PART)) {
    const [whole, slash, name, attributes = '', selfClosing] = part;
    if (name === undefined) {
      if (whole.startsWith('<!--')) continue;
      if (whole === '<' || /&(?!#?\w+;)/.test(whole)) return NOT_WELL_FORMED;
      if (open.length === 0) return NOT_DIV;
      if (whole.trim() !== '') shows = true;
      continue;
    }
    if (closed || (open.length === 0 && !isRoot(name, attributes))) return NOT_DIV;
    if (!ELEMENTS.has(name) || !areSafe(attributes)) return ACTIVE;
    if (name === 'img') shows = true;
    if (slash === '/') {
      if (open.pop() !== name) return NOT_WELL_FORMED;
    } else if (selfClosing !== '/') open.push(name);
    closed = open.length === 0;
  }
  if (!closed) return open.length === 0 ? NOT_DIV : NOT_WELL_FORMED;
  return shows ? undefined : BLANK;
}

function isRoot(name: string, attributes: string): boolean {
  return name === 'div' && attributes.includes(XHTML);
}

function areSafe(attributes: string): boolean {
  for (const [, name = '', double, single] of attributes.matchAll(ATTRIBUTE)) {
    if (!ATTRIBUTES.has(name)) return false;
    const target = (double ?? single ?? '').replace(/[\s\p{Cc}]|&#?\w+;/gu, '');
    if (name === 'style' && UNSAFE_STYLE.test(target)) return false;
    if ((name === 'href' || name === 'src') && !SAFE_TARGET.test(target)) return false;
  }
  return true;
}
