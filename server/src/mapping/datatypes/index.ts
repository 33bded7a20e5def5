// What the mappings of segments use of the data types.
export { readAddress } from './address.ts';
export { beginsDocument, contentType, type Document, readEncapsulated, readPointer } from './attachment.ts';
export { alternateCode, type Binding, readConcept, readTableCode, readText } from './concept.ts';
export { readContactPoints } from './contact-point.ts';
export { readHumanName, readStaffName, staffDisplay } from './human-name.ts';
export { entityKey, readEntityIdentifier, readHierarchic, readIdentifier } from './identifier.ts';
export {
  checkDigit,
  type NhsNumberFault,
  type NhsNumberResult,
  nhsNumber,
  VERIFICATION_STATUS_URL,
  type VerificationStatus,
  verificationStatus,
  verificationStatusExtension,
} from './nhs-number.ts';
export {
  as,
  collect,
  list,
  NOTHING,
  object,
  type Part,
  partOf,
  type Reading,
  raise,
  shifted,
  some,
  take,
} from './part.ts';
export {
  decimalText,
  readCompositeQuantity,
  readMoney,
  readNumber,
  readNumericArray,
  readNumericRange,
  readNumericValue,
  readStructuredNumber,
  VALUE_ELEMENTS,
  type Value,
  type ValueElement,
} from './quantity.ts';
export { type Keyed, readLocations, readNamedOnly, readOdsCode, readOrganization, readPractitioner } from './staff.ts';
export * from './systems.ts';
export { readDate, readInstant, readPeriod, readPeriodOf, readTime, readTimeOfDay } from './time.ts';
export { readUnit, UCUM, ucumCode } from './units.ts';
