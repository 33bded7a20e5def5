// Everything a receipt's journey says about byte ranges, as marks in groups: what they became, and what became of the rest.
import type { Json, JsonObject, LossEntry, ReceiptEffect, ReceiptJourney, Span } from '../api/types.ts';
import { elementLabel } from '../fhir/labels.ts';
import { sayValue } from '../fhir/say.ts';
import type { Mark } from './pieces.ts';

export type MarkGroup = {
  readonly title: string;
  readonly note: string | undefined;
  readonly effect: ReceiptEffect | undefined;
  readonly marks: readonly Mark[];
};
/** More than a person can look at; a bulk file has tens of thousands. */
const MARKS_PER_GROUP_MAX = 500;

export function markGroups(receipt: ReceiptJourney, asked: Span | undefined): MarkGroup[] {
  const groups: MarkGroup[] = [];
  if (asked !== undefined) {
    const mark: Mark = {
      id: 'asked',
      kind: 'asked',
      ...asked,
      position: 'asked for',
      target: 'the bytes you came to see',
      value: undefined,
    };
    groups.push({ title: 'The bytes you came to see', note: undefined, effect: undefined, marks: [mark] });
  }
  groups.push(...problemGroup(receipt));
  for (const [index, effect] of receipt.effects.entries()) {
    if (effect.origins.length > 0) groups.push(effectGroup(effect, index));
  }
  groups.push(...mappedElsewhere(receipt));
  for (const kind of ['unmapped', 'ignored'] as const) {
    const entries = receipt.loss?.entries.filter((entry) => entry.disposition === kind) ?? [];
    if (entries.length > 0) groups.push(lossGroup(kind, entries));
  }
  return groups;
}

function problemGroup(receipt: ReceiptJourney): MarkGroup[] {
  const reasons = receipt.reasons.map((reason) => ({ ...reason, position: reason.position ?? reason.code }));
  const issues = receipt.issues.map((issue) => ({
    message: issue.message,
    position: issue.expression ?? issue.code,
    start: issue.span?.start,
    end: issue.span?.end,
  }));
  const marks = [...reasons, ...issues].flatMap(({ message, position, start, end }, index): Mark[] =>
    start === undefined || end === undefined
      ? []
      : [
          {
            id: `reason-${index}`,
            kind: 'reason',
            ...visible({ start, end }, receipt.sizeBytes),
            position,
            target: message,
            value: undefined,
          },
        ],
  );
  return marks.length === 0 ? [] : [{ title: 'What was found here', note: undefined, effect: undefined, marks }];
}

/** A finding between two bytes (something is missing here) is shown on the byte where it should have stood, or the last. */
function visible({ start, end }: Span, sizeBytes: number): Span {
  if (start < end) return { start, end };
  const at = Math.max(0, Math.min(start, sizeBytes - 1));
  return { start: at, end: at + 1 };
}

function effectGroup(effect: ReceiptEffect, index: number): MarkGroup {
  const resource = parseText(effect.text);
  const shown = effect.origins.slice(0, MARKS_PER_GROUP_MAX);
  return {
    title: effect.target,
    note: shown.length < effect.origins.length ? `The first ${shown.length} of ${effect.origins.length}.` : undefined,
    effect,
    marks: shown.map((origin, nth) => ({
      id: `effect-${index}-${nth}`,
      kind: 'mapped',
      start: origin.start,
      end: origin.end,
      position: origin.position,
      target: origin.path,
      value: valueAt(resource, origin.path),
    })),
  };
}

/** Mapped fields that no statement of this receipt carries: it said what was known already, or it was never applied. */
function mappedElsewhere({ loss, effects, state }: ReceiptJourney): MarkGroup[] {
  const carried = new Set(effects.flatMap(({ origins }) => origins.map(({ start, end }) => `${start}-${end}`)));
  const entries =
    loss?.entries.filter(
      ({ disposition, span }) => disposition === 'mapped' && !carried.has(`${span.start}-${span.end}`),
    ) ?? [];
  if (entries.length === 0) return [];
  const title = state === 'applied' ? 'Mapped, and already known' : `Understood, but ${state}`;
  const shown = entries.slice(0, MARKS_PER_GROUP_MAX);
  const marks = shown.map(
    ({ position, by, span }, nth): Mark => ({
      id: `known-${nth}`,
      kind: 'mapped',
      ...span,
      position,
      target: by ?? '',
      value: undefined,
    }),
  );
  const note = shown.length < entries.length ? `The first ${shown.length} of ${entries.length}.` : undefined;
  return [{ title, note, effect: undefined, marks }];
}

function lossGroup(kind: 'unmapped' | 'ignored', entries: readonly LossEntry[]): MarkGroup {
  const shown = entries.slice(0, MARKS_PER_GROUP_MAX);
  return {
    title: kind === 'unmapped' ? 'Not mapped' : 'Ignored by a named rule',
    note: shown.length < entries.length ? `The first ${shown.length} of ${entries.length}.` : undefined,
    effect: undefined,
    marks: shown.map((entry, nth) => ({
      id: `${kind}-${nth}`,
      kind,
      start: entry.span.start,
      end: entry.span.end,
      position: entry.position,
      target: kind === 'unmapped' ? 'nothing in the record yet' : `rule ${entry.by ?? 'without a name'}`,
      value: undefined,
    })),
  };
}

function parseText(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as JsonObject) : undefined;
  } catch {
    // A statement's text is shown as it is; without its values the list still names the elements.
    return undefined;
  }
}

/** Value at `name[0].family` (with or without the resource type in front), said in words; undefined when it is not there. */
export function valueAt(resource: JsonObject | undefined, path: string): string | undefined {
  if (resource === undefined) return undefined;
  let steps = path.split(/[.[\]]/).filter((step) => step !== '');
  if (steps[0] === resource['resourceType']) steps = steps.slice(1);
  let value: Json | undefined = resource;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as { readonly [key: string]: Json | undefined })[step];
  }
  return value === undefined ? undefined : sayValue(value).join(', ');
}

/** `name[0].family` as a person reads it: `Name, family`. */
export function pathInWords(path: string): string {
  const steps = path
    .split('.')
    .map((step) => step.replace(/\[(\d+)\]$/, (_all, n: string) => (n === '0' ? '' : ` ${Number(n) + 1}`)));
  const [first = '', ...rest] = steps;
  return [
    elementLabel(first.replace(/ \d+$/, '')) + (/ \d+$/.exec(first)?.[0] ?? ''),
    ...rest.map((step) => elementLabel(step).toLowerCase()),
  ].join(', ');
}
