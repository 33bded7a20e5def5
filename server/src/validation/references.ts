// References: their form, whether what they point at inside the resource is there, and whether it may be pointed at.
import { type Json, objectIn } from '../base/json.ts';
import { isResourceType } from '../fhir/definitions.ts';
import { isId, isUuid } from './characters.ts';
import { type Context, report, textIn } from './context.ts';

const ID = '[A-Za-z0-9\\-.]{1,64}';
const TYPED = new RegExp(`(?:^|/)([A-Za-z]+)/${ID}(?:/_history/${ID})?$`);
const CONDITIONAL = /^([A-Za-z]+)\?\S+$/;
const DRAFT = /^key:([A-Za-z]+)\|/;
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:\S+$/i;

const BAD_FORM = {
  code: 'value',
  reason: 'reference-form',
  what: 'is not a reference',
  fix: 'Write Type/id, an absolute URL, urn:uuid: or #id.',
};
const NOT_CONTAINED = {
  code: 'not-found',
  reason: 'contained-not-found',
  what: 'points at a contained resource that is not there (ref-1)',
  fix: 'Contain the resource, or correct the id.',
};
const NOT_IN_BUNDLE = {
  code: 'not-found',
  reason: 'reference-not-in-bundle',
  what: 'points at an entry that the Bundle does not have',
  fix: 'Add the entry with that fullUrl, or correct the reference.',
};
const WRONG_TARGET = { code: 'value', reason: 'reference-target' };
const TYPE_DISAGREES = {
  code: 'value',
  reason: 'reference-type-disagrees',
  what: 'names another type than its reference',
  fix: 'Correct Reference.type or leave it out.',
};

/** Form of the reference, and its type: a resource type, `unknown`, or undefined when the form is wrong (and reported). */
type Pointed = string | undefined;

export function checkReference(value: Json, targets: ReadonlySet<string> | undefined, context: Context): void {
  const object = objectIn(value);
  if (object === undefined) return;
  const reference = textIn(object['reference']);
  const stated = textIn(object['type']);
  const pointed = reference === undefined ? 'unknown' : pointedType(reference, context);
  if (pointed === undefined) return;
  const type = pointed === 'unknown' && stated !== undefined && isResourceType(stated) ? stated : pointed;
  if (stated !== undefined && pointed !== 'unknown' && isResourceType(stated) && stated !== pointed) {
    report(context, TYPE_DISAGREES, 'type');
  }
  if (targets !== undefined) checkTarget(type, targets, context);
}

/** Whether what a reference points at is of a type that a profile allows; its form is the base type's business. */
export function checkTargets(value: Json, targets: ReadonlySet<string>, context: Context): void {
  const object = objectIn(value);
  const reference = textIn(object?.['reference']);
  const quiet: Context = { ...context, issues: [], errors: 0 };
  const pointed = reference === undefined ? 'unknown' : (pointedType(reference, quiet) ?? 'unknown');
  const stated = textIn(object?.['type']);
  checkTarget(
    pointed === 'unknown' && stated !== undefined && isResourceType(stated) ? stated : pointed,
    targets,
    context,
  );
}

function checkTarget(type: string, targets: ReadonlySet<string>, context: Context): void {
  if (type === 'unknown' || targets.has(type)) return;
  const what = `points at a ${type}, which is not allowed here`;
  report(context, { ...WRONG_TARGET, what, fix: `Point at ${[...targets].join(', ')}.` });
}

function pointedType(reference: string, context: Context): Pointed {
  if (reference.startsWith('#')) return containedType(reference.slice(1), context);
  const relative = relativeType(reference);
  if (relative !== undefined) return relative;
  if (reference.startsWith('urn:uuid:') && !isUuid(reference, 9)) return badForm(context);
  const known = textIn(context.bundle?.get(reference)?.['resourceType']) ?? context.resolve?.(reference);
  if (known !== undefined) return known;
  if (reference.startsWith('urn:uuid:') || reference.startsWith('urn:oid:')) return nameless(context);
  const special = draftOrConditional(reference, context);
  if (special !== undefined || DRAFT.test(reference)) return special;
  if (!ABSOLUTE.test(reference)) return badForm(context);
  const last = TYPED.exec(reference)?.[1];
  return last !== undefined && isResourceType(last) ? last : 'unknown';
}

/** What has no address of its own can be found in its Bundle alone, where such a Bundle must be whole. */
function nameless(context: Context): 'unknown' {
  if (context.isWholeBundle) report(context, NOT_IN_BUNDLE, 'reference');
  return 'unknown';
}

/** The type of `Type/id` and `Type/id/_history/version`. */
function relativeType(reference: string): string | undefined {
  const slash = reference.indexOf('/');
  if (slash < 1) return undefined;
  const next = reference.indexOf('/', slash + 1);
  const end = next === -1 ? reference.length : next;
  if (!isId(reference, slash + 1, end)) return undefined;
  if (next !== -1 && !(reference.startsWith('/_history/', next) && isId(reference, next + 10, reference.length)))
    return undefined;
  const type = reference.slice(0, slash);
  return isResourceType(type) ? type : undefined;
}

// Conditional references are for transactions, keys for drafts that the server itself made: no caller may send them.
function draftOrConditional(reference: string, context: Context): Pointed {
  const draft = DRAFT.exec(reference)?.[1];
  if (draft !== undefined) return context.drafted && isResourceType(draft) ? draft : badForm(context);
  const conditional = context.bundle === undefined && !context.drafted ? undefined : CONDITIONAL.exec(reference)?.[1];
  return conditional !== undefined && isResourceType(conditional) ? conditional : undefined;
}

function containedType(id: string, context: Context): Pointed {
  const { scope } = context;
  scope.pointedAt?.add(id === '' ? (scope.inside ?? '') : id);
  if (id === '') return scope.containerType;
  const type = scope.contained.get(id);
  if (type === undefined) report(context, NOT_CONTAINED, 'reference');
  return type;
}

function badForm(context: Context): undefined {
  report(context, BAD_FORM, 'reference');
  return undefined;
}
