// Public face of patches: JSON Patch and FHIRPath Patch.
export { applyFhirPathPatch, type FhirPathPatchOptions } from './fhirpath-patch.ts';
export { applyJsonPatch } from './json-patch.ts';
