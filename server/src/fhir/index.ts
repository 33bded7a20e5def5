// Public face of the FHIR language: types, definitions and packages of them, terminology, and outcomes.
export {
  type ElementDefinition,
  isResourceType,
  RESOURCE_TYPES,
  type TypeRef,
} from './definitions.ts';
export { baseLibrary, type Library, libraryWith } from './library.ts';
export { operationOutcome } from './outcome.ts';
export { type FhirPackage, openPackage } from './package.ts';
