// A view as FHIR JSON text, and a view as text for the store. Digits of decimals come out as they came in.

import { Broken } from '../base/errors.ts';
import { type Json, type JsonObject, parseFaithful } from '../base/json.ts';
import { patientPlace } from './fhir-order.ts';
import { isObject } from './json-values.ts';
import type { View, ViewElement } from './types.ts';

const NOT_CONTENT: ReadonlySet<string> = new Set(['meta', 'id', 'resourceType']);

/**
 * The resource as JSON text without an id or meta of ours. When the newest statement replaced everything it is that statement's
 * own text, byte for byte (which may carry the sender's id and meta, for the record to stamp over).
 */
export function renderView(view: View): string {
  return view.wholeText ?? JSON.stringify(resourceOf(view));
}

/** True only where `renderView` gives the same for both; most statements repeat what is held, and rendering both would cost more. */
export function rendersAlike(one: View, other: View): boolean {
  if (one.wholeText !== undefined || other.wholeText !== undefined) return one.wholeText === other.wholeText;
  if (one.removed !== other.removed) return false;
  const names = Object.keys(one.elements);
  const others = Object.keys(other.elements);
  return (
    names.length === others.length &&
    names.every((name, place) => name === others[place] && one.elements[name]?.value === other.elements[name]?.value)
  );
}

/** The resource that a view stands for, `resourceType` first; Patient in the order of the standard, others as they were said. */
export function resourceOf(view: View): JsonObject {
  const resource: { [key: string]: Json } = { resourceType: view.resourceType };
  const held = Object.keys(view.elements).filter((property) => !NOT_CONTENT.has(property));
  if (view.resourceType === 'Patient') held.sort((a, b) => patientPlace(a) - patientPlace(b));
  for (const property of held) {
    const value = view.elements[property]?.value;
    if (value !== undefined) resource[property] = value;
  }
  return resource;
}

/** A view as text; `parseView` gives it back with its decimals intact. */
export function viewText(view: View): string {
  return JSON.stringify(view);
}

export function parseView(text: string): View {
  const parsed = parseFaithful(text);
  if (!isObject(parsed) || typeof parsed['resourceType'] !== 'string' || !isObject(parsed['elements'])) {
    throw new Broken('the stored view of a resource is not a view');
  }
  const elements: { [element: string]: ViewElement } = {};
  for (const [name, element] of Object.entries(parsed['elements'])) {
    const stored = element as unknown as ViewElement;
    elements[name] = { ...stored, value: stored.value };
  }
  const stored = parsed as unknown as View;
  return { ...stored, elements, wholeText: stored.wholeText };
}
