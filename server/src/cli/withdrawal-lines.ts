// What was taken back, and what rests on it, for whoever reads a receipt or has just ruled.                                (pure)
import type { Withdrawal } from '../operate/types.ts';
import { wrapped } from './display.ts';

export function withdrawalLines({ name, elements, reached }: Withdrawal): readonly string[] {
  const what = elements.length === 0 ? name : `${name}: ${elements.join(', ')}`;
  const rests =
    reached.length === 0 ? (elements.length === 0 ? ['  nothing rests on it'] : []) : reached.map(reachedLine);
  return [...wrapped(what, ''), ...rests];
}

function reachedLine({ name, from, by, standing }: Withdrawal['reached'][number]): string {
  const how = by === 'same origin' ? `of one origin with ${from}` : `by its ${by} ${from}`;
  return `  reaches ${name}, ${how}: ${standing ? 'it stands until a person decides' : 'taken back too'}`;
}
