// A record whose source marks it restricted: where the patient lives and who treats them is not shown, and silence about it is no news.

import type { Json } from '../base/json.ts';
import { listAt, textAt } from './json-values.ts';
import type { ViewElement } from './types.ts';

// PDS removes address, telecom and generalPractitioner (and contact in search) from a record labelled R.
const HIDES: ReadonlySet<string> = new Set(['address', 'telecom', 'generalPractitioner', 'contact']);
// http://terminology.hl7.org/CodeSystem/v3-Confidentiality R and V; REDACTED as PDS sends it.
const LABELS: ReadonlySet<string> = new Set(['R', 'V', 'REDACTED']);

/** True for an element that a restricted record neither shows nor, by leaving it out, clears. */
export function isHiddenWhenRestricted(element: string): boolean {
  return HIDES.has(element);
}

export function isRestrictedMeta(meta: Json | undefined): boolean {
  return listAt(meta, 'security').some((label) => LABELS.has(textAt(label, 'code') ?? ''));
}

export function isRestricted(meta: ViewElement | undefined): boolean {
  return meta !== undefined && isRestrictedMeta(meta.value);
}
