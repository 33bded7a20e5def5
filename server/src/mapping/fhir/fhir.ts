// A receipt in FHIR JSON: a resource, a Bundle, or one resource a line.
import type { JsonObject } from '../../base/json.ts';
import { type Finding, issueOf } from '../context.ts';
import type {
  Condition,
  Expectation,
  FhirInteraction,
  LossEntry,
  MappingInput,
  MappingResult,
  StatementDraft,
} from '../types.ts';
import { patchLine, readBundle } from './bundle.ts';
import { conditionOf, expectationsOf, findKey, removal } from './conditional.ts';
import { decodeUtf8, isFinding, parseObject, type Text } from './document.ts';
import { madeFrom, patchAsked, resourceIn } from './patch.ts';
import { identify } from './resource.ts';
import { lastUpdatedOf, type Made, statementOf } from './statement.ts';

export function mapFhir(input: MappingInput): MappingResult {
  if (input.interaction?.kind === 'delete') return mapRemoval(input, input.interaction);
  const receipt = decodeUtf8(input.bytes);
  if (isFinding(receipt)) return refused([receipt], wholeLoss(input.bytes));
  return input.format === 'fhir-ndjson' ? mapLines(receipt, input) : mapDocument(receipt, input);
}

function mapDocument(receipt: Text, input: MappingInput): MappingResult {
  if (input.interaction?.kind === 'patch') return mapPatch(receipt, input, input.interaction);
  const start = /[^\s]/.exec(receipt.text)?.index ?? 0;
  const document = parseObject(receipt, { start: 0, end: receipt.text.length });
  if (isFinding(document)) return refused([document], wholeLoss(input.bytes));
  const kind = input.interaction?.kind;
  const asBundle =
    kind === 'transaction' || kind === 'batch' || (kind === undefined && document['resourceType'] === 'Bundle');
  if (asBundle) return mapBundle(document, { receipt, start }, input);
  const made = makeOne(document, { receipt, start, position: String(document['resourceType']), index: 0 }, input);
  if (isFinding(made)) return refused([made], wholeLoss(input.bytes));
  const asked = input.interaction === undefined ? {} : { asked: askedBy(input.interaction, document) };
  return { ...mapped([made.statement], [], made.entries), ...asked.asked };
}

type Asked = { readonly conditions?: readonly Condition[]; readonly expectations?: readonly Expectation[] };

function askedBy(interaction: FhirInteraction, resource: JsonObject): Asked {
  const { resourceType: type, id } = resource;
  if (typeof type !== 'string') return {};
  const about = { type, id: typeof id === 'string' ? id : undefined, otherwise: NEW_KEY };
  const condition = conditionOf(interaction, about);
  return { conditions: condition === undefined ? [] : [condition], expectations: expectationsOf(interaction) };
}

/** First the patch that is asked for; once it was applied, an update of just the version that it was applied to. */
function mapPatch(receipt: Text, input: MappingInput, interaction: FhirInteraction): MappingResult {
  const { type = '' } = interaction;
  const made = input.patched?.get(type);
  const span = { start: 0, end: input.bytes.length };
  const loss = [patchLine(type, span)];
  if (made === undefined) return { ...mapped([], [], loss), patches: [patchAsked(interaction, receipt.text)] };
  const update: FhirInteraction = { kind: 'update', type: made.type, id: made.id, ifMatch: made.version };
  const place = { receipt: madeFrom(made.text, span), start: 0, position: type, index: 0 };
  const one = makeOne(resourceIn(made), place, { ...input, interaction: update });
  if (isFinding(one)) return refused([one], wholeLoss(input.bytes));
  const key = `${type}/${made.askedId}`;
  const statement = { ...one.statement, key, ...(type === 'Patient' ? { subjectKey: key } : {}) };
  return { ...mapped([statement], [], loss), expectations: expectationsOf(update) };
}

/** A removal has no body: what it takes away stands in its address. */
function mapRemoval({ receivedAt }: MappingInput, interaction: FhirInteraction): MappingResult {
  const { type = '', id, query } = interaction;
  const key = id === undefined ? findKey(`${type}?${query ?? ''}`) : `${type}/${id}`;
  const from = { saidAt: receivedAt, position: type, span: { start: 0, end: 0 } };
  const condition = conditionOf(interaction, { type, id: undefined, otherwise: key });
  return {
    ...mapped([removal(type, key, from)], [], []),
    conditions: condition === undefined ? [] : [condition],
    expectations: expectationsOf(interaction),
  };
}

/** A single resource that gets its id here. */
const NEW_KEY = 'new:0';
const BUNDLES = ['transaction', 'batch', 'collection'];

function mapBundle(
  bundle: JsonObject,
  at: { readonly receipt: Text; readonly start: number },
  input: MappingInput,
): MappingResult {
  const type = bundle['type'];
  if (bundle['resourceType'] !== 'Bundle' || typeof type !== 'string' || !BUNDLES.includes(type))
    return refused([notTaken()], wholeLoss(input.bytes));
  const { statements, findings, loss, entryFailures, ...asked } = readBundle(bundle, at, input);
  const all =
    type === 'batch' ? statements.length + asked.patches.length === 0 && entryFailures > 0 : entryFailures > 0;
  return all ? refused(findings, wholeLoss(input.bytes)) : { ...mapped(statements, findings, loss), ...asked };
}

function notTaken(): Finding {
  const message = `A Bundle sent here must be of type ${BUNDLES.join(', ')}; documents, messages and search results are not taken.`;
  return {
    severity: 'error',
    code: 'not-supported',
    reason: 'bundle-type-not-supported',
    message,
    expression: 'Bundle.type',
  };
}

type Place = { readonly receipt: Text; readonly start: number; readonly position: string; readonly index: number };

function makeOne(
  resource: JsonObject,
  { receipt, start, position, index }: Place,
  input: MappingInput,
): Made | Finding {
  const { interaction, receivedAt, source } = input;
  const update = interaction?.kind === 'update';
  const expected = { type: interaction?.type, id: update ? interaction?.id : undefined };
  const named = identify(resource, expected, { receipt, start, position });
  if (isFinding(named)) return named;
  const { resourceType, id } = named;
  const known = interaction === undefined ? id : update ? (interaction.id ?? id) : undefined;
  const query = interaction?.query;
  const plain = known === undefined ? `new:${index}` : `${resourceType}/${known}`;
  const key = query === undefined ? plain : findKey(`${resourceType}?${query}`);
  const text = input.format === 'fhir-ndjson' ? lineAt(receipt.text, start) : receipt.text.trim();
  // Through the API it is said now: the lastUpdated a caller sends back is that of the version it read.
  const saidAt = interaction === undefined ? lastUpdatedOf(resource, receivedAt) : receivedAt;
  return statementOf({ resourceType, key, resource, text, start, position, saidAt }, source, receipt);
}

function lineAt(text: string, start: number): string {
  const end = text.indexOf('\n', start);
  return text.slice(start, end === -1 ? text.length : end).trim();
}

/** A line that cannot be used is reported; the others stand for themselves. */
function mapLines(receipt: Text, input: MappingInput): MappingResult {
  const statements: StatementDraft[] = [];
  const findings: Finding[] = [];
  const loss: LossEntry[] = [];
  for (const { start, end, line } of linesOf(receipt.text)) {
    const resource = parseObject(receipt, { start, end }, line);
    const position = `line ${line}${isFinding(resource) ? '' : ` ${String(resource['resourceType'])}`}`;
    const made = isFinding(resource)
      ? resource
      : makeOne(resource, { receipt, start, position, index: line - 1 }, input);
    if (isFinding(made)) {
      findings.push(made);
      loss.push({ position: `line ${line}`, disposition: 'unmapped', by: undefined, span: receipt.spanOf(start, end) });
    } else {
      statements.push(made.statement);
      loss.push(...made.entries);
    }
  }
  return statements.length === 0 && findings.length > 0
    ? refused(findings, wholeLoss(input.bytes))
    : mapped(statements, findings, loss);
}

type Line = { readonly start: number; readonly end: number; readonly line: number };

function* linesOf(text: string): Generator<Line> {
  let at = 0;
  for (let line = 1; at < text.length; line++) {
    const stop = text.indexOf('\n', at);
    const next = stop === -1 ? text.length : stop;
    const raw = text.slice(at, next);
    const start = at + (raw.length - raw.trimStart().length);
    const end = at + raw.trimEnd().length;
    if (start < end) yield { start, end, line };
    at = next + 1;
  }
}

function mapped(
  statements: readonly StatementDraft[],
  findings: readonly Finding[],
  lines: readonly LossEntry[],
): MappingResult & { outcome: 'mapped' } {
  return { outcome: 'mapped', statements, links: [], issues: findings.map(issueOf), loss: lossOf(lines) };
}

function refused(findings: readonly Finding[], lines: readonly LossEntry[]): MappingResult {
  return { outcome: 'refused', issues: findings.map(issueOf), loss: lossOf(lines) };
}

/** What is refused is unmapped as a whole. */
function wholeLoss(bytes: Uint8Array): readonly LossEntry[] {
  const span = { start: 0, end: bytes.length };
  return bytes.length === 0 ? [] : [{ position: 'document', disposition: 'unmapped', by: undefined, span }];
}

function lossOf(lines: readonly LossEntry[]): MappingResult['loss'] {
  const count = (disposition: LossEntry['disposition']) =>
    lines.filter((line) => line.disposition === disposition).length;
  const entries = lines.filter((line) => line.disposition !== 'mapped');
  return {
    populated: lines.length,
    mapped: count('mapped'),
    ignored: count('ignored'),
    unmapped: count('unmapped'),
    entries,
  };
}
