// Validates JSON as it was sent: issues with line, column and bytes, for files and for `$validate`.
import { type Json, objectIn, parseFaithful } from '../base/json.ts';
import { lineAndColumn } from '../fhir/json-text.ts';
import { syntaxErrorAt } from '../fhir/syntax-error.ts';
import { textIn } from './context.ts';
import { locatorOf } from './locate.ts';
import type { Issue } from './types.ts';
import { type ValidateOptions, validate } from './validate.ts';

export type LocatedIssue = Issue & { readonly line: number | undefined; readonly column: number | undefined };
export type TextOptions = Omit<ValidateOptions, 'type'> & { readonly type?: string };

/** The type is the resource's own where none is given. References are taken as sent. Nothing is located while nothing is found. */
export function validateText(text: string, options: TextOptions = {}): readonly LocatedIssue[] {
  const parsed = parsedOrIssue(text);
  if ('issue' in parsed) return [parsed.issue];
  const resource = objectIn(parsed.value);
  const type = options.type ?? textIn(resource?.['resourceType']) ?? 'Resource';
  return located(text, validate(resource ?? {}, { references: 'sent', ...options, type }));
}

/** Issues of the resource that a text is, each with its place in the text. */
export function located(text: string, issues: readonly Issue[]): readonly LocatedIssue[] {
  if (issues.length === 0) return [];
  const locator = locatorOf(text);
  return issues.map((issue) => {
    const place = issue.expression === undefined ? undefined : locator(issue.expression);
    return { ...issue, span: place?.span ?? issue.span, line: place?.line, column: place?.column };
  });
}

/** The text as JSON, or where it is none. */
export function parsedOrIssue(text: string): { readonly value: Json } | { readonly issue: LocatedIssue } {
  // `toJSON` and the like need no care: what is parsed is data.
  const at = syntaxErrorAt(text);
  if (at === undefined) return { value: parseFaithful(text) };
  return {
    issue: {
      ...{ severity: 'fatal', code: 'structure', reason: 'not-json', expression: undefined, span: undefined },
      message: 'The text is not valid JSON. Correct it at the place given.',
      ...lineAndColumn(text, at),
    },
  };
}
