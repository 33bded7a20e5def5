// For the tests beside it: one v2 field as a Part, and the plain JSON of what a conversion made of it.

import { invariant } from '../../base/errors.ts';
import type { SourceKey } from '../../base/ids.ts';
import type { Json } from '../../base/json.ts';
import { parse } from '../../hl7v2/index.ts';
import { materialise, type Node, type Placed } from '../sourced.ts';
import type { Source } from '../types.ts';
import { positionOf, repetitionsOf } from '../unit.ts';
import { type Part, partOf, type Reading } from './part.ts';

export const SAMPLE_SOURCE: Source = {
  key: 'rxx-lab' as SourceKey,
  name: 'Laboratory of RXX',
  kind: 'lab',
  trust: 60,
  authorities: { RXX: 'https://fhir.rxx.example/Id/mrn' },
  updatePolicy: {},
  owns: [],
  timeZone: 'Europe/London',
  csvMap: undefined,
};

export function sampleReading(): Reading {
  return { source: SAMPLE_SOURCE, issues: [] };
}

/** The repetitions of a field written in default delimiters, read from `ZZZ-1`. */
export function sampleParts(field: string): readonly Part[] {
  const text = `MSH|^~\\&|A|B|C|D|20260302071500||ORU^R01|1|P|2.5.1|||||GBR|UNICODE UTF-8\rZZZ|${field}\r`;
  const result = parse(new TextEncoder().encode(text));
  invariant(result.ok, 'a sample must parse');
  return repetitionsOf(result.message.first('ZZZ'), 1).map(partOf);
}

export function samplePart(field: string): Part {
  return sampleParts(field)[0] ?? partOf(undefined);
}

/** The value as it would stand in a statement's text, and the wire position behind each path. */
export function said(node: Node | undefined): { readonly json: Json | undefined; readonly from: readonly string[] } {
  const placed: Placed[] = [];
  const value = node === undefined ? undefined : materialise(node, '', placed);
  const json = value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as Json);
  return { json, from: placed.map(({ path, unit }) => `${positionOf(unit)} ${path}`) };
}

/** The same as text, for digits that a parsed number would lose. */
export function saidText(node: Node | undefined): string | undefined {
  const value = node === undefined ? undefined : materialise(node, '', []);
  return value === undefined ? undefined : JSON.stringify(value);
}
