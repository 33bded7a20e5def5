// The first half of planning, which needs no store: bytes are mapped to drafts and validated.                            (pure)
import type { StateReason } from '../intake/types.ts';
import type { LossAccount, MappingResult, Patched, Source, StatementDraft } from '../mapping/types.ts';
import { validate } from '../validation/index.ts';
import type { Issue } from '../validation/types.ts';
import { locateIssue } from './locate-issue.ts';
import { packOrigins, packSaid } from './pack.ts';
import { readRuling } from './read-ruling.ts';
import { mapReceipt } from './read-xml.ts';
import { reservedReference } from './reserved-references.ts';
import { saidOnce, TextDraft } from './text-draft.ts';
import type { KeptLoss, Prepared, PreparedDraft, Receipt } from './types.ts';

const REASONS_MAX = 20;
/** A patient's number and the like; what is longer is no number, and no index could hold it. */
const KEY_CHARS_MAX = 400;
/** Unmapped positions kept with a receipt; the whole account is computed again when somebody asks. */
const UNMAPPED_KEPT_MAX = 50;
/** Mapping issues with these codes say that nothing can be repaired here: the receipt is refused for good. */
const FINAL_REASONS = new Set([
  'message-type-not-supported',
  'message-type-unsupported',
  'unsupported-message-type',
  'resource-type-unknown',
]);

/** Maps and validates one receipt. Never throws for what the data does wrong: that is the `end` it returns. */
export function prepare(receipt: Receipt, source: Source, patched?: ReadonlyMap<string, Patched>): Prepared {
  const nothing = emptyPrepared(receipt, source);
  const early = defectOf(receipt);
  if (early !== undefined) return { ...nothing, end: { state: 'quarantined', reasons: [early] } };
  if (receipt.format === 'ruling') return prepareRuling(receipt, nothing);
  const { format, bytes, receivedAt, interaction } = receipt;
  const reserved = format === 'fhir-json' || format === 'fhir-ndjson' ? reservedReference(bytes, format) : undefined;
  if (reserved !== undefined)
    return { ...nothing, end: { state: receipt.door === 'fhir' ? 'rejected' : 'quarantined', reasons: [reserved] } };
  const input = { source, format, bytes, receivedAt, interaction, ...(patched === undefined ? {} : { patched }) };
  return fromMapping(nothing, mapReceipt(input));
}

/** A receipt of which nothing is known but who sent it. */
export function emptyPrepared(receipt: Receipt, source: Source): Prepared {
  return {
    receipt,
    source,
    drafts: [],
    links: [],
    ruling: undefined,
    conditions: [],
    expectations: [],
    found: [],
    issues: [],
    loss: undefined,
    end: undefined,
  };
}

function defectOf(receipt: Receipt): StateReason | undefined {
  if (receipt.defect !== undefined) return receipt.defect;
  // Whoever retries a conflict has found out that this content counts too.
  if (receipt.conflictsWith === undefined || receipt.retriedBy !== undefined) return undefined;
  return {
    code: 'delivery-conflict',
    message: `Receipt ${receipt.conflictsWith} came under the same delivery key with other bytes. Ask the sender which is right, then retry or reject this one.`,
  };
}

function prepareRuling(receipt: Receipt, nothing: Prepared): Prepared {
  const read = readRuling(receipt.bytes);
  return read.ok
    ? { ...nothing, ruling: read.ruling }
    : { ...nothing, end: { state: 'rejected', reasons: [read.reason] } };
}

function fromMapping(nothing: Prepared, result: MappingResult): Prepared {
  const mapped = { ...nothing, issues: result.issues, loss: keptLoss(result.loss) };
  switch (result.outcome) {
    case 'ignored':
      return {
        ...mapped,
        end: {
          state: 'applied',
          reasons: [{ code: result.rule, message: `Understood; the rule ${result.rule} says nothing is to be done.` }],
        },
      };
    case 'refused':
      return { ...mapped, end: refusal(nothing.receipt, result.issues) };
    case 'mapped': {
      const found = result.statements
        .filter(isContent)
        .flatMap((draft) =>
          validate(draft.resource, { type: draft.resourceType, partial: !draft.replaces }).map((issue) =>
            locateIssue(draft, issue),
          ),
        );
      const issues = [...result.issues, ...found];
      // Rows and lines that cannot be read are left out and reported; a receipt of which nothing is left needs a person.
      const empty = result.statements.length === 0 && result.links.length === 0;
      const errors = empty ? issues.filter(isError) : found.filter(isError);
      if (errors.length > 0) return { ...mapped, issues, end: refusal(nothing.receipt, errors) };
      if (keysOf(result).some((key) => key.length > KEY_CHARS_MAX))
        return { ...mapped, issues, end: refusal(nothing.receipt, [KEY_TOO_LONG]) };
      const { links, conditions = [], expectations = [], patches = [] } = result;
      const drafts = result.statements.map(nothing.receipt.format === 'hl7v2' ? written : packed);
      return { ...mapped, issues, drafts, links, conditions, expectations, patches };
    }
  }
}

function keptLoss({ entries, ...sums }: LossAccount): KeptLoss {
  const unmapped = entries.filter(({ disposition }) => disposition === 'unmapped').slice(0, UNMAPPED_KEPT_MAX);
  return { ...sums, unmappedAt: unmapped.map(({ position }) => position) };
}

function packed(draft: StatementDraft): PreparedDraft {
  const { origins } = draft;
  return { ...draft, origins: packOrigins(origins), position: origins[0]?.position };
}

/** What the mapping wrote is pieces of the message, and would hold it whole. */
function written(draft: StatementDraft): PreparedDraft {
  return new TextDraft({ ...packed(draft), said: saidOnce(packSaid(draft.said)) });
}

/** A removal has no content to validate. */
function isContent({ said }: StatementDraft): boolean {
  return said[0]?.element !== '*';
}

const KEY_TOO_LONG: Issue = {
  severity: 'error',
  code: 'too-long',
  reason: 'key-too-long',
  message: `A number by which somebody or something is known has more than ${KEY_CHARS_MAX} characters. Send the number alone.`,
  expression: undefined,
  span: undefined,
};

function keysOf({ statements, links }: MappingResult & { outcome: 'mapped' }): readonly string[] {
  return [
    ...statements.flatMap(({ key, subjectKey }) => [key, subjectKey ?? '']),
    ...links.flatMap(({ survivingKey, retiredKey }) => [survivingKey, retiredKey]),
  ];
}

// A caller of the FHIR API hears at once what is wrong and sends again; a feed cannot, so its receipt waits for repair.
function refusal(receipt: Receipt, issues: readonly Issue[]): NonNullable<Prepared['end']> {
  const serious = issues.filter(isError);
  const reasons = (serious.length > 0 ? serious : issues).slice(0, REASONS_MAX).map(reasonOf);
  const final = receipt.door === 'fhir' || reasons.some((reason) => FINAL_REASONS.has(reason.code));
  return { state: final ? 'rejected' : 'quarantined', reasons };
}

function isError(issue: Issue): boolean {
  return issue.severity === 'error' || issue.severity === 'fatal';
}

function reasonOf(issue: Issue): StateReason {
  return {
    code: issue.reason,
    message: issue.message,
    ...(issue.expression === undefined ? {} : { position: issue.expression }),
    ...(issue.span === undefined ? {} : { start: issue.span.start, end: issue.span.end }),
  };
}
