// How far two folded texts are apart. Every measure is symmetric and counts in whole numbers.

const TEXT_MAX = 96;
const rows = [new Int32Array(TEXT_MAX + 1), new Int32Array(TEXT_MAX + 1), new Int32Array(TEXT_MAX + 1)] as const;

/**
 * Insertions, deletions, substitutions and swaps of neighbours that turn one text into the other (optimal string alignment),
 * or `most + 1` when it takes more than `most`. Texts longer than 96 characters are compared by their beginnings.
 */
export function edits(left: string, right: string, most: number): number {
  if (left === right) return 0;
  const width = Math.min(right.length, TEXT_MAX);
  const height = Math.min(left.length, TEXT_MAX);
  if (Math.abs(height - width) > most) return most + 1;
  let [before, above, row] = rows as readonly [Int32Array, Int32Array, Int32Array];
  for (let column = 0; column <= width; column++) above[column] = column;
  for (let line = 1; line <= height; line++) {
    let least = line;
    row[0] = line;
    const letter = left.charCodeAt(line - 1);
    const letterBefore = line > 1 ? left.charCodeAt(line - 2) : -1;
    for (let column = 1; column <= width; column++) {
      const other = right.charCodeAt(column - 1);
      let cost = (above[column - 1] ?? 0) + (letter === other ? 0 : 1);
      cost = Math.min(cost, (above[column] ?? 0) + 1, (row[column - 1] ?? 0) + 1);
      if (column > 1 && letter === right.charCodeAt(column - 2) && letterBefore === other)
        cost = Math.min(cost, (before[column - 2] ?? 0) + 1);
      row[column] = cost;
      if (cost < least) least = cost;
    }
    if (least > most) return most + 1;
    [before, above, row] = [above, row, before];
  }
  return Math.min(above[width] ?? 0, most + 1);
}

/** True when the two are the same but for one slip: a character wrong, missing or too many, or two neighbours exchanged. */
export function isOneSlip(left: string, right: string): boolean {
  const longer = Math.max(left.length, right.length);
  const shorter = Math.min(left.length, right.length);
  if (longer - shorter > 1) return false;
  let start = 0;
  while (start < shorter && left.charCodeAt(start) === right.charCodeAt(start)) start++;
  let end = 0;
  while (end < shorter - start && left.charCodeAt(left.length - 1 - end) === right.charCodeAt(right.length - 1 - end))
    end++;
  const apart = longer - start - end;
  if (apart <= 1) return true;
  return (
    apart === 2 &&
    left.length === right.length &&
    left.charCodeAt(start) === right.charCodeAt(start + 1) &&
    left.charCodeAt(start + 1) === right.charCodeAt(start)
  );
}

const LETTER_MASK = 31;

/** One bit for each letter that occurs: two texts whose bits differ in many places cannot be alike. */
export function letterBits(folded: string): number {
  let bits = 0;
  for (let at = 0; at < folded.length; at++) bits |= 1 << (folded.charCodeAt(at) & LETTER_MASK);
  return bits;
}

/** A lower bound of `edits` and `lettersApart` from the letter bits: kinds of letters that one text has and the other lacks. */
export function kindsApart(left: number, right: number): number {
  return Math.max(bitCount(left & ~right), bitCount(right & ~left));
}

function bitCount(bits: number): number {
  let count = bits - ((bits >>> 1) & 0x55555555);
  count = (count & 0x33333333) + ((count >>> 2) & 0x33333333);
  return Math.imul((count + (count >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Of the longer text, how many letters the other lacks, wherever they stand; both given as sorted letters. */
export function lettersApart(left: string, right: string): number {
  let [i, j, shared] = [0, 0, 0];
  while (i < left.length && j < right.length) {
    const difference = left.charCodeAt(i) - right.charCodeAt(j);
    if (difference === 0) shared++;
    if (difference <= 0) i++;
    if (difference >= 0) j++;
  }
  return Math.max(left.length, right.length) - shared;
}

const LETTER_BITS = 8;

/** Pairs of neighbouring letters in order, each once: what `sharedPairs` compares. */
export function letterPairs(folded: string): Uint16Array {
  const pairs = new Set<number>();
  for (let at = 0; at + 1 < folded.length; at++) {
    pairs.add(((folded.charCodeAt(at) & 0xff) << LETTER_BITS) | (folded.charCodeAt(at + 1) & 0xff));
  }
  return Uint16Array.from(pairs).sort();
}

/** Dice's coefficient of two sets of letter pairs, in percent. */
export function sharedPairs(left: Uint16Array, right: Uint16Array): number {
  const total = left.length + right.length;
  if (total === 0) return 0;
  let [i, j, shared] = [0, 0, 0];
  while (i < left.length && j < right.length) {
    const difference = (left[i] ?? 0) - (right[j] ?? 0);
    if (difference === 0) shared++;
    if (difference <= 0) i++;
    if (difference >= 0) j++;
  }
  return Math.floor((200 * shared) / total);
}
