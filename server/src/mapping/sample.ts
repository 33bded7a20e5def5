// For the tests of mapping: a source, a message from its segments, and what came of it.
import type { Instant, SourceKey } from '../base/ids.ts';
import { map } from './map.ts';
import type { MappingInput, MappingResult, Source, StatementDraft } from './types.ts';

export const RECEIVED_AT = '2026-03-02T07:16:00.000Z' as Instant;

export const SAMPLE_SOURCE: Source = {
  key: 'rxx-pas' as SourceKey,
  name: 'RXX patient administration',
  kind: 'pas',
  trust: 80,
  authorities: { RXX: 'https://fhir.rxx.example/Id/mrn', VISIT: 'https://fhir.rxx.example/Id/visit' },
  updatePolicy: {},
  owns: [],
  timeZone: 'Europe/London',
  csvMap: undefined,
};

/** Segments as a message; without an MSH, one with an EVN is put before them. */
export function messageOf(segments: readonly string[], trigger = 'A08'): Uint8Array {
  const opening = [
    `MSH|^~\\&|RXX-PAS|RXX|ROUTE|ROUTE|20260302071500||ADT^${trigger}^ADT_A01|C1|P|2.4|||||GBR|UNICODE UTF-8`,
    'EVN||20260302071500',
  ];
  const all = segments[0]?.startsWith('MSH') === true ? segments : [...opening, ...segments];
  return new TextEncoder().encode(all.map((segment) => `${segment}\r`).join(''));
}

export function mapV2(bytes: Uint8Array, source: Partial<Source> = {}): MappingResult {
  return mapAs({ format: 'hl7v2', bytes }, source);
}

export function mapAs(
  given: Pick<MappingInput, 'format' | 'bytes'> & Partial<MappingInput>,
  source: Partial<Source> = {},
): MappingResult {
  return map({ interaction: undefined, receivedAt: RECEIVED_AT, ...given, source: { ...SAMPLE_SOURCE, ...source } });
}

export function statementsOf(result: MappingResult): readonly StatementDraft[] {
  return result.outcome === 'mapped' ? result.statements : [];
}

export function firstOfType(result: MappingResult, resourceType: string): StatementDraft | undefined {
  return statementsOf(result).find((one) => one.resourceType === resourceType);
}
