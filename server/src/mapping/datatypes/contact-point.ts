// XTN and TN to ContactPoint: the formatted number of v2.2, the numbers in parts of v2.3 and later, and e-mail in its three places.
import { type Leaf, leaf, type NodeObject } from '../sourced.ts';
import { alternateCode } from './concept.ts';
import { as, type Part, type Reading, raise, take } from './part.ts';
import { tableSystem } from './systems.ts';
import { readPeriodOf } from './time.ts';

const USE: { readonly [code: string]: string } = { PRN: 'home', WPN: 'work', PRS: 'mobile' };
const EQUIPMENT: { readonly [code: string]: { readonly system: string; readonly use?: string } } = {
  PH: { system: 'phone' },
  FX: { system: 'fax' },
  CP: { system: 'phone', use: 'mobile' },
  BP: { system: 'pager' },
  SAT: { system: 'other' },
  MD: { system: 'other' },
  TDD: { system: 'other' },
  TTY: { system: 'other' },
  INTERNET: { system: 'email' },
  'X.400': { system: 'email' },
};
const PHONE_LIKE = /^[+()\d][\d\s()+./-]*(?:(?:x|ext\.?)\s*\d+)?$/i;

/** One repetition can hold a number and an e-mail address: each becomes its own ContactPoint. */
export function readContactPoints(reading: Reading, part: Part): readonly NodeObject[] {
  const email = [part.at(4), part.at(1), part.at(12)].find(isEmail);
  const number = readNumber(part);
  if (email === undefined) return number === undefined ? [] : [describe(reading, part, number)];
  if (number !== undefined) return [describe(reading, part, number), { system: 'email', value: take(email) }];
  return [describeEmail(reading, part, email)];
}

function isEmail(part: Part): boolean {
  return part.text.includes('@');
}

/** The unformatted number (2.7), else the formatted one, else its parts put together. */
function readNumber(part: Part): Leaf | undefined {
  const whole = [part.at(12), part.at(1)].find((piece) => piece.text !== '' && !isEmail(piece));
  if (whole !== undefined) return take(whole);
  const [country, area, local, extension] = [5, 6, 7, 8].map((n) => part.at(n));
  if (local === undefined || local.text === '') return undefined;
  const texts = [country?.text.replace(/^\+?(?=\d)/, '+'), area?.text, local.text];
  const number = texts.filter((text) => text !== undefined && text !== '').join(' ');
  const value = extension === undefined || extension.text === '' ? number : `${number} x${extension.text}`;
  return leaf(value, country?.unit, area?.unit, local.unit, extension?.unit);
}

function describe(reading: Reading, part: Part, value: Leaf): NodeObject {
  const equipment = part.at(3);
  const known = EQUIPMENT[equipment.text.toUpperCase()];
  if (equipment.text !== '' && known === undefined) {
    const message = 'The equipment type of this contact is not in table 0202; its kind was taken from the value.';
    raise(reading, equipment, {
      severity: 'information',
      code: 'code-invalid',
      reason: 'contact-equipment-unknown',
      message,
    });
  }
  const guessed = typeof value.value === 'string' && PHONE_LIKE.test(value.value) ? 'phone' : 'other';
  const system = leaf(known?.system ?? guessed, equipment.unit);
  const mobile = known?.use === undefined ? {} : { use: leaf(known.use, equipment.unit, part.at(2).unit) };
  return { system, value, ...readUse(part.at(2)), ...mobile, ...validity(reading, part) };
}

function describeEmail(reading: Reading, part: Part, email: Part): NodeObject {
  const system = leaf('email', part.at(3).unit, part.at(2).text.toUpperCase() === 'NET' ? part.at(2).unit : undefined);
  return { system, value: take(email), ...readUse(part.at(2)), ...validity(reading, part) };
}

function readUse(part: Part): NodeObject {
  const code = part.text.toUpperCase();
  // NET says that this is an address on a network, which `system` says.
  if (code === '' || code === 'NET') return {};
  return USE[code] === undefined ? { _use: alternateCode(tableSystem('0201'), part) } : { use: as(USE[code], part) };
}

function validity(reading: Reading, part: Part): NodeObject {
  const order = part.at(18);
  const rank = /^[1-9]\d{0,8}$/.test(order.text) ? leaf(Number(order.text), order.unit) : undefined;
  return { rank, period: readPeriodOf(reading, part.at(13), part.at(14)) };
}
