// Regular expressions of expressions, compiled once each and kept (N1, section 5.6: matches and replaceMatches; single-line mode).
import { FhirPathError } from '../types.ts';

const PATTERNS_MAX = 1000;
const TEXT_MAX = 1_000_000;
const kept = new Map<string, RegExp>();

/** Throws `operand` for a text that is no pattern. `g` is set: use `lastIndex = 0` or `replace`. */
export function patternOf(text: string, whole: boolean): RegExp {
  const source = whole ? `^(?:${text})$` : text;
  let pattern = kept.get(source);
  if (pattern === undefined) {
    pattern = compiled(source);
    if (kept.size >= PATTERNS_MAX) kept.clear();
    kept.set(source, pattern);
  }
  pattern.lastIndex = 0;
  return pattern;
}

/** Unicode where the pattern allows it: published ones escape letters that Unicode patterns refuse. */
function compiled(source: string): RegExp {
  for (const flags of ['gsu', 'gs']) {
    try {
      return new RegExp(source, flags);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  throw new FhirPathError('operand', 'Not a regular expression');
}

export function checkedLength(text: string): string {
  if (text.length > TEXT_MAX) throw new FhirPathError('limit', `A text is longer than ${TEXT_MAX} characters`);
  return text;
}
