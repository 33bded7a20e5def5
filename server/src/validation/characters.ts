// Formats by character codes: what every resource has many of is looked at without regular expressions, which cost ten times more.

const ZERO = 0x30;
const NINE = 0x39;
const SPACE = 0x20;
const HYPHEN = 0x2d;
const COLON = 0x3a;
const DELETE = 0x7f;
const UUID_LENGTH = 36;
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** Printable ASCII, spaces allowed. */
export function isPlainText(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < SPACE || code >= DELETE) return false;
  }
  return true;
}

/** Printable ASCII without spaces. */
export function isPlainWord(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= SPACE || code >= DELETE) return false;
  }
  return true;
}

/** An id from `start` to `end`: letters, digits, hyphens and full stops. */
export function isId(text: string, start: number, end: number): boolean {
  if (end <= start || end - start > 64) return false;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    const letter = code | SPACE;
    if ((letter < 0x61 || letter > 0x7a) && (code < HYPHEN || code > NINE || code === 0x2f)) return false;
  }
  return true;
}

export function isUuid(text: string, start: number): boolean {
  if (text.length - start !== UUID_LENGTH) return false;
  for (let at = 0; at < UUID_LENGTH; at++) {
    const code = text.charCodeAt(start + at);
    if (at === 8 || at === 13 || at === 18 || at === 23) {
      if (code !== HYPHEN) return false;
    } else {
      const letter = code | SPACE;
      if ((code < ZERO || code > NINE) && (letter < 0x61 || letter > 0x66)) return false;
    }
  }
  return true;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

/** Two digits as a number; not a number when they are none. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at);
  const ones = text.charCodeAt(at + 1);
  return isDigit(tens) && isDigit(ones) ? (tens - ZERO) * 10 + ones - ZERO : Number.NaN;
}

/** `ok`, `form` or `impossible` for the date of this length at the start of a text: 4, 7 or 10 characters. */
export function dateAt(text: string, length: number): 'ok' | 'form' | 'impossible' {
  const year = two(text, 0) * 100 + two(text, 2);
  if (!(year > 0)) return 'form';
  if (length === 4) return 'ok';
  const month = two(text, 5);
  if (text.charCodeAt(4) !== HYPHEN || !(month >= 1 && month <= 12)) return 'form';
  if (length === 7) return 'ok';
  const day = two(text, 8);
  if (length !== 10 || text.charCodeAt(7) !== HYPHEN || !(day >= 1 && day <= 31)) return 'form';
  if (day > (DAYS[month - 1] ?? 0)) return 'impossible';
  const leaps = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month !== 2 || day !== 29 || leaps ? 'ok' : 'impossible';
}

/** Where `hh:mm:ss` with an optional fraction ends; -1 when there is none. */
export function timeEnd(text: string, start: number): number {
  const hour = two(text, start);
  const minute = two(text, start + 3);
  const second = two(text, start + 6);
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return -1;
  if (text.charCodeAt(start + 2) !== COLON || text.charCodeAt(start + 5) !== COLON) return -1;
  let at = start + 8;
  if (text.charCodeAt(at) !== 0x2e) return at;
  at++;
  const first = at;
  while (isDigit(text.charCodeAt(at))) at++;
  return at === first ? -1 : at;
}

/** Whether the rest of a text is a zone: `Z` or an offset up to 14:00. */
export function isZone(text: string, start: number): boolean {
  const sign = text.charCodeAt(start);
  if (sign === 0x5a) return text.length === start + 1;
  if ((sign !== 0x2b && sign !== HYPHEN) || text.length !== start + 6 || text.charCodeAt(start + 3) !== COLON)
    return false;
  const hours = two(text, start + 1);
  const minutes = two(text, start + 4);
  return (hours <= 13 && minutes <= 59) || (hours === 14 && minutes === 0);
}
