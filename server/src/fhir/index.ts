// Public face of the FHIR language: its type table and its outcomes.
export {
  ancestry,
  codesOf,
  type ElementDefinition,
  elementsOf,
  FHIR_VERSION,
  isPrimitiveType,
  isResourceType,
  RESOURCE_TYPES,
  type TypeRef,
} from './definitions.ts';
export { operationOutcome } from './outcome.ts';
