// Characters in XML: which may stand in it at all, and which only as references.                                              (pure)

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 forbids them, so they must be named
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const SPECIAL = /[&<>"\t\n\r]/g;
const REFERENCES: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A parser turns a bare tab or line end of an attribute into a blank.
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

/** Whether XML 1.0 can carry the text: no control characters but tab and line ends, no halves of characters. */
export function isXmlText(text: string): boolean {
  return !FORBIDDEN.test(text) && text.isWellFormed();
}

/** For between double quotes. */
export function escapeAttribute(text: string): string {
  return text.replace(SPECIAL, (character) => REFERENCES[character] ?? character);
}

/** HTML's names of the characters 160 to 255, in order, and of those beyond that narratives use. */
const LATIN_1 =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para ' +
  'middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute ' +
  'Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute ' +
  'THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ' +
  'ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml';
const BEYOND: { readonly [name: string]: number } = {
  ...{ OElig: 338, oelig: 339, Scaron: 352, scaron: 353, Yuml: 376, circ: 710, tilde: 732, ensp: 8194, emsp: 8195 },
  ...{ thinsp: 8201, zwnj: 8204, zwj: 8205, ndash: 8211, mdash: 8212, lsquo: 8216, rsquo: 8217, sbquo: 8218 },
  ...{ ldquo: 8220, rdquo: 8221, bdquo: 8222, dagger: 8224, Dagger: 8225, bull: 8226, hellip: 8230, permil: 8240 },
  ...{
    prime: 8242,
    lsaquo: 8249,
    rsaquo: 8250,
    euro: 8364,
    trade: 8482,
    larr: 8592,
    uarr: 8593,
    rarr: 8594,
    darr: 8595,
  },
  ...{ minus: 8722, asymp: 8776, ne: 8800, le: 8804, ge: 8805, alpha: 945, beta: 946, gamma: 947, delta: 948, mu: 956 },
};
const NAMED = new Map([...LATIN_1.split(' ').map((name, at) => [name, 160 + at] as const), ...Object.entries(BEYOND)]);

/** XML knows five names; HTML's others, which JSON narratives may hold, become numbers. Unknown names stay, and are no XML. */
export function withoutHtmlNames(xhtml: string): string {
  return xhtml.replace(/&([A-Za-z][A-Za-z0-9]*);/g, (reference, name: string) => {
    const code = NAMED.get(name);
    return code === undefined ? reference : `&#${code};`;
  });
}
