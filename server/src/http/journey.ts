// A receipt's journey: what came, when, what became of it, and the full loss account, computed again from the bytes.
import type { Instant, SourceKey } from '../base/ids.ts';
import { parse } from '../hl7v2/index.ts';
import type { Format, LossAccount } from '../mapping/types.ts';
import { type ReceiptRow, readEffects } from '../operate/reader.ts';
import type { JourneyStep, ReceiptJourney } from '../operate/types.ts';
import { mapReceipt } from '../pipeline/read-xml.ts';
import { withdrawnBy } from '../watch/index.ts';
import type { HttpContext } from './context.ts';

const TEXT_BYTES_MAX = 256 * 1024;

/** `mapped`: the loss account lists mapped positions too, not only what was left out. */
export async function journeyOf(context: HttpContext, row: ReceiptRow, mapped: boolean): Promise<ReceiptJourney> {
  const effects = await readEffects(context.db, row.id);
  const withdrew = await withdrawnBy(context.db, row.id);
  const { bytes, outcome, since, deliveryKey, note, original, interaction, ...summary } = row;
  return {
    ...summary,
    waitingFor: summary.waitingFor ?? undefined,
    deliveryKey: deliveryKey ?? undefined,
    note: note ?? undefined,
    original: original ?? undefined,
    journey: stepsOf(row),
    issues: outcome?.issues ?? [],
    loss: lossOf(context, { row, interaction, mapped }),
    effects: [
      ...effects,
      ...(outcome?.effects ?? [])
        .filter((effect) => effect.kind !== 'case')
        .map((effect) => ({
          kind: 'statement' as const,
          id: undefined,
          statement: undefined,
          index: undefined,
          target: effect.target,
          summary: effect.summary,
          origins: [],
          text: undefined,
        })),
    ],
    ...(withdrew.length === 0 ? {} : { withdrew }),
    payload:
      bytes === null ? { text: '', charset: 'erased', truncated: false } : decode(bytes, summary.format as Format),
  };
}

function stepsOf(row: ReceiptRow): readonly JourneyStep[] {
  const steps: { step: string; at: Instant; detail: string }[] = [
    { step: 'received', at: row.receivedAt, detail: `${row.sizeBytes} bytes by ${row.door}` },
  ];
  if (row.outcome?.plannedAt !== undefined)
    steps.push({ step: 'planned', at: row.outcome.plannedAt, detail: 'mapped, validated, identified, decided' });
  steps.push({
    step: row.state,
    at: row.state === 'duplicate' ? row.receivedAt : row.since,
    detail: row.reasons.map((reason) => reason.message).join(' '),
  });
  return steps.map((step, index) => ({
    ...step,
    durationMs: index === 0 ? 0 : Math.max(0, Date.parse(step.at) - Date.parse(steps[index - 1]?.at ?? step.at)),
  }));
}

/** The same pure function on the same bytes gives the same account; storing thousands of its lines a second would not. */
function lossOf(
  context: HttpContext,
  input: { row: ReceiptRow; interaction: ReceiptRow['interaction']; mapped: boolean },
): LossAccount | undefined {
  const { row, interaction, mapped } = input;
  const source = context.sources.all().get(row.source as SourceKey);
  if (row.outcome?.loss === undefined || row.bytes === null || source === undefined) return undefined;
  const { loss } = mapReceipt({
    source,
    format: row.format as Format,
    bytes: row.bytes,
    receivedAt: row.receivedAt,
    interaction: interaction ?? undefined,
    listMapped: mapped,
  });
  return mapped ? loss : { ...loss, entries: loss.entries.filter((entry) => entry.disposition !== 'mapped') };
}

function decode(bytes: Buffer, format: Format): ReceiptJourney['payload'] {
  const shown = bytes.subarray(0, TEXT_BYTES_MAX);
  const truncated = shown.length < bytes.length;
  const parsed = format === 'hl7v2' ? parse(bytes) : undefined;
  const charset = parsed?.ok === true ? parsed.message.charset : 'utf-8';
  return { text: new TextDecoder(charset === 'us-ascii' ? 'utf-8' : charset).decode(shown), charset, truncated };
}
