// How far it is, on stderr: a line that is rewritten on a terminal, a new line every few seconds elsewhere.
import type { TextSink } from '../types.ts';
import type { Outcome } from './types.ts';

export type Progress = {
  step(kind: Outcome['kind']): void;
  /** One that had been counted as unanswered. */
  refusedAfterAll(): void;
  finish(): Totals;
};
export type Totals = {
  readonly accepted: number;
  readonly refused: number;
  readonly unanswered: number;
  readonly seconds: number;
};
type Milliseconds = () => number;

const TERMINAL_EVERY_MS = 200;
const LOG_EVERY_MS = 5000;

export function progressOn(sink: TextSink, expected: () => number, now: Milliseconds): Progress {
  const startedMs = now();
  const everyMs = sink.isTTY ? TERMINAL_EVERY_MS : LOG_EVERY_MS;
  let lastMs = startedMs;
  let accepted = 0;
  let refused = 0;
  let unanswered = 0;
  const seconds = () => (now() - startedMs) / 1000;
  const line = () => {
    const sent = accepted + refused + unanswered;
    return `${sent} of ${expected()} sent, ${refused} refused, ${rate(sent, seconds())}/s`;
  };
  return {
    step: (kind) => {
      if (kind === 'accepted') accepted += 1;
      else if (kind === 'unanswered') unanswered += 1;
      else refused += 1;
      if (now() - lastMs < everyMs) return;
      lastMs = now();
      sink.write(sink.isTTY ? `\r\u001b[K${line()}` : `${line()}\n`);
    },
    refusedAfterAll: () => {
      unanswered -= 1;
      refused += 1;
    },
    finish: () => {
      if (expected() > 0) sink.write(sink.isTTY ? `\r\u001b[K${line()}\n` : `${line()}\n`);
      return { accepted, refused, unanswered, seconds: seconds() };
    },
  };
}

export function rate(count: number, seconds: number): string {
  if (seconds <= 0) return '0';
  const perSecond = count / seconds;
  return perSecond < 10 ? perSecond.toFixed(1) : String(Math.round(perSecond));
}
