// What the server itself finds or decides, entered by the one door, so that it is in the books, can be explained and taken back.
import type { Clock } from '../base/clock.ts';
import type { SourceRegistry } from '../operate/sources.ts';
import type { Intake, Settled } from './types.ts';

export type OwnDoor = { readonly intake: Intake; readonly sources: SourceRegistry; readonly clock: Clock };

const SETTLE_MS = 120_000;

/** Resolves when the receipt is settled, or has not been for two minutes: then its state is still `received`. */
export async function enterOwn(
  { intake, sources, clock }: OwnDoor,
  from: { readonly key: string; readonly name: string },
  ruling: object,
): Promise<Settled> {
  const source = await sources.ensure(from.key, { name: from.name, kind: 'unknown' });
  const admission = await intake.submit({
    door: 'ruling',
    source,
    format: 'ruling',
    bytes: Buffer.from(JSON.stringify(ruling)),
    receivedAt: clock.now(),
    deliveryKey: undefined,
    orderingKeys: [],
    interaction: undefined,
    defect: undefined,
    note: undefined,
  });
  return intake.settled(admission.receipt, SETTLE_MS);
}
