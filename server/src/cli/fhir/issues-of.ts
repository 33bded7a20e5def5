// What is wrong with one resource of a file, with its place in that file.
import { lineAndColumn } from '../../fhir/json-text.ts';
import { fromXml } from '../../fhir-xml/from-xml.ts';
import { type TextOptions, validateText } from '../../validation/index.ts';
import type { ResourceText } from './files.ts';
import type { FileIssue } from './progress.ts';

type Found = Omit<FileIssue, 'file'>;

export function issuesOf(
  resource: ResourceText,
  { library, profiles }: Required<Pick<TextOptions, 'library' | 'profiles'>>,
): readonly Found[] {
  if (resource.form === 'unreadable') return [unreadable(resource)];
  const options: TextOptions = { library, profiles, claimed: true, warnings: true };
  const { form, text, line: firstLine } = resource;
  if (form === 'json') {
    return validateText(text, options).map((issue) => {
      const { line = 1, column = 1 } = issue;
      return shown({ ...issue, line: firstLine + line - 1, column });
    });
  }
  const { json, issues } = fromXml(text);
  if (json === undefined)
    return issues.map((issue) => shown({ ...issue, ...placeInXml(text, issue.span?.start ?? 0) }));
  // Lines of the JSON it became would lead astray.
  return validateText(json, options).map((issue) => shown({ ...issue, line: undefined, column: undefined }));
}

function placeInXml(text: string, startBytes: number): { readonly line: number; readonly column: number } {
  return lineAndColumn(text, Buffer.from(text).subarray(0, startBytes).toString('utf8').length);
}

function unreadable({ reason, message, line }: ResourceText & { readonly form: 'unreadable' }): Found {
  const column = line === undefined ? undefined : 1;
  return { severity: 'fatal', code: 'processing', reason, message, expression: undefined, line, column };
}

/** What is told of an issue; its bytes are for programs that hold them. */
function shown({ severity, code, reason, message, expression, line, column }: Found): Found {
  return { severity, code, reason, message, expression, line, column };
}
