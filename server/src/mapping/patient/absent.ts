// "The source says that there is none", where a list keeps other entries and the entry of this kind must say so itself.
import { leaf, type NodeObject } from '../sourced.ts';
import type { Unit } from '../unit.ts';

const DATA_ABSENT_REASON = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';

/** The companion of a primitive (`_value`), or an extension, that carries no value on purpose. */
export function absent(...from: readonly (Unit | undefined)[]): NodeObject {
  return { extension: [{ url: DATA_ABSENT_REASON, valueCode: leaf('unknown', ...from) }] };
}
