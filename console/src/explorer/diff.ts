// What differs between two texts, line by line: the shortest set of lines removed and added. Pure.

export type DiffLine = { readonly kind: 'same' | 'removed' | 'added'; readonly text: string };
export type DiffPart =
  | { readonly kind: 'lines'; readonly lines: readonly DiffLine[] }
  | { readonly kind: 'gap'; readonly count: number };

/** Beyond this many pairs of lines, what lies between the common beginning and end counts as replaced whole. */
const PAIRS_MAX = 4_000_000;
const CONTEXT_LINES = 3;

export function diffLines(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end += 1;
  const old = before.slice(start, before.length - end);
  const now = after.slice(start, after.length - end);
  const say = (kind: DiffLine['kind'], texts: readonly string[]) => texts.map((text) => ({ kind, text }));
  const middle =
    old.length * now.length > PAIRS_MAX ? [...say('removed', old), ...say('added', now)] : alignLines(old, now);
  return [...say('same', before.slice(0, start)), ...middle, ...say('same', before.slice(before.length - end))];
}

/** By the table of longest common subsequences, read from its start. */
function alignLines(old: readonly string[], now: readonly string[]): readonly DiffLine[] {
  const width = now.length + 1;
  const longest = new Uint32Array((old.length + 1) * width);
  const cell = (i: number, j: number) => longest[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] = old[i] === now[j] ? cell(i + 1, j + 1) + 1 : Math.max(cell(i + 1, j), cell(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push({ kind: 'same', text: old[i] ?? '' });
      i += 1;
      j += 1;
    } else if (i < old.length && (j === now.length || cell(i + 1, j) >= cell(i, j + 1))) {
      lines.push({ kind: 'removed', text: old[i] ?? '' });
      i += 1;
    } else {
      lines.push({ kind: 'added', text: now[j] ?? '' });
      j += 1;
    }
  }
  return lines;
}

/** Changes with a few lines round them; what lies between is counted. */
export function partsOf(lines: readonly DiffLine[]): readonly DiffPart[] {
  const near = new Set<number>();
  lines.forEach(({ kind }, at) => {
    if (kind === 'same') return;
    for (let n = at - CONTEXT_LINES; n <= at + CONTEXT_LINES; n += 1) near.add(n);
  });
  const parts: DiffPart[] = [];
  let at = 0;
  while (at < lines.length) {
    const shown = near.has(at);
    let to = at;
    while (to < lines.length && near.has(to) === shown) to += 1;
    parts.push(shown ? { kind: 'lines', lines: lines.slice(at, to) } : { kind: 'gap', count: to - at });
    at = to;
  }
  return parts;
}
