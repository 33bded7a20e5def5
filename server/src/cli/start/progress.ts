// A progress bar for people, and a line now and then where nobody watches a terminal.
import type { TextSink } from '../types.ts';

const WIDTH = 30;
const REDRAW_MS = 80;
const LINE_MS = 5_000;

export function progressBar(
  out: TextSink,
  total: number,
  title: string,
): { update(done: number): void; finish(): void } {
  let drawn = 0;
  const began = performance.now();
  const draw = (done: number) => {
    const share = total === 0 ? 1 : done / total;
    const rate = Math.round(done / Math.max(0.001, (performance.now() - began) / 1_000));
    const bar = '█'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '░');
    out.write(
      out.isTTY === true
        ? `\r${title} ${bar} ${done}/${total} (${rate}/s)`
        : `${title}: ${done}/${total} (${rate}/s)\n`,
    );
  };
  return {
    update: (done) => {
      const now = performance.now();
      if (now - drawn < (out.isTTY === true ? REDRAW_MS : LINE_MS)) return;
      drawn = now;
      draw(done);
    },
    finish: () => {
      draw(total);
      if (out.isTTY === true) out.write('\n');
    },
  };
}
