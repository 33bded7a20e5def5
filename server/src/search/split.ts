// Parameter values taken apart at `,`, `$` and `|`, which a backslash takes their meaning from.                                (pure)
// https://hl7.org/fhir/R4/search.html#escaping

/** Splits at a separator that no backslash stands before; the parts keep their backslashes. */
export function split(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === separator) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [...parts, text.slice(start)];
}

/** What was meant: `\,` is a comma. A backslash before anything else is one. */
export function meant(text: string): string {
  return text.includes('\\') ? text.replace(/\\([\\,$|])/g, '$1') : text;
}
