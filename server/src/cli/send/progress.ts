// How far it is, on stderr: a line that is rewritten on a terminal, a new line every few seconds elsewhere.
import type { TextSink } from '../types.ts';

export type Progress = { step(accepted: boolean): void; finish(): Totals };
export type Totals = { readonly accepted: number; readonly refused: number; readonly seconds: number };
type Milliseconds = () => number;

const TERMINAL_EVERY_MS = 200;
const LOG_EVERY_MS = 5000;

export function progressOn(sink: TextSink, expected: () => number, now: Milliseconds): Progress {
  const startedMs = now();
  const everyMs = sink.isTTY ? TERMINAL_EVERY_MS : LOG_EVERY_MS;
  let lastMs = startedMs;
  let accepted = 0;
  let refused = 0;
  const seconds = () => (now() - startedMs) / 1000;
  const line = () => {
    const sent = accepted + refused;
    return `${sent} of ${expected()} sent, ${refused} refused, ${rate(sent, seconds())}/s`;
  };
  return {
    step: (ok) => {
      if (ok) accepted += 1;
      else refused += 1;
      if (now() - lastMs < everyMs) return;
      lastMs = now();
      sink.write(sink.isTTY ? `\r\u001b[K${line()}` : `${line()}\n`);
    },
    finish: () => {
      sink.write(sink.isTTY ? `\r\u001b[K${line()}\n` : `${line()}\n`);
      return { accepted, refused, seconds: seconds() };
    },
  };
}

export function rate(count: number, seconds: number): string {
  if (seconds <= 0) return '0';
  const perSecond = count / seconds;
  return perSecond < 10 ? perSecond.toFixed(1) : String(Math.round(perSecond));
}
