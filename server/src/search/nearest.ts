// "Did you mean": the known name that is nearest to one nobody knows.                                                         (pure)

/** Undefined when nothing is known. */
export function nearest(asked: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const one of known) {
    const far = distance(asked.toLowerCase(), one.toLowerCase());
    if (far < least) [best, least] = [one, far];
  }
  return best;
}

const CHARS_MAX = 64;

/** Edit distance. */
function distance(a: string, b: string): number {
  const asked = a.slice(0, CHARS_MAX);
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= asked.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (asked[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, changed));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
