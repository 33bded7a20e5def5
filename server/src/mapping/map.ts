// The way in: one receipt's bytes, and what they say. Pure: the same input gives the same statements, byte for byte.
import { Broken, unreachable } from '../base/errors.ts';
import { mapCsv } from './csv/csv.ts';
import { mapFhir } from './fhir/fhir.ts';
import { mapHl7v2 } from './hl7v2.ts';
import type { MappingInput, MappingResult } from './types.ts';

export function map(input: MappingInput): MappingResult {
  switch (input.format) {
    case 'hl7v2':
      return mapHl7v2(input);
    case 'fhir-json':
    case 'fhir-ndjson':
      return mapFhir(input);
    case 'csv':
      return mapCsv(input);
    case 'ruling':
      throw new Broken('a ruling is read by the pipeline, not mapped');
    default:
      return unreachable(input.format);
  }
}
