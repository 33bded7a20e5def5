// Bundles: one statement for each entry. A transaction is taken whole or refused; a batch loses only the entries that are wrong.
import type { Instant } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import { parseFaithful } from '../../base/json.ts';
import { itemsAt, membersAt, splice } from '../../fhir/json-text.ts';
import type { Finding } from '../context.ts';
import type { Condition, Expectation, LossEntry, MappingInput, PatchAsked, StatementDraft } from '../types.ts';
import { removal } from './conditional.ts';
import { isFinding, type Text } from './document.ts';
import { type Entry, readEntry } from './entry.ts';
import { redirect } from './references.ts';
import { lastUpdatedOf, statementOf } from './statement.ts';

/** `readings` are aligned with the entries of the Bundle; a finding stands for an entry that cannot be taken. */
export type Outcome = {
  readonly statements: readonly StatementDraft[];
  readonly findings: readonly Finding[];
  readonly loss: readonly LossEntry[];
  readonly entryFailures: number;
  readonly conditions: readonly Condition[];
  readonly expectations: readonly Expectation[];
  readonly patches: readonly PatchAsked[];
};

const ENTRIES_MAX = 2 ** 18;

export function readBundle(
  bundle: JsonObject,
  { receipt, start }: { readonly receipt: Text; readonly start: number },
  input: MappingInput,
): Outcome {
  const members = membersAt(receipt.text, start);
  const list = members.find((member) => member.name === 'entry');
  const places = list === undefined ? [] : itemsAt(receipt.text, list.valueStart);
  const values = Array.isArray(bundle['entry']) ? (bundle['entry'] as readonly unknown[]) : [];
  const loss: LossEntry[] = members
    .filter((member) => member.name !== 'entry')
    .map((member) => {
      const known = member.name === 'resourceType' || member.name === 'type';
      const by = known ? 'Bundle.type' : 'bundle-envelope';
      const span = receipt.spanOf(member.nameStart, member.valueEnd);
      return { position: `Bundle.${member.name}`, disposition: known ? 'mapped' : 'ignored', by, span };
    });
  if (places.length > ENTRIES_MAX) return failure(tooMany(places.length), loss);
  const findings: Finding[] = [];
  const entries: Entry[] = [];
  const patches: PatchAsked[] = [];
  const mustAsk = input.interaction !== undefined;
  for (const [index, place] of places.entries()) {
    const entry = readEntry(values[index], receipt, { index, ...place, patched: input.patched, mustAsk });
    if (entry === undefined) {
      const span = receipt.spanOf(place.start, place.end);
      loss.push({ position: `Bundle.entry[${index}]`, disposition: 'ignored', by: 'entry-only-reads', span });
    } else if (isFinding(entry)) {
      findings.push(entry);
      loss.push(lost(index, receipt, place));
    } else if ('language' in entry) {
      patches.push(entry);
      loss.push(patchLine(entry.position, receipt.spanOf(place.start, place.end)));
    } else {
      entries.push(entry);
      loss.push(...frameOf(entry, receipt, place.start));
    }
  }
  const twice = saidTwice(entries);
  if (twice !== undefined) return failure(twice, loss);
  // Nothing is said before the patches are applied; what the others lose is known already.
  if (patches.length > 0) {
    const others = makeStatements(entries, input, patches);
    return { ...NOTHING, loss: [...loss, ...others.loss], findings, entryFailures: findings.length, patches };
  }
  const made = makeStatements(entries, input);
  return {
    conditions: [...entries.flatMap((entry) => entry.condition ?? []), ...made.conditions],
    expectations: entries.flatMap((entry) => entry.expectation ?? []),
    statements: made.statements,
    findings: [...findings, ...made.findings],
    loss: [...loss, ...made.loss],
    entryFailures: findings.length + made.entryFailures,
    patches: [],
  };
}

const NOTHING: Outcome = {
  ...{ statements: [], findings: [], loss: [], entryFailures: 0 },
  ...{ conditions: [], expectations: [], patches: [] },
};

function failure(finding: Finding, loss: readonly LossEntry[]): Outcome {
  return { ...NOTHING, findings: [finding], loss, entryFailures: 1 };
}

/** A transaction has no order that its sender could mean, so a resource may be named in it once. */
function saidTwice(entries: readonly Entry[]): Finding | undefined {
  const seen = new Set<string>();
  for (const { key, index, from, start } of entries) {
    if (seen.has(key))
      return {
        severity: 'error',
        code: 'duplicate',
        reason: 'entry-twice',
        message: 'Another entry of this Bundle is about the same resource. Send one of them, or two Bundles.',
        expression: `Bundle.entry[${index}]`,
        span: from.spanOf(start, start + 1),
      };
    seen.add(key);
  }
  return undefined;
}

function tooMany(count: number): Finding {
  const message = `The Bundle has ${count} entries; at most ${ENTRIES_MAX} are taken at once. Send it in parts.`;
  return { severity: 'error', code: 'too-long', reason: 'bundle-too-long', message, expression: 'Bundle.entry' };
}

function lost(index: number, receipt: Text, { start, end }: { start: number; end: number }): LossEntry {
  return {
    position: `Bundle.entry[${index}]`,
    disposition: 'unmapped',
    by: undefined,
    span: receipt.spanOf(start, end),
  };
}

/** fullUrl and request of an entry say where and how; `search` and the like say nothing of the resource. */
function frameOf({ index }: Entry, receipt: Text, start: number): readonly LossEntry[] {
  return membersAt(receipt.text, start)
    .filter((member) => member.name !== 'resource')
    .map(({ name, nameStart, valueEnd }) => {
      const known = name === 'fullUrl' || name === 'request';
      const span = receipt.spanOf(nameStart, valueEnd);
      const by = known ? `entry.${name}` : 'bundle-envelope';
      return { position: `Bundle.entry[${index}].${name}`, disposition: known ? 'mapped' : 'ignored', by, span };
    });
}

function makeStatements(entries: readonly Entry[], input: MappingInput, patches: readonly PatchAsked[] = []): Outcome {
  const named = [...entries, ...patches.map(({ fullUrl, target }) => ({ fullUrl, reference: target }))];
  const targets = new Map(
    named.flatMap(({ fullUrl, reference }) => (fullUrl === undefined ? [] : [[fullUrl, reference] as const])),
  );
  const statements: StatementDraft[] = [];
  const findings: Finding[] = [];
  const loss: LossEntry[] = [];
  const conditions: Condition[] = [];
  let entryFailures = 0;
  // Through the API a reference by search is looked up; in a file it stays what it says.
  const how = { targets, resolve: input.interaction !== undefined };
  for (const entry of entries) {
    const position = `Bundle.entry[${entry.index}].resource`;
    if (entry.method === 'DELETE') {
      const span = entry.from.spanOf(entry.start, entry.start + 1);
      const at = { saidAt: input.receivedAt, position: `Bundle.entry[${entry.index}].request`, span };
      statements.push(removal(entry.resourceType, entry.key, at));
      continue;
    }
    const { from } = entry;
    const { edits, conditions: searches, byIdentifier, dangling } = redirect(from.text, entry, how);
    for (const query of searches) conditions.push({ purpose: 'reference', query, otherwise: undefined, position });
    findings.push(...dangling.map(({ reason, start, end }) => unresolved(reason, position, from.spanOf(start, end))));
    if (byIdentifier[0] !== undefined)
      findings.push(keptByIdentifier(position, from.spanOf(byIdentifier[0].start, byIdentifier[0].end)));
    if (dangling.length > 0) {
      entryFailures++;
      loss.push(lost(entry.index, from, entry));
      continue;
    }
    const all = [...edits, ...byIdentifier];
    const own = from.text.slice(entry.start, entry.end);
    const text = splice(
      own,
      all.map((edit) => ({ ...edit, start: edit.start - entry.start, end: edit.end - entry.start })),
    );
    const resource = all.length === 0 ? entry.resource : (parseFaithful(text) as JsonObject);
    const { statement, entries: lines } = statementOf(
      { ...entry, resource, text, position, saidAt: saidAt(resource, input) },
      input.source,
      from,
    );
    statements.push(statement);
    loss.push(...(entry.method === 'PATCH' ? [patchLine(position, from.spanOf(0, 0))] : lines));
  }
  return { ...NOTHING, statements, findings, loss, entryFailures, conditions };
}

/** The elements of what a patch made are not the receipt's; the patch is. */
export function patchLine(position: string, span: LossEntry['span']): LossEntry {
  return { position, disposition: 'mapped', by: 'patch', span };
}

function saidAt(resource: JsonObject, { interaction, receivedAt }: MappingInput): Instant {
  return interaction === undefined ? lastUpdatedOf(resource, receivedAt) : receivedAt;
}

function unresolved(reason: string, expression: string, span: Finding['span']): Finding {
  const message =
    reason === 'reference-unresolved'
      ? 'A reference points at a fullUrl that no entry of the Bundle has.'
      : 'A conditional reference other than by one identifier cannot be resolved; name the resource by its id.';
  return { severity: 'error', code: 'not-found', reason, message, expression, span };
}

function keptByIdentifier(expression: string, span: Finding['span']): Finding {
  const message =
    'References of the form Type?identifier=… were kept as references by identifier; they are not looked up here.';
  return {
    severity: 'information',
    code: 'informational',
    reason: 'reference-by-identifier',
    message,
    expression,
    span,
  };
}
