// The formats of FHIR's primitive types (https://hl7.org/fhir/R4/datatypes.html#primitive). A fault says what is wrong and
// what to send instead, never the value.

import { isRawJson, type Json } from '../base/json.ts';
import { dateAt, isId, isPlainText, isPlainWord, isUuid, isZone, timeEnd } from './characters.ts';

export type Fault = { readonly reason: string; readonly what: string; readonly fix: string };
export type PrimitiveCheck = (value: Json) => Fault | undefined;

const STRING_LENGTH_MAX = 1_048_576;
const INT32_MAX = 2_147_483_647;
const CODE = /^\S+( \S+)*$/;
const OID = /^urn:oid:[0-2](\.(0|[1-9]\d*))+$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

function fault(reason: string, what: string, fix: string): Fault {
  return { reason, what, fix };
}

const NOT_BOOLEAN = fault('not-a-boolean', 'must be true or false', 'Send it as a JSON boolean, without quotes.');
const NOT_STRING = fault('not-a-string', 'must be text', 'Send it as a JSON string.');
const NOT_INTEGER = fault(
  'not-an-integer',
  'must be a whole number',
  'Send a JSON number without fraction or exponent.',
);
const NOT_DECIMAL = fault('not-a-decimal', 'must be a number', 'Send it as a JSON number, without quotes.');
const OUT_OF_RANGE = fault(
  'integer-out-of-range',
  'is out of range',
  'Send a number between -2147483648 and 2147483647.',
);
const NOT_POSITIVE = fault('not-a-positive-integer', 'must be 1 or more', 'Send a positive whole number.');
const NEGATIVE = fault('not-an-unsigned-integer', 'must be 0 or more', 'Send a whole number that is not negative.');
const EMPTY = fault('empty-string', 'is empty', 'Leave the element out when there is no value.');
const TOO_LONG = fault('string-too-long', 'is longer than 1 MiB', 'Send long content as an Attachment or a Binary.');
const NUL = fault('control-character', 'holds the character U+0000', 'Remove it.');
const HALF = fault('half-character', 'holds one half of a surrogate pair', 'Send both halves, or neither.');
const BAD_CODE = fault('code-format', 'is not a code', 'Remove leading, trailing and repeated white space.');
const BAD_ID = fault('id-format', 'is not an id', 'Use 1 to 64 letters, digits, hyphens and full stops.');
const BAD_URI = fault('uri-format', 'is not a URI', 'Remove white space, or encode it as %20.');
const BAD_OID = fault('oid-format', 'is not an OID', 'Write it as urn:oid: followed by numbers and full stops.');
const BAD_UUID = fault('uuid-format', 'is not a UUID', 'Write it as urn:uuid: followed by the UUID.');
const BAD_BASE64 = fault('base64-format', 'is not base64', 'Encode the bytes as base64 with padding.');
const BAD_DATE = fault('date-format', 'is not a date', 'Write YYYY, YYYY-MM or YYYY-MM-DD.');
const NO_SUCH_DATE = fault('date-impossible', 'is a date that does not exist', 'Check day and month with the source.');
const BAD_DATE_TIME = fault(
  'date-time-format',
  'is not a date and time',
  'Write YYYY-MM-DDThh:mm:ss+zz:zz, or a date alone.',
);
const NO_ZONE = fault('date-time-without-zone', 'has a time but no zone', 'Add Z or an offset such as +01:00.');
const NOT_INSTANT = fault('instant-format', 'is not an instant', 'Write YYYY-MM-DDThh:mm:ss+zz:zz, with a zone.');
const BAD_TIME = fault('time-format', 'is not a time of day', 'Write hh:mm:ss without a zone.');

function string(value: Json): Fault | undefined {
  if (typeof value !== 'string') return NOT_STRING;
  if (value === '') return EMPTY;
  return value.length > STRING_LENGTH_MAX ? TOO_LONG : undefined;
}

/** The limit is of strings; a narrative may be longer. */
function xhtml(value: Json): Fault | undefined {
  if (typeof value !== 'string') return NOT_STRING;
  return value === '' ? EMPTY : undefined;
}

/** Text no longer than this is looked through character by character, which is quicker than three searches. */
const SHORT = 128;
const CAPITAL_T = 0x54;

// No Unicode text, and nothing that a database holds: of whatever type it is, and before its own rules are looked at.
function unicode(check: PrimitiveCheck): PrimitiveCheck {
  return (value) =>
    typeof value !== 'string' || (value.length <= SHORT && isPlainText(value))
      ? check(value)
      : (characterFault(value) ?? check(value));
}

function characterFault(value: string): Fault | undefined {
  if (value.includes('\0')) return NUL;
  return value.isWellFormed() ? undefined : HALF;
}

function matching(pattern: RegExp, otherwise: Fault): PrimitiveCheck {
  return (value) => {
    if (typeof value !== 'string') return NOT_STRING;
    if (value === '') return EMPTY;
    return pattern.test(value) ? undefined : otherwise;
  };
}

// Digits that JavaScript would rewrite (1.0, 1e3, -0) are not an integer as FHIR writes one.
function integer(value: Json): Fault | undefined {
  if (typeof value !== 'number' || !Number.isInteger(value)) return NOT_INTEGER;
  return value > INT32_MAX || value < -INT32_MAX - 1 ? OUT_OF_RANGE : undefined;
}

function positiveInt(value: Json): Fault | undefined {
  return integer(value) ?? (Number(value) < 1 ? NOT_POSITIVE : undefined);
}

function unsignedInt(value: Json): Fault | undefined {
  return integer(value) ?? (Number(value) < 0 ? NEGATIVE : undefined);
}

function decimal(value: Json): Fault | undefined {
  return typeof value === 'number' || isRawJson(value) ? undefined : NOT_DECIMAL;
}

function boolean(value: Json): Fault | undefined {
  return typeof value === 'boolean' ? undefined : NOT_BOOLEAN;
}

function uri(value: Json): Fault | undefined {
  if (typeof value !== 'string') return NOT_STRING;
  if (value === '') return EMPTY;
  if (value.length <= SHORT && isPlainWord(value)) return undefined;
  return characterFault(value) ?? (/\s/.test(value) ? BAD_URI : undefined);
}

function base64Binary(value: Json): Fault | undefined {
  if (typeof value !== 'string') return NOT_STRING;
  if (value === '') return EMPTY;
  const bare = /\s/.test(value) ? value.replace(/\s/g, '') : value;
  return bare.length % 4 === 0 && BASE64.test(bare) ? undefined : BAD_BASE64;
}

function date(value: Json): Fault | undefined {
  if (typeof value !== 'string') return NOT_STRING;
  return value === '' ? EMPTY : dateFault(value, BAD_DATE);
}

function dateFault(value: string, otherwise: Fault): Fault | undefined {
  const found = dateAt(value, value.length);
  if (found === 'ok') return undefined;
  return found === 'form' ? otherwise : NO_SUCH_DATE;
}

function dateTime(value: Json): Fault | undefined {
  if (typeof value !== 'string') return NOT_STRING;
  if (value === '') return EMPTY;
  return value.length <= 10 ? dateFault(value, BAD_DATE_TIME) : moment(value, BAD_DATE_TIME);
}

function instant(value: Json): Fault | undefined {
  if (typeof value !== 'string') return NOT_STRING;
  return value === '' ? EMPTY : moment(value, NOT_INSTANT);
}

function moment(text: string, otherwise: Fault): Fault | undefined {
  const day = dateAt(text, 10);
  const end = text.charCodeAt(10) === CAPITAL_T && day !== 'form' ? timeEnd(text, 11) : -1;
  if (end === -1) return otherwise;
  if (end === text.length) return NO_ZONE;
  if (!isZone(text, end)) return otherwise;
  return day === 'ok' ? undefined : NO_SUCH_DATE;
}

function time(value: Json): Fault | undefined {
  if (typeof value !== 'string') return NOT_STRING;
  if (value === '') return EMPTY;
  return timeEnd(value, 0) === value.length ? undefined : BAD_TIME;
}

function id(value: Json): Fault | undefined {
  if (typeof value !== 'string') return NOT_STRING;
  if (value === '') return EMPTY;
  return isId(value, 0, value.length) ? undefined : BAD_ID;
}

function uuid(value: Json): Fault | undefined {
  if (typeof value !== 'string') return NOT_STRING;
  if (value === '') return EMPTY;
  return value.startsWith('urn:uuid:') && isUuid(value, 9) ? undefined : BAD_UUID;
}

function code(value: Json): Fault | undefined {
  if (typeof value !== 'string') return NOT_STRING;
  if (value === '') return EMPTY;
  if (value.length <= SHORT && isPlainWord(value)) return undefined;
  return characterFault(value) ?? (CODE.test(value) ? undefined : BAD_CODE);
}

const CHECKS: { readonly [type: string]: PrimitiveCheck } = {
  boolean,
  integer,
  positiveInt,
  unsignedInt,
  decimal,
  string,
  markdown: string,
  xhtml,
  code,
  id,
  uri,
  url: uri,
  canonical: uri,
  oid: matching(OID, BAD_OID),
  uuid,
  base64Binary,
  date,
  dateTime,
  instant,
  time,
};

/** Types whose format lets any character through. */
const ANY_TEXT: ReadonlySet<string> = new Set(['string', 'markdown', 'xhtml']);

export const PRIMITIVE_CHECKS: { readonly [type: string]: PrimitiveCheck | undefined } = Object.fromEntries(
  Object.entries(CHECKS).map(([type, check]) => [type, ANY_TEXT.has(type) ? unicode(check) : check]),
);
