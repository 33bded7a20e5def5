// What the mappings of segments use of the data types.
export { beginsDocument, type Document, readEncapsulated, readPointer } from './attachment.ts';
export { type Binding, readConcept, readText } from './concept.ts';
export { staffDisplay } from './human-name.ts';
export { entityKey, readEntityIdentifier, readIdentifier } from './identifier.ts';
export type {
  NhsNumberFault,
  NhsNumberResult,
  VerificationStatus,
} from './nhs-number.ts';
export {
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
  readNumericArray,
  readNumericRange,
  readNumericValue,
  readStructuredNumber,
  VALUE_ELEMENTS,
  type Value,
  type ValueElement,
} from './quantity.ts';
export { type Keyed, readOrganization } from './staff.ts';
export * from './systems.ts';
export { readInstant, readPeriod, readPeriodOf, readTime, readTimeOfDay } from './time.ts';
export { readUnit } from './units.ts';
