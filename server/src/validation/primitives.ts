// The formats of FHIR's primitive types (https://hl7.org/fhir/R4/datatypes.html#primitive). A fault says what is wrong and
// what to send instead, never the value.
import { isRawJson, type Json } from '../base/json.ts';

export type Fault = { readonly reason: string; readonly what: string; readonly fix: string };
export type PrimitiveCheck = (value: Json) => Fault | undefined;

const STRING_LENGTH_MAX = 1_048_576;
const INT32_MAX = 2_147_483_647;
const DATE = /^(?!0000)\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/;
const TIME_PART = /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?$/;
const ZONE = /(Z|[+-]((0\d|1[0-3]):[0-5]\d|14:00))$/;
const CODE = /^\S+( \S+)*$/;
const ID = /^[A-Za-z0-9\-.]{1,64}$/;
const OID = /^urn:oid:[0-2](\.(0|[1-9]\d*))+$/;
const UUID = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

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

// No Unicode text, and nothing that a database holds: of whatever type it is, and before its own rules are looked at.
function unicode(check: PrimitiveCheck): PrimitiveCheck {
  return (value) => {
    if (typeof value !== 'string') return check(value);
    if (value.includes('\0')) return NUL;
    return value.isWellFormed() ? check(value) : HALF;
  };
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
  return /\s/.test(value) ? BAD_URI : undefined;
}

function base64Binary(value: Json): Fault | undefined {
  if (typeof value !== 'string') return NOT_STRING;
  if (value === '') return EMPTY;
  const bare = /\s/.test(value) ? value.replace(/\s/g, '') : value;
  return bare.length % 4 === 0 && BASE64.test(bare) ? undefined : BAD_BASE64;
}

function date(value: Json): Fault | undefined {
  if (typeof value !== 'string') return NOT_STRING;
  if (value === '') return EMPTY;
  if (!DATE.test(value)) return BAD_DATE;
  return value.length < 10 || exists(value) ? undefined : NO_SUCH_DATE;
}

function dateTime(value: Json): Fault | undefined {
  if (typeof value !== 'string') return NOT_STRING;
  if (value === '') return EMPTY;
  if (value.length <= 10) return DATE.test(value) ? date(value) : BAD_DATE_TIME;
  return moment(value, BAD_DATE_TIME);
}

function instant(value: Json): Fault | undefined {
  if (typeof value !== 'string') return NOT_STRING;
  return value === '' ? EMPTY : moment(value, NOT_INSTANT);
}

function moment(text: string, otherwise: Fault): Fault | undefined {
  if (text[10] !== 'T' || !DATE.test(text.slice(0, 10))) return otherwise;
  const zone = ZONE.exec(text);
  if (zone === null) return TIME_PART.test(text.slice(11)) ? NO_ZONE : otherwise;
  if (!TIME_PART.test(text.slice(11, zone.index))) return otherwise;
  return exists(text) ? undefined : NO_SUCH_DATE;
}

/** Whether the day at the start of a full date exists in its month. */
function exists(text: string): boolean {
  const year = Number(text.slice(0, 4));
  const month = Number(text.slice(5, 7));
  const day = Number(text.slice(8, 10));
  if (day > (DAYS[month - 1] ?? 0)) return false;
  return month !== 2 || day !== 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
}

const CHECKS: { readonly [type: string]: PrimitiveCheck } = {
  boolean,
  integer,
  positiveInt,
  unsignedInt,
  decimal,
  string,
  markdown: string,
  xhtml: string,
  code: matching(CODE, BAD_CODE),
  id: matching(ID, BAD_ID),
  uri,
  url: uri,
  canonical: uri,
  oid: matching(OID, BAD_OID),
  uuid: matching(UUID, BAD_UUID),
  base64Binary,
  date,
  dateTime,
  instant,
  time: matching(TIME_PART, BAD_TIME),
};

export const PRIMITIVE_CHECKS: { readonly [type: string]: PrimitiveCheck | undefined } = Object.fromEntries(
  Object.entries(CHECKS).map(([type, check]) => [type, unicode(check)]),
);
