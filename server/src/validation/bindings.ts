// Required bindings: the code must be one of the value set's.
import type { Json, JsonObject } from '../base/json.ts';
import { codesOf } from '../fhir/definitions.ts';
import { type Context, objectIn, objectsIn, report, textIn } from './context.ts';
import type { PrimitiveCheck } from './primitives.ts';

type Codes = ReadonlyMap<string, ReadonlySet<string>>;
/** Shown in a message when there are no more than this. */
const CODES_SHOWN_MAX = 12;
/** Value sets that no list can hold, by the form their standard gives them. */
const FORMS: { readonly [valueSet: string]: RegExp } = {
  mimetypes: /^[A-Za-z0-9!#$&^_.+*-]+\/[A-Za-z0-9!#$&^_.+*-]+(\s*;.*)?$|^[a-z0-9+.-]+$/,
  currencies: /^[A-Z]{3}$/,
};

/** For elements of type code, string or uri. */
export function boundCode(check: PrimitiveCheck, valueSet: string): PrimitiveCheck {
  const codes = codesOf(valueSet);
  const allowed = codes === undefined ? undefined : new Set([...codes.values()].flatMap((set) => [...set]));
  const form = FORMS[valueSet];
  const fault = {
    reason: 'code-not-in-value-set',
    what: `holds a code that the value set ${valueSet} does not have`,
    fix: advice(allowed),
  };
  return (value) => {
    const found = check(value);
    if (found !== undefined || typeof value !== 'string') return found;
    if (allowed !== undefined) return allowed.has(value) ? undefined : fault;
    return form === undefined || form.test(value) ? undefined : fault;
  };
}

function advice(allowed: ReadonlySet<string> | undefined): string {
  if (allowed === undefined || allowed.size > CODES_SHOWN_MAX) return 'Use a code of that value set.';
  return `Use one of ${[...allowed].join(', ')}.`;
}

/** For elements of type Coding or CodeableConcept; undefined when there is nothing to check. */
export function boundConcept(type: string, valueSet: string): ((value: Json, context: Context) => void) | undefined {
  const codes = codesOf(valueSet);
  if (codes === undefined || (type !== 'CodeableConcept' && type !== 'Coding')) return undefined;
  const allowed = new Set([...codes.values()].flatMap((set) => [...set]));
  const finding = {
    code: 'code-invalid',
    reason: 'code-not-in-value-set',
    what: `has no code of the value set ${valueSet}, which is required`,
    fix: advice(allowed),
  };
  return (value, context) => {
    const object = objectIn(value);
    if (object === undefined) return;
    const codings = type === 'Coding' ? [object] : objectsIn(object['coding']);
    const onlyExtended = object['extension'] !== undefined && !codings.some((coding) => coding['code'] !== undefined);
    if (!onlyExtended && !codings.some((coding) => isOf(coding, codes))) report(context, finding);
  };
}

function isOf(coding: JsonObject, codes: Codes): boolean {
  return codes.get(textIn(coding['system']) ?? '')?.has(textIn(coding['code']) ?? '') ?? false;
}
