// Extensions: those whose definition is known are held to it and to where it says they may stand; a modifier nobody knows is refused.
import { type Json, type JsonObject, objectIn } from '../base/json.ts';
import { ancestry, elementsOf } from '../fhir/definitions.ts';
import { choiceName } from '../fhir/names.ts';
import { type Context, report, textIn } from './context.ts';

const UNKNOWN_MODIFIER = {
  code: 'extension',
  reason: 'modifier-extension-unknown',
  what: 'changes the meaning of what it stands in, and its definition is not known here',
  fix: 'Load the package that defines it, or send the content without it only if it does not depend on it.',
};
const UNKNOWN = {
  severity: 'information',
  code: 'informational',
  reason: 'extension-unknown',
  what: 'has a definition that is not known here, so its content was not checked',
  fix: 'Load the package that defines it.',
} as const;
const NOT_MODIFIER = {
  code: 'extension',
  reason: 'extension-not-modifier',
  what: 'stands in modifierExtension and is not defined as a modifier',
  fix: 'Send it in extension.',
};
const IS_MODIFIER = {
  code: 'extension',
  reason: 'extension-is-modifier',
  what: 'is defined as a modifier and stands in extension',
  fix: 'Send it in modifierExtension.',
};
const MISPLACED = {
  code: 'extension',
  reason: 'extension-context',
  what: 'stands where its definition does not allow it',
};
/** Distinct places are few; a sender who makes up more gains nothing. */
const PLACES_MAX = 10_000;

/** Extensions of R4 that R4's own definitions carry where their published context does not say so. */
const ALSO: { readonly [name: string]: readonly string[] | undefined } = {
  'structuredefinition-fhir-type': ['ElementDefinition.type'],
  'structuredefinition-normative-version': ['Resource', 'ElementDefinition'],
  regex: ['ElementDefinition.type'],
  translation: ['ValueSet.expansion.contains'],
  'valueset-concept-comments': ['CodeSystem.concept'],
};
const CORE = 'http://hl7.org/fhir/StructureDefinition/';

const placesOf = new Map<string, ReadonlySet<string>>();

export type Where = { readonly owner: JsonObject; readonly isModifier: boolean };

/** The context stands at the extension. */
export function checkExtension(value: Json, { owner, isModifier }: Where, context: Context): void {
  const url = textIn(objectIn(value)?.['url']);
  if (url === undefined) return;
  const known = context.profiles.extension(url);
  if (known === undefined) {
    if (isModifier) report(context, UNKNOWN_MODIFIER);
    else if (context.warnings && url.includes(':')) report(context, UNKNOWN);
    return;
  }
  if (known.isModifier !== isModifier) report(context, isModifier ? NOT_MODIFIER : IS_MODIFIER);
  const { places } = known;
  if (places !== undefined && !stands(places, { url, owner }, context)) {
    report(context, { ...MISPLACED, fix: `Put it in ${[...places].join(', ')}, or remove it.` });
  }
  known.check(value, context);
}

function stands(
  places: ReadonlySet<string>,
  { url, owner }: { url: string; owner: JsonObject },
  context: Context,
): boolean {
  const here = placesHere(context);
  for (const place of places) if (here.has(place)) return true;
  if (url.startsWith(CORE) && ALSO[url.slice(CORE.length)]?.some((place) => here.has(place)) === true) return true;
  const around = textIn(owner['url']);
  return around !== undefined && places.has(around);
}

/** Paths and types by which a definition may name the element that holds the extension. */
function placesHere({ path, resourceAt, resourceType }: Context): ReadonlySet<string> {
  const steps = path.slice(resourceAt, -2).filter((step) => typeof step === 'string');
  const key = `${resourceType} ${steps.join(' ')}`;
  const known = placesOf.get(key);
  if (known !== undefined) return known;
  const places = namesOf(resourceType, steps);
  if (placesOf.size < PLACES_MAX) placesOf.set(key, places);
  return places;
}

function namesOf(resourceType: string, steps: readonly string[]): ReadonlySet<string> {
  let type = resourceType;
  let names: readonly string[] = [resourceType];
  for (const step of steps) {
    const [, stem = step, chosen] = /^(\w+)\.ofType\((\w+)\)$/.exec(step) ?? [];
    const element = elementsOf(type).find(({ name }) => name === stem);
    type = chosen ?? element?.types[0]?.type ?? 'Element';
    const forms = chosen === undefined ? [stem] : [`${stem}[x]`, choiceName(stem, chosen)];
    names = [...names.flatMap((name) => forms.map((form) => `${name}.${form}`)), type];
  }
  return new Set([...names, ...ancestry(type), 'Element', '*']);
}
