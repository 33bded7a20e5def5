// How FHIR makes names of names: the JSON name of a choice, and the parts of a canonical URL.                                 (pure)

/** The JSON name of a choice of a type: `value` and `Quantity` make `valueQuantity`. */
export function choiceName(element: string, type: string): string {
  return `${element}${type.slice(0, 1).toUpperCase()}${type.slice(1)}`;
}

/** A canonical URL without the version that may stand behind `|`. */
export function bareUrl(canonical: string): string {
  return canonical.split('|', 1)[0] ?? canonical;
}

/** The last part of a URL, by which people call a profile or a value set. */
export function lastPart(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}
