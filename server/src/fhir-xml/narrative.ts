// A narrative's div on its way into XML: made sure that it is one well-formed element, so that nothing can break out of it.   (pure)
import { SaxesParser } from 'saxes';
import { isXmlText, withoutHtmlNames } from './characters.ts';
import { XHTML } from './type-table.ts';

const START = /^\s*<div(?=[\s/>])/;

/** The div as XML; undefined when it is not one XHTML div. A div without a namespace gets its own, which JSON often leaves out. Line ends become what a parser takes them for anyway. */
export function narrativeXml(div: string): string | undefined {
  if (!isXmlText(div) || !START.test(div)) return undefined;
  const named = withoutHtmlNames(div.trim());
  const declared = /^<div[^>]*\sxmlns\s*=/.test(named) ? named : named.replace('<div', `<div xmlns="${XHTML}"`);
  return isOneDiv(declared) ? declared.replace(/\r\n?/g, '\n') : undefined;
}

function isOneDiv(text: string): boolean {
  const parser = new SaxesParser({ xmlns: true });
  let isGood = true;
  let root: string | undefined;
  const refuse = () => {
    isGood = false;
  };
  parser.on('error', refuse);
  parser.on('doctype', refuse);
  parser.on('processinginstruction', refuse);
  parser.on('xmldecl', refuse);
  parser.on('opentag', ({ uri }) => {
    root ??= uri;
  });
  parser.write(text).close();
  return isGood && root === XHTML;
}
