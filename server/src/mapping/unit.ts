// Reading a message by position. A unit is one populated subcomponent that remembers where it stood, so that whatever is made
// of it can name its origin and the loss account can tick it off.
import type { Component, Message, Repetition, Segment, Subcomponent } from '../hl7v2/types.ts';

/** One repetition of a field, with its place. `index` counts from 1. */
export type RepetitionAt = {
  readonly segment: Segment;
  readonly field: number;
  readonly index: number;
  readonly repetition: Repetition;
};

/** One populated subcomponent. `text` is the decoded value; it is empty when the sender wrote `""` (`isNull`). */
export type Unit = {
  readonly at: RepetitionAt;
  readonly component: number;
  readonly subcomponent: number;
  readonly wire: Subcomponent;
  readonly text: string;
  readonly isNull: boolean;
};

/** All segments of a name, in message order. */
export function segmentsOf(message: Message, name: string): readonly Segment[] {
  return message.segments.filter((segment) => segment.name === name);
}

/** The populated repetitions of a field, each keeping its place in the list (an empty one in between is skipped, not counted away). */
export function repetitionsOf(segment: Segment | undefined, field: number): readonly RepetitionAt[] {
  if (segment === undefined || field > segment.fieldCount) return [];
  const found: RepetitionAt[] = [];
  const { repetitions } = segment.field(field);
  for (let i = 0; i < repetitions.length; i++) {
    const repetition = repetitions[i];
    if (repetition !== undefined && repetition.presence !== 'empty' && repetition.presence !== 'absent')
      found.push({ segment, field, index: i + 1, repetition });
  }
  return found;
}

/** The first populated repetition. */
export function firstOf(segment: Segment | undefined, field: number): RepetitionAt | undefined {
  return repetitionsOf(segment, field)[0];
}

/** The populated unit at a component (and subcomponent), both from 1; undefined where the sender said nothing. */
export function unitAt(at: RepetitionAt | undefined, component: number, subcomponent = 1): Unit | undefined {
  const wire = at?.repetition.components[component - 1]?.subcomponents[subcomponent - 1];
  if (at === undefined || wire === undefined || !isPopulated(wire)) return undefined;
  return { at, component, subcomponent, wire, text: wire.text, isNull: wire.presence === 'null' };
}

/** As `unitAt`, but only where there is a value: neither empty nor `""`. */
export function valueAt(at: RepetitionAt | undefined, component: number, subcomponent = 1): Unit | undefined {
  const unit = unitAt(at, component, subcomponent);
  return unit === undefined || unit.isNull ? undefined : unit;
}

/** First unit of the first repetition of a simple field. */
export function fieldUnit(segment: Segment | undefined, field: number): Unit | undefined {
  return unitAt(firstOf(segment, field), 1);
}

/** Every populated unit of a component. */
export function unitsOfComponent(at: RepetitionAt, component: number): readonly Unit[] {
  const parts: readonly Subcomponent[] = at.repetition.components[component - 1]?.subcomponents ?? [];
  return parts.flatMap((_part, i) => unitAt(at, component, i + 1) ?? []);
}

/** Every populated unit of a repetition. */
export function unitsOf(at: RepetitionAt): readonly Unit[] {
  const parts: readonly Component[] = at.repetition.components;
  return parts.flatMap((_part, i) => unitsOfComponent(at, i + 1));
}

export function isPopulated(wire: Subcomponent): boolean {
  return wire.presence === 'value' || wire.presence === 'null';
}

/** True when a field is nothing but `""`: the sender says there is no value. */
export function isNullField(segment: Segment | undefined, field: number): boolean {
  return segment !== undefined && field <= segment.fieldCount && segment.field(field).presence === 'null';
}

/**
 * `PID-5.1`, `PID-3[2].4.2`, `OBX[3]-5`. Segment and repetition numbers appear from 2; a component number where the repetition
 * has more than one, a subcomponent number likewise.
 */
export function positionOf(unit: Unit): string {
  const { repetition } = unit.at;
  const component = repetition.components.length > 1 || unit.component > 1 ? `.${unit.component}` : '';
  const parts = repetition.components[unit.component - 1]?.subcomponents.length ?? 0;
  const subcomponent = parts > 1 ? `.${unit.subcomponent}` : '';
  const path = component === '' && subcomponent !== '' ? '.1' : component;
  return `${repetitionPosition(unit.at)}${path}${subcomponent}`;
}

export function repetitionPosition(at: RepetitionAt): string {
  const index = at.index > 1 ? `[${at.index}]` : '';
  return `${segmentPosition(at.segment)}-${at.field}${index}`;
}

export function segmentPosition(segment: Segment): string {
  if (segment.name === '') return `line ${segment.ordinal}`;
  return segment.occurrence > 1 ? `${segment.name}[${segment.occurrence}]` : segment.name;
}
