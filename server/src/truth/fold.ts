// What one resource of one source says now: its statements folded in the order in which they were said.
// Absence never overwrites; only a value, an explicit "none" or a replacement of the whole resource does.
import type { ElementSaid } from '../mapping/types.ts';
import { choiceBase, elementName } from './choice.ts';
import { clearElement, eraseElement, setElement } from './fold-element.ts';
import { isList, isObject, sameContent } from './json-values.ts';
import { compareMoments, inOrder } from './order.ts';
import { isRemoval } from './removal.ts';
import { isHiddenWhenRestricted, isRestrictedMeta } from './restricted.ts';
import { adopts } from './supersession.ts';
import type { Spoken, View, ViewElement } from './types.ts';

type Elements = { [element: string]: ViewElement };

// Not claims about the patient: they describe the text that carries them, so they come and go with it.
const FRAME: ReadonlySet<string> = new Set(['text', 'implicitRules', 'language', 'contained']);
const SERVER_OWNED: ReadonlySet<string> = new Set(['resourceType', 'id', 'meta']);

/** The view after all statements of one resource; they may come in any order. Undefined for none. */
export function fold(statements: readonly Spoken[]): View | undefined {
  return foldAll(undefined, inOrder(statements));
}

/** A view and what was said after it ends, in any order. */
export function foldOn(view: View, statements: readonly Spoken[]): View {
  return foldAll(view, inOrder(statements)) ?? view;
}

function foldAll(view: View | undefined, ordered: readonly Spoken[]): View | undefined {
  let next = view;
  for (const [place, statement] of ordered.entries())
    if (!isWithinRepeats(ordered, place)) next = apply(next, statement);
  return next;
}

/**
 * Whether the statement stands within a run of one and the same, read once: the second time entries may still be put in their order,
 * and only the last tells until when it was repeated, so nothing of those between shows in the view.
 */
export function isWithinRepeats(ordered: readonly Spoken[], place: number): boolean {
  return (
    isSaidAgain(ordered[place - 2], ordered[place - 1]) &&
    isSaidAgain(ordered[place - 1], ordered[place]) &&
    isSaidAgain(ordered[place], ordered[place + 1])
  );
}

/** By identity: who reads many statements reads equal ones once (`pipeline/person-reader.ts`). */
function isSaidAgain(before: Spoken | undefined, after: Spoken | undefined): boolean {
  return (
    before !== undefined &&
    after !== undefined &&
    before.text !== '' &&
    before.resource === after.resource &&
    before.said === after.said &&
    before.replaces === after.replaces &&
    before.source === after.source &&
    before.resourceId === after.resourceId
  );
}

/**
 * The view after one more statement. `refold`: the statement was said before the newest one folded in, so its place is in the
 * middle and the caller folds the whole history. A statement folded in already changes nothing.
 */
export function foldNext(view: View | undefined, statement: Spoken): View | 'refold' {
  if (view === undefined) return apply(undefined, statement);
  const order = compareMoments(statement, { saidAt: view.lastSaidAt, id: view.lastStatement });
  if (order < 0) return 'refold';
  return order === 0 ? view : apply(view, statement);
}

function apply(view: View | undefined, statement: Spoken): View {
  const last = { lastSaidAt: statement.saidAt, lastStatement: statement.id };
  if (isRemoval(statement))
    return { resourceType: statement.resourceType, elements: {}, ...last, wholeText: undefined, removed: true };
  if (view?.removed === true) return apply(undefined, statement);
  if (view !== undefined && !adopts(view, statement)) return { ...view, ...last };
  const elements = statement.replaces ? replaceAll(view, statement) : change(view, statement);
  const wholeText = statement.replaces && saysAllItCarries(statement, elements) ? statement.text : undefined;
  return { resourceType: statement.resourceType, elements, ...last, wholeText };
}

/** A message that speaks of some elements: the others stay as they were. */
function change(view: View | undefined, statement: Spoken): Elements {
  const elements: Elements = { ...view?.elements };
  if (statement.text === '') return erase(elements, statement);
  takeMeta(elements, statement);
  const given = givenBy(statement);
  const cleared = new Set<string>();
  for (const said of statement.said) {
    if (said.action !== 'clear') continue;
    cleared.add(said.element);
    if (!given.has(said.element)) clear(elements, said, statement);
  }
  const done = new Set<string>();
  for (const said of statement.said) {
    if (said.action !== 'set' || done.has(said.element)) continue;
    done.add(said.element);
    // Cleared and given at once means: this, and nothing else. Doing both in turn would make each repetition look like news.
    set(elements, cleared.has(said.element) ? { ...said, update: 'snapshot' } : said, statement);
  }
  return elements;
}

/** What the statement gives a value to, choices also by the name that covers both forms. */
function givenBy(statement: Spoken): ReadonlySet<string> {
  const given = new Set<string>();
  for (const said of statement.said) if (said.action === 'set') given.add(said.element).add(elementName(said.element));
  return given;
}

/** A whole resource: what it does not carry is gone, and remembered as taken back. */
function replaceAll(view: View | undefined, statement: Spoken): Elements {
  const before = view?.elements ?? {};
  const elements: Elements = {};
  if (statement.text === '') return erase(elements, statement);
  const said = new Map(statement.said.map((one) => [one.element, one]));
  for (const property of propertiesSaid(statement)) {
    const value = statement.resource[property];
    const how = said.get(property);
    const speaking = how?.action === 'set' ? { ...statementKey(statement), ...how } : statement;
    if (value !== undefined) elements[property] = setElement(before[property], value, speaking);
  }
  const restricted = isRestrictedMeta(statement.resource['meta']);
  for (const property of Object.keys(before)) {
    const previous = before[property];
    if (previous === undefined || elements[property] !== undefined || spokenOtherwise(elements, property)) continue;
    // Carried but not said: the source's update policy keeps it from speaking of this element, so it takes nothing back either.
    const unsaid = statement.resource[property] !== undefined && property !== 'meta';
    if (unsaid || (restricted && isHiddenWhenRestricted(property))) elements[property] = previous;
    else if (!property.startsWith('_') && !FRAME.has(property) && property !== 'meta') {
      elements[property] = clearElement(previous, statement);
    }
  }
  const given = givenBy(statement);
  for (const said of statement.said) {
    const held = given.has(said.element) || elements[said.element] !== undefined;
    if (said.action === 'clear' && !held) clear(elements, said, statement);
  }
  return elements;
}

function spokenOtherwise(elements: Elements, property: string): boolean {
  const base = choiceBase(property);
  return base !== undefined && Object.keys(elements).some((other) => choiceBase(other) === base);
}

/** Properties of a whole resource that count: those said, with their `_` companions, and what frames the text. */
function propertiesSaid(statement: Spoken): readonly string[] {
  const said = new Set(statement.said.filter((one) => one.action === 'set').map((one) => one.element));
  return Object.keys(statement.resource).filter(
    (property) => property === 'meta' || FRAME.has(property) || said.has(property) || said.has(bare(property)),
  );
}

function bare(property: string): string {
  return property.startsWith('_') ? property.slice(1) : property;
}

function saysAllItCarries(statement: Spoken, elements: Elements): boolean {
  const counted = new Set(propertiesSaid(statement));
  for (const property of Object.keys(statement.resource)) {
    if (!SERVER_OWNED.has(property) && !counted.has(property)) return false;
  }
  // An address kept behind a restricted record's silence is not in its text, nor are entries kept by a merge.
  return Object.keys(elements).every((property) => {
    const held = elements[property]?.value;
    return held === undefined || sameContent(held, statement.resource[property]);
  });
}

function set(elements: Elements, said: ElementSaid, statement: Spoken): void {
  const property = said.element;
  const value = statement.resource[property];
  const companion = statement.resource[`_${property}`];
  if (value === undefined && companion === undefined) return;
  removeOtherChoices(elements, property);
  if (value !== undefined)
    elements[property] = setElement(elements[property], value, { ...statementKey(statement), ...said });
  else remove(elements, property);
  if (property.startsWith('_')) return;
  if (companion !== undefined) elements[`_${property}`] = setElement(elements[`_${property}`], companion, statement);
  else remove(elements, `_${property}`);
}

/** Deleting what is not there would still make the engine store the object in a slower way. */
function remove(elements: Elements, property: string): void {
  if (elements[property] !== undefined) delete elements[property];
}

/** `clear` with `merge-by-type` and entries present clears only the entries of those types: their other parts are ignored. */
function clear(elements: Elements, said: ElementSaid, statement: Spoken): void {
  const property = said.element;
  if (property.endsWith('[x]')) {
    clearChoice(elements, property, statement);
    return;
  }
  const carried = statement.resource[property];
  const only = said.update === 'merge-by-type' && isList(carried) ? carried : undefined;
  elements[property] = clearElement(elements[property], { ...statementKey(statement), element: property }, only);
  remove(elements, `_${property}`);
}

function clearChoice(elements: Elements, name: string, statement: Spoken): void {
  const held = Object.keys(elements).filter((property) => `${choiceBase(property)}[x]` === name);
  for (const property of held) elements[property] = clearElement(elements[property], statement);
  if (held.length === 0) elements[name] = clearElement(undefined, statement);
}

function removeOtherChoices(elements: Elements, property: string): void {
  const base = choiceBase(property);
  if (base === undefined) return;
  for (const other of Object.keys(elements)) {
    if (other !== property && choiceBase(bare(other)) === base && bare(other) !== property) delete elements[other];
  }
}

function takeMeta(elements: Elements, statement: Spoken): void {
  const meta = statement.resource['meta'];
  if (isObject(meta)) elements['meta'] = setElement(elements['meta'], meta, statement);
}

/** The content of the statement was destroyed; that it spoke of these elements is still known. */
function erase(elements: Elements, statement: Spoken): Elements {
  for (const said of statement.said) {
    removeOtherChoices(elements, said.element);
    elements[said.element] =
      said.action === 'set' ? eraseElement(statement) : clearElement(elements[said.element], statement);
  }
  return elements;
}

function statementKey(statement: Spoken): Pick<Spoken, 'id' | 'source' | 'saidAt'> {
  return { id: statement.id, source: statement.source, saidAt: statement.saidAt };
}
