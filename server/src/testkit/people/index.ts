// Synthetic people: nobody real, everything deterministic.
export { CAST_SIZE, generatePeople, type PeopleOptions } from './generate-people.ts';
export { NO_KNOWN_ALLERGY, PENICILLIN, PRESENTATIONS } from './health.ts';
export { checkDigit, isSyntheticNhsNumber, nextNhsNumber, withWrongCheckDigit } from './nhs-number.ts';
export { isDramaNumber, MILL_LANE } from './places.ts';
export { at, type Random, seededRandom, uint32Stream } from './random.ts';
export type { Address, Allergy, Coded, Condition, Doctor, Practice, Sex, SyntheticPerson } from './types.ts';
