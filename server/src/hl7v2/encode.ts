// Text back to bytes, in the character set it came in.
import { type Charset, charsetNamed, LATIN_9, WINDOWS_1252 } from './charset.ts';
import { encodeUtf8Lossless } from './surrogates.ts';

const REPLACEMENT = '?';
const TO_1252 = new Map<string, string>();
for (let byte = 0x80; byte <= 0x9f; byte++) TO_1252.set(String.fromCharCode(byte), REPLACEMENT);
for (const [index, char] of [...WINDOWS_1252].entries()) TO_1252.set(char, String.fromCharCode(0x80 + index));
const TO_LATIN_9 = new Map(Object.entries(LATIN_9).map(([byte, char]) => [char, byte]));
// Not in 8859/15: the characters of 8859/1 that it replaced.
for (const byte of Object.keys(LATIN_9)) TO_LATIN_9.set(byte, REPLACEMENT);

/** Encodes text. Characters the character set lacks become `?`; bytes that could not be decoded become themselves again. */
export function encode(text: string, charset: Charset): Uint8Array {
  switch (charset) {
    case 'utf-8':
      return encodeUtf8Lossless(text);
    case 'utf-16le':
      return Buffer.from(text, 'utf16le');
    case 'utf-16be':
      return Buffer.from(text, 'utf16le').swap16();
    case 'us-ascii':
      return Buffer.from(text.replace(/\P{ASCII}/gu, REPLACEMENT), 'latin1');
    case 'iso-8859-1':
      return Buffer.from(text.replace(/[^\p{ASCII}\u0080-\u00ff]/gu, REPLACEMENT), 'latin1');
    case 'iso-8859-15':
      return singleByte(text, TO_LATIN_9);
    case 'windows-1252':
      return singleByte(text, TO_1252);
  }
}

function singleByte(text: string, toByte: ReadonlyMap<string, string>): Uint8Array {
  const latin1 = text.replace(/\P{ASCII}/gu, (char) => {
    const byte = toByte.get(char);
    return byte ?? (char.length === 1 && char.charCodeAt(0) <= 0xff ? char : REPLACEMENT);
  });
  return Buffer.from(latin1, 'latin1');
}

/** The character set for building an answer to a sender whose MSH-18 reads so; UTF-8 where it names none we know. */
export function charsetForAnswer(spelling: string): Charset {
  const named = charsetNamed(spelling);
  return named === undefined || named === 'utf-16' ? 'utf-8' : named;
}
