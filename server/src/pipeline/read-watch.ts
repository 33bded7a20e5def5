// Parses what the watch found: unknown enters, a WatchRequest or a reason leaves.                                        (pure)
import { type Read, refuse } from './read-fields.ts';
import type { FailingSource, WatchedConflict } from './watch-request.ts';

export function readWatch(
  fields: Readonly<Record<string, unknown>>,
  who: { readonly reason: string; readonly by: string },
): Read {
  const { persons, conflicts, sources = [], closes } = fields;
  if (!isTexts(persons) || !isTexts(closes))
    return refuse('watch-persons', 'Give "persons" and "closes": ids of patients and of cases.');
  if (!Array.isArray(conflicts) || !conflicts.every(isConflict))
    return refuse('watch-conflicts', 'Give "conflicts": [{ element, harm, rule, competing }].');
  if (!Array.isArray(sources) || !sources.every(isFailing))
    return refuse('watch-sources', 'Give "sources": [{ source, check, sentence }].');
  return { ok: true, ruling: { kind: 'watch', persons, conflicts, sources, closes, ...who } };
}

function isTexts(given: unknown): given is readonly string[] {
  return Array.isArray(given) && given.every((one) => typeof one === 'string');
}

const HARMS: readonly unknown[] = ['H0', 'H1', 'H2', 'H3'];

function isConflict(given: unknown): given is WatchedConflict {
  if (typeof given !== 'object' || given === null) return false;
  const { element, harm, rule, competing } = given as { readonly [name: string]: unknown };
  const named = typeof element === 'string' && typeof rule === 'string' && HARMS.includes(harm);
  return named && Array.isArray(competing) && competing.every(isCandidate);
}

function isCandidate(given: unknown): boolean {
  if (typeof given !== 'object' || given === null) return false;
  const { subject, source, statement, saidAt, value } = given as { readonly [name: string]: unknown };
  const texts = [subject, source, saidAt].every((one) => typeof one === 'string');
  return texts && typeof statement === 'number' && value !== undefined;
}

function isFailing(given: unknown): given is FailingSource {
  if (typeof given !== 'object' || given === null) return false;
  const { source, check, sentence } = given as { readonly [name: string]: unknown };
  return [source, check, sentence].every((one) => typeof one === 'string');
}
