// Reads a narrative's div out of XML: verbatim where its text stands on its own, else written anew so that it does.           (pure)
import type { SaxesTagNS } from 'saxes';
import { escapeAttribute } from './characters.ts';
import { XHTML } from './type-table.ts';

export type NarrativeReader = {
  readonly start: number;
  depth: number;
  /** False when names or prefixes come from outside the div. */
  isOwn: boolean;
  text: string;
};

export function narrativeFrom(start: number): NarrativeReader {
  return { start, depth: 0, isOwn: true, text: '' };
}

/** False for an element that is not XHTML. */
export function openTag(reader: NarrativeReader, tag: SaxesTagNS): boolean {
  if (tag.uri !== XHTML) return false;
  if (tag.prefix !== '' || (reader.depth === 0 && tag.ns[''] !== XHTML)) reader.isOwn = false;
  const attributes = Object.values(tag.attributes).filter(({ prefix, name }) => {
    if (prefix !== '' && prefix !== 'xmlns' && prefix !== 'xml') reader.isOwn = false;
    return prefix !== 'xmlns' && name !== 'xmlns';
  });
  const written = attributes.map(({ prefix, local, value }) => {
    return ` ${prefix === 'xml' ? 'xml:' : ''}${local}="${escapeAttribute(value)}"`;
  });
  const declaration = reader.depth === 0 ? ` xmlns="${XHTML}"` : '';
  reader.text += `<${tag.local}${declaration}${written.join('')}${tag.isSelfClosing ? '/' : ''}>`;
  reader.depth++;
  return true;
}

/** True when this closed the div itself. */
export function closeTag(reader: NarrativeReader, tag: SaxesTagNS): boolean {
  if (!tag.isSelfClosing) reader.text += `</${tag.local}>`;
  reader.depth--;
  return reader.depth === 0;
}

export function textIn(reader: NarrativeReader, text: string): void {
  reader.text += text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** `source` is the text of the div as it stands in the XML, in which a parser takes every kind of line end for one. */
export function divOf({ isOwn, text }: NarrativeReader, source: string): string {
  return isOwn ? source.replace(/\r\n?/g, '\n') : text;
}
