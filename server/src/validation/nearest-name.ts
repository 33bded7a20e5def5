// Finds the name that a mistyped one most likely meant.
const DISTANCE_MAX = 2;

export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = DISTANCE_MAX + 1;
  for (const candidate of known) {
    const far = distance(name.toLowerCase(), candidate.toLowerCase());
    if (far < least && far < candidate.length / 2) {
      best = candidate;
      least = far;
    }
  }
  return best;
}

/** Levenshtein distance, given up beyond what could matter. */
function distance(left: string, right: string): number {
  if (Math.abs(left.length - right.length) > DISTANCE_MAX) return DISTANCE_MAX + 1;
  let above = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let row = 1; row <= left.length; row++) {
    const line = [row];
    for (let at = 1; at <= right.length; at++) {
      const swap = (above[at - 1] ?? 0) + (left[row - 1] === right[at - 1] ? 0 : 1);
      line.push(Math.min(swap, (above[at] ?? 0) + 1, (line[at - 1] ?? 0) + 1));
    }
    above = line;
  }
  return above[right.length] ?? 0;
}
