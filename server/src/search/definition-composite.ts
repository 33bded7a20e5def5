// The components of a composite SearchParameter: what each is compared as, and what is wrong with its expression.             (pure)
// https://hl7.org/fhir/R4/searchparameter-definitions.html#SearchParameter.component
import { isObject, type JsonObject } from '../base/json.ts';
import { baseLibrary } from '../fhir/library.ts';
import { FhirPathError, parseExpression } from '../fhirpath/index.ts';
import { type ComponentDefinition, type CustomTable, componentPaths, type Definition } from './custom.ts';
import { componentEvaluator, refusedCall } from './evaluate.ts';
import { pathsOf } from './expression.ts';
import { list, textOf } from './leaves/place.ts';
import type { Kind } from './types.ts';

const COMPONENTS_MIN = 2;
const COMPONENTS_MAX = 8;
type Named = { readonly code: string; readonly kind: Kind };

export type Components = { readonly components: readonly ComponentDefinition[] } | { readonly wrong: string };

/** The components with the codes and types that their definitions give them. */
export function componentsOf(resource: JsonObject, custom: CustomTable): Components {
  const given = list(resource['component']).filter(isObject);
  if (given.length < COMPONENTS_MIN || given.length > COMPONENTS_MAX)
    return { wrong: `A composite has ${COMPONENTS_MIN} to ${COMPONENTS_MAX} components; this has ${given.length}.` };
  const components: ComponentDefinition[] = [];
  for (const one of given) {
    const definition = (textOf(one, 'definition') ?? '').replace(/\|.*$/, '');
    const expression = textOf(one, 'expression');
    const named = namedBy(definition, custom);
    if (named === undefined)
      return {
        wrong: `"${definition.slice(0, 200)}" is no search parameter of FHIR R4, and none that is active here. Create it first, so that its type is known.`,
      };
    if (named.kind === 'composite' || named.kind === 'special')
      return { wrong: `"${named.code}" is a ${named.kind} parameter, which cannot be a part of another.` };
    if (expression === undefined) return { wrong: `The component "${named.code}" has no expression.` };
    components.push({ definition, expression, ...named });
  }
  return { components };
}

/** A definition that is gone is still told by the composites that were made of it. */
function namedBy(url: string, custom: CustomTable): Named | undefined {
  const base = baseLibrary().searchParameter(url);
  if (base !== undefined) return { code: base.code, kind: base.type as Kind };
  const own = Object.values(custom).flatMap((table) => Object.values(table));
  const parts = own.flatMap(({ definition }) => definition.components ?? []);
  const found = own.find((one) => one.url === url) ?? parts.find((one) => one.definition === url);
  return found === undefined ? undefined : { code: found.code, kind: found.kind };
}

/** In words, and at which component; undefined when nothing is wrong, or the definition is not one of a composite. */
export function wrongWithComponents(definition: Definition): { place: number; wrong: string } | undefined {
  const { components = [], type, expression } = definition;
  // An expression that is more than a path does not say of what types the items are; each then shows when it is met.
  const items = new Set(pathsOf(expression, type, 'composite')?.map((path) => path.type));
  for (const [place, component] of components.entries()) {
    const wrong = wrongWith(component, items);
    if (wrong !== undefined) return { place, wrong };
  }
  return undefined;
}

function wrongWith({ expression, code, kind }: ComponentDefinition, items: ReadonlySet<string>): string | undefined {
  try {
    const call = refusedCall(expression);
    if (call !== undefined) return call;
    parseExpression(expression);
    for (const item of items) componentEvaluator(item, expression);
  } catch (error) {
    if (!(error instanceof FhirPathError)) throw error;
    return `The expression of the component "${code}" cannot be compiled: ${error.message}.`;
  }
  const leads = [...items].map((item) => componentPaths(expression, item, kind));
  return items.size > 0 && leads.every((paths) => paths?.length === 0)
    ? `The expression of the component "${code}" leads to no elements that a parameter of type ${kind} can be made of (line 1, column 1).`
    : undefined;
}
