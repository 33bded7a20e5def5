// Conditional writes and references: once the searches are answered, drafts are about what was found, or about something new.  (pure)
import { type JsonObject, parseFaithful } from '../base/json.ts';
import type { StateReason } from '../intake/types.ts';
import type { Condition } from '../mapping/types.ts';
import type { Effect, Prepared, PreparedDraft } from './types.ts';

/** A conditional delete of more is taken for a mistake: https://hl7.org/fhir/R4/http.html#3.1.0.7.1 leaves it to the server. */
export const DELETED_MAX = 100;
/** The answer to each query: ids that match, of which two are enough to know that it is not one; for a delete, one more than it may take. */
export type Found = ReadonlyMap<string, readonly string[]>;
/** `key`: what the draft is about. `silent`: nothing is said of it. */
type Decided = { readonly key: string | undefined; readonly silent: boolean; readonly others: readonly string[] };

/** A receipt with its conditions decided. More than one match, or none where one is needed, refuses it whole. */
export function decideConditions(prepared: Prepared, found: Found): Prepared {
  if (prepared.conditions.length === 0) return prepared;
  const decided = new Map<string, Decided>();
  const known: Effect[] = [];
  for (const condition of prepared.conditions) {
    const ids = found.get(condition.query) ?? [];
    const refusal = refusalOf(condition, ids);
    if (refusal !== undefined)
      return { ...prepared, conditions: [], drafts: [], end: { state: 'rejected', reasons: [refusal] } };
    const [id] = ids;
    const target = id === undefined ? condition.otherwise : `${typeOf(condition.query)}/${id}`;
    const silent =
      condition.purpose === 'create' ? id !== undefined : id === undefined && condition.purpose === 'delete';
    const others = ids.slice(1).map((other) => `${typeOf(condition.query)}/${other}`);
    decided.set(`find:${condition.query}`, { key: target, silent, others });
    if (silent && target !== undefined) known.push(alreadyThere(target, condition.position));
  }
  const drafts = prepared.drafts.flatMap((draft) => redirected(draft, decided));
  const twice = saidTwice(drafts);
  if (twice !== undefined)
    return { ...prepared, conditions: [], drafts: [], end: { state: 'rejected', reasons: [twice] } };
  return { ...prepared, conditions: [], drafts, found: known };
}

function alreadyThere(target: string, position: string): Effect {
  return { kind: 'unchanged', target, summary: 'is there already, as the condition asked', position };
}

function typeOf(query: string): string {
  return query.slice(0, query.indexOf('?'));
}

/** What searches find may be what another entry names, or another search finds: then it is not known which is meant. */
function saidTwice(drafts: readonly PreparedDraft[]): StateReason | undefined {
  const seen = new Set<string>();
  for (const { resourceType, key, position } of drafts) {
    const name = `${resourceType} ${key}`;
    if (seen.has(name))
      return {
        code: 'entry-twice',
        message:
          'A condition finds a resource that another entry of this Bundle is about. Send one of them, or two Bundles.',
        position: position?.replace(/\.(?:resource|request).*$/, '') ?? resourceType,
      };
    seen.add(name);
  }
  return undefined;
}

function refusalOf(condition: Condition, ids: readonly string[]): StateReason | undefined {
  const { purpose, bodyId, position } = condition;
  if (purpose === 'delete' && ids.length > DELETED_MAX)
    return {
      code: 'multiple-matches',
      message: `The condition finds more than the ${DELETED_MAX} resources that one delete takes away. Ask for fewer, in parts.`,
      position,
    };
  if (purpose !== 'delete' && ids.length > 1)
    return {
      code: 'multiple-matches',
      message:
        'More than one resource matches the condition, so it is not known which is meant. Ask by something only one has.',
      position,
    };
  if (ids.length === 0 && purpose === 'reference')
    return {
      code: 'reference-no-match',
      message: 'No resource matches a conditional reference. Send what it points at first, or in the same transaction.',
      position,
    };
  if (bodyId !== undefined && ids[0] !== undefined && ids[0] !== bodyId)
    return { code: 'id-mismatch', message: 'The id in the body is not that of the resource that matches.', position };
  return undefined;
}

function redirected(draft: PreparedDraft, decided: ReadonlyMap<string, Decided>): readonly PreparedDraft[] {
  const own = decided.get(draft.key);
  if (own?.silent === true) return [];
  const key = own?.key ?? draft.key;
  const about = draft.subjectKey === undefined ? undefined : decided.get(draft.subjectKey);
  const subjectKey = about?.key ?? draft.subjectKey;
  let text = draft.text;
  for (const [find, { key: target }] of decided) {
    const written = JSON.stringify(`|${find}`).slice(1, -1);
    if (target !== undefined && text.includes(written)) text = text.replaceAll(`${written}"`, `|${target}"`);
  }
  const resource = text === draft.text ? draft.resource : (parseFaithful(text) as JsonObject);
  const one = { ...draft, key, subjectKey, text, resource };
  const isPatient = draft.resourceType === 'Patient';
  const others = (own?.others ?? []).map((other) => ({
    ...one,
    key: other,
    subjectKey: isPatient ? other : undefined,
  }));
  return [one, ...others];
}
