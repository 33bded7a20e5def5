// A change as one English sentence: what was held, what is held now, and who made it so.                                      (pure)
import { valueInWords } from '../../truth/value-in-words.ts';
import type { Cause, ElementChange, Side } from './changes.ts';

export type ResourceChange = {
  readonly kind: 'resource';
  readonly index: number;
  readonly at: string;
  readonly resource: string;
  readonly version: number;
  readonly action: 'recorded' | 'changed' | 'deleted';
  readonly because: readonly Cause[];
};

const SHOWN_MAX = 3;

export function elementSentence(change: ElementChange): string {
  const { element, before, after, because } = change;
  const why = because.length === 0 ? 'as time passed' : `because ${because.map(causeInWords).join(', and ')}`;
  return `${element}: ${sideInWords(element, before)} before, ${sideInWords(element, after)} now, ${why}.`;
}

export function resourceSentence({ resource, action, version, because }: ResourceChange): string {
  const why = because.map(causeInWords).join(', and ');
  return `${resource} was ${action} (version ${version})${why === '' ? '' : `, because ${why}`}.`;
}

function sideInWords(element: string, side: Side | undefined): string {
  if (side === undefined) return 'not held';
  switch (side.state) {
    case 'missing':
      return 'nothing known';
    case 'withheld':
      return 'withheld';
    case 'erased':
      return 'erased';
    case 'conflicting':
      return `sources in conflict${side.values.length === 0 ? '' : ` (${valuesInWords(element, side)})`}`;
    case 'assumed':
      return `${valuesInWords(element, side)} (assumed)`;
    case 'stale':
      return `${valuesInWords(element, side)} (out of date)`;
    case 'known':
      return valuesInWords(element, side);
  }
}

function valuesInWords(element: string, { values }: Side): string {
  const shown = values.slice(0, SHOWN_MAX).map((value) => `"${valueInWords(element, value)}"`);
  const more = values.length - shown.length;
  return `${shown.length === 0 ? 'none' : shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function causeInWords({ kind, name, receipt, source, sourceName }: Cause): string {
  const by = receipt === undefined ? '' : ` (receipt ${receipt})`;
  switch (kind) {
    case 'statement':
      return `${sourceName ?? source ?? 'a source'} said so${by}`;
    case 'link':
      return `it was decided which records are this person${by}`;
    case 'ruling':
      return `a person ruled on it${by}`;
    case 'policy':
      return `the policy ${name} became active`;
    case 'source':
      return `what is known of the source ${name} was changed`;
  }
}
