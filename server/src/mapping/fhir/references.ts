// References between the entries of one receipt: what points at an entry by its fullUrl is made to point at that entry's key.
import type { Edit } from '../../fhir/json-text.ts';

/** What an entry's fullUrl stands for in the statements: `key:Patient|new:3`, or `Patient/123` where the id is known. */
export type Targets = ReadonlyMap<string, string>;

/** A reference that cannot be followed, by string index in the text searched. */
export type Dangling = {
  readonly reason: 'reference-unresolved' | 'reference-conditional';
  readonly start: number;
  readonly end: number;
};
export type Redirected = {
  readonly edits: readonly Edit[];
  /** Searches that references are written as, where `resolve` asks for them. */
  readonly conditions: readonly string[];
  readonly byIdentifier: readonly Edit[];
  readonly dangling: readonly Dangling[];
};

// A quote inside a JSON string is always escaped, so a name between bare quotes with a colon behind it is a member's name.
const REFERENCE = /(?<!\\)"reference"\s*:\s*"((?:[^"\\]|\\.)*)"/g;
const SEARCH = /^[A-Z][A-Za-z]+\?[^\s]+$/;
const CONDITIONAL = /^([A-Z][A-Za-z]+)\?identifier=([^&|]*)\|([^&|]+)$/;

/** The edits that redirect the references of `text[start, end)`. */
export function redirect(
  text: string,
  range: { readonly start: number; readonly end: number },
  { targets, resolve }: { readonly targets: Targets; readonly resolve: boolean },
): Redirected {
  const conditions: string[] = [];
  const edits: Edit[] = [];
  const byIdentifier: Edit[] = [];
  const dangling: Dangling[] = [];
  const slice = text.slice(range.start, range.end);
  for (const match of slice.matchAll(REFERENCE)) {
    const sent = match[1] ?? '';
    const start = range.start + match.index;
    const end = start + match[0].length;
    const target = targets.get(sent);
    const conditional = CONDITIONAL.exec(sent);
    if (target !== undefined) edits.push({ start: end - 1 - sent.length, end: end - 1, text: escaped(target) });
    else if (resolve && SEARCH.test(sent)) {
      const query = JSON.parse(`"${sent}"`) as string;
      conditions.push(query);
      const key = `key:${query.slice(0, query.indexOf('?'))}|find:${query}`;
      edits.push({ start: end - 1 - sent.length, end: end - 1, text: escaped(key) });
    } else if (conditional !== null) byIdentifier.push({ start, end, text: logical(conditional) });
    else if (sent.includes('?')) dangling.push({ reason: 'reference-conditional', start, end });
    else if (/^urn:(uuid|oid):/.test(sent)) dangling.push({ reason: 'reference-unresolved', start, end });
  }
  return { edits, conditions, byIdentifier, dangling };
}

/** `Practitioner?identifier=s|v` as the logical reference that FHIR has for it. */
function logical([, type, system, value]: RegExpExecArray): string {
  const [decodedSystem, decodedValue] = [system, value].map((part) => decode(part ?? ''));
  const identifier = decodedSystem === '' ? { value: decodedValue } : { system: decodedSystem, value: decodedValue };
  return `"type":${JSON.stringify(type)},"identifier":${JSON.stringify(identifier)}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // Not percent-encoded after all.
    return part;
  }
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
