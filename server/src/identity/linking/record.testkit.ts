// Linkage records for tests: what is not named is not said.
import fc from 'fast-check';
import type { LinkageRecord } from './types.ts';

export function recordWith(said: Partial<LinkageRecord>): LinkageRecord {
  return {
    given: [],
    family: undefined,
    birthDate: undefined,
    deathDate: undefined,
    sex: undefined,
    postcode: undefined,
    house: undefined,
    street: [],
    town: undefined,
    region: undefined,
    phones: [],
    emails: [],
    nhsNumbers: [],
    identifiers: [],
    ...said,
  };
}

const GIVEN = ['Amelia', 'Amelie', 'Betty', 'Elizabeth', 'Mohammed', 'Muhammad', 'J', 'Zoë', 'Jon', 'Noah', 'Watson'];
const FAMILY = ['Watson', 'Noah', "O'Brien", 'Smythe-Harrington', 'Harrington', 'Khan', 'Kahn', 'Smith', 'Smyth'];
const DATES = ['1980-04-09', '1980-09-04', '1980-01-01', '1980', '1980-04', '1981-04-19', '2015-12-31', '19551192'];
const NUMBERS = ['9990000018', '9990000026', '9990000034', '9990000118'];
const one = (values: readonly string[]) => fc.constantFrom(...values);
const maybe = (values: readonly string[]) => fc.option(one(values), { nil: undefined });
const some = (values: readonly string[]) => fc.array(one(values), { maxLength: 2 });

/** Few values, so that records meet in every level. */
export const anyRecord: fc.Arbitrary<LinkageRecord> = fc.record({
  given: some(GIVEN),
  family: maybe(FAMILY),
  birthDate: maybe(DATES),
  deathDate: maybe(['2024-01-01', '2024-06', '2025-03-04']),
  sex: maybe(['male', 'female', 'unknown']),
  postcode: maybe(['XA12 3CD', 'XA12 3CE', 'XA12 9ZZ', 'XB1 1AA', 'ZZ99 3VZ', '2119']),
  house: maybe(['1', '11', '9b']),
  street: some(['12 Mill Road', 'Mill Rd', 'Flat 3', 'Chapel Street']),
  town: maybe(['Borchester', 'Borchster', 'Netherfold']),
  region: maybe(['nsw', 'nws', 'vic']),
  phones: some(['07700 900123', '+447700900123', '07700900124', '01632 960001']),
  emails: some(['a.b@mail.example', 'a.c@mail.example', 'somebody.else@other.example']),
  nhsNumbers: fc.array(fc.record({ value: one(NUMBERS), verified: fc.boolean() }), { maxLength: 2 }),
  identifiers: some(['urn:a|1234567', 'urn:a|1234576', 'urn:b|1']),
});
