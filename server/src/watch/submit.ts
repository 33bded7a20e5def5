// Enters what the watch found as a receipt, by the one door.
import type { Clock } from '../base/clock.ts';
import type { Intake } from '../intake/types.ts';
import type { SourceRegistry } from '../operate/sources.ts';
import type { RulingRequest } from '../pipeline/types.ts';

export type Door = { readonly intake: Intake; readonly sources: SourceRegistry; readonly clock: Clock };

const SETTLE_MS = 60_000;

export async function submit({ intake, sources, clock }: Door, request: RulingRequest): Promise<void> {
  const source = await sources.ensure('vouch-watch', { name: 'Watch behind the commits', kind: 'unknown' });
  const admission = await intake.submit({
    door: 'ruling',
    source,
    format: 'ruling',
    bytes: Buffer.from(JSON.stringify(request)),
    receivedAt: clock.now(),
    deliveryKey: undefined,
    orderingKeys: [],
    interaction: undefined,
    defect: undefined,
    note: undefined,
  });
  await intake.settled(admission.receipt, SETTLE_MS);
}
