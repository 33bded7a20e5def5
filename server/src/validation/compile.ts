// Turns types into functions, each once and only when first needed.
import type { Json, JsonObject } from '../base/json.ts';
import { type Bound, checkConcept, codeFault, codeFinding } from './bindings.ts';
import { checkResource } from './check-resource.ts';
import { constantsFor } from './constants.ts';
import { type Context, report } from './context.ts';
import { typeSource } from './emit-type.ts';
import { checkExtension } from './extensions.ts';
import { PRIMITIVE_CHECKS } from './primitives.ts';
import { checkReference } from './references.ts';
import * as runtime from './runtime.ts';
import { xhtmlFault } from './xhtml.ts';

export type Check = (value: Json, context: Context) => void;
type Factory = (R: typeof LENT, K: readonly unknown[]) => Check;

const compiled = new Map<string, Check>();

/** The check of a type or nested element, such as `Patient` or `Patient.contact`. */
export function checkOf(path: string): Check {
  const known = compiled.get(path);
  if (known !== undefined) return known;
  const constants = constantsFor();
  // The names in the source come from the definitions that ship with the server, and each is checked to be a word.
  const factory = new Function('R', 'K', typeSource(path, constants)) as Factory;
  const check = factory(LENT, constants.values);
  compiled.set(path, check);
  return check;
}

/** All that generated code may call. */
const LENT = {
  P: { ...PRIMITIVE_CHECKS, xhtml: (value: Json) => PRIMITIVE_CHECKS['xhtml']?.(value) ?? xhtmlFault(String(value)) },
  PATH_MAX: runtime.PATH_MAX,
  type: checkOf,
  notObject: runtime.notObject,
  tooDeep: runtime.tooDeep,
  badList: runtime.badList,
  choiceTwice: runtime.choiceTwice,
  emptyObject: runtime.emptyObject,
  isPart: runtime.isPart,
  missing: runtime.missing,
  broken: runtime.broken,
  codeFault,
  concept: checkConcept,
  reference: checkReference,
  primitive(...[fault, value, label, context]: [Parameters<typeof runtime.primitive>[0], Json, string, Context]) {
    runtime.primitive(fault, value, { label, context });
  },
  primitiveAt(
    ...[fault, at, label, owner, context]: [
      Parameters<typeof runtime.primitive>[0],
      number,
      string,
      JsonObject,
      Context,
    ]
  ) {
    runtime.primitiveAt(fault, at, { label, owner, context });
  },
  unknown(...[key, owner, keys, context]: [string, JsonObject, readonly string[], Context]) {
    return runtime.unknown(key, owner, { keys, context });
  },
  companion(...[value, owner, label, name, context]: [Json, JsonObject, string, string, Context]) {
    runtime.companion(value, owner, { label, name, context, check: checkOf('Element') });
  },
  companions(...[value, owner, label, name, context]: [Json, JsonObject, string, string, Context]) {
    runtime.companions(value, owner, { label, name, context, check: checkOf('Element') });
  },
  // A canonical or URI may point at a contained resource too, which is then not left over (dom-3).
  pointsAt(value: string, context: Context) {
    context.scope.pointedAt?.add(value.slice(1));
  },
  extensibleCode(...[value, label, bound, context]: [Json, string, Bound, Context]) {
    const finding = typeof value === 'string' ? codeFinding(value, bound) : undefined;
    if (finding !== undefined) report(context, finding, label);
  },
  resource(value: Json, context: Context, contained: boolean) {
    checkResource(value, context, { contained, checkOf });
  },
  extension(...[value, owner, isModifier, context]: [Json, JsonObject, boolean, Context]) {
    checkExtension(value, { owner, isModifier }, context);
  },
  profiled(value: Json, profile: string, context: Context) {
    context.profiles.check(profile)?.(value, context);
  },
};
