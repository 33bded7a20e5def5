// For tests: every expression that R4 publishes as a search parameter or an error-level invariant, with the type of its focus.
import { baseLibrary } from '../fhir/library.ts';

export type Published = { readonly key: string; readonly type: string; readonly expression: string };

/** Once for each type that a parameter is defined on. */
export function searchExpressions(): readonly Published[] {
  const library = baseLibrary();
  return library.urls('SearchParameter').flatMap((url) => {
    const parameter = library.searchParameter(url);
    const expression = parameter?.expression;
    if (parameter === undefined || expression === undefined) return [];
    return parameter.base.map((type) => ({ key: `${type}?${parameter.code}`, type, expression }));
  });
}

/** Once for each element that states it; what an element has of its type's constraints, the type states. */
export function invariantExpressions(): readonly Published[] {
  const library = baseLibrary();
  const found = new Map<string, Published>();
  for (const url of library.urls('StructureDefinition')) {
    const structure = library.structure(url);
    if (structure?.derivation === 'constraint' || structure?.kind === 'logical') continue;
    for (const element of structure?.snapshot?.element ?? []) {
      for (const { key, severity, expression } of element.constraint ?? []) {
        if (severity !== 'error' || expression === undefined) continue;
        for (const type of focusTypes(element)) found.set(`${key} ${type}`, { key, type, expression });
      }
    }
  }
  return [...found.values()];
}

type Element = {
  readonly path: string;
  readonly contentReference?: string;
  readonly type?: readonly { readonly code: string }[];
};

function focusTypes({ path, type, contentReference }: Element): readonly string[] {
  if (contentReference !== undefined) return [contentReference.slice(contentReference.indexOf('#') + 1)];
  const codes = (type ?? []).map(({ code }) => code);
  if (codes.length === 0 || codes.includes('BackboneElement') || codes.includes('Element')) return [path];
  return codes.filter((code) => !code.startsWith('http'));
}
