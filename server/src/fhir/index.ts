// Public face of the FHIR language: its type table and its outcomes.
export {
  type ElementDefinition,
  isResourceType,
  RESOURCE_TYPES,
  type TypeRef,
} from './definitions.ts';
export { operationOutcome } from './outcome.ts';
