// What the senders share: the server they send to, the journal they keep, the gate that holds them, and their pace.
import { setTimeout as sleep } from 'node:timers/promises';
import { adtStream, type StreamedAdt } from '../../server/src/testkit/morning/adt-stream.ts';
import { type Random, seededRandom } from '../../server/src/testkit/people/index.ts';
import { Gate, Journal } from './journal.ts';
import type { Operator } from './operator.ts';
import { sendFolder } from './send-folder.ts';
import { sendFhir, sendReceipts } from './send-http.ts';
import { sendMllp } from './send-mllp.ts';

export type World = {
  readonly operator: Operator;
  readonly journal: Journal;
  readonly gate: Gate;
  /** Waits for the next delivery's turn. False when the world has ended. */
  next(random: Random): Promise<boolean>;
  isOver(): boolean;
};
export type Senders = World & {
  /** Ends the world and resolves when every sender has noticed. Rejects when one broke. */
  end(): Promise<void>;
};

const PAUSE_MAX_MS = 250;
const PATIENTS = 2_000;

/** Four doors, six senders: two MLLP connections, two FHIR writers, one for receipts, one for files. */
export function startSenders(operator: Operator, seed: number): Senders {
  const random = seededRandom(seed);
  let over = false;
  const gate = new Gate(6);
  const world: World = {
    operator,
    journal: new Journal(),
    gate,
    next: async (pace) => {
      await sleep(pace.below(PAUSE_MAX_MS));
      await gate.pass();
      return !over;
    },
    isOver: () => over,
  };
  const [even, odd] = dealt(adtStream(seed, { prefix: `K${seed}M`, patients: PATIENTS }));
  const senders = [
    sendMllp(world, even, random.fork('mllp 1')),
    sendMllp(world, odd, random.fork('mllp 2')),
    sendFhir(world, 'first', random.fork('fhir 1')),
    sendFhir(world, 'second', random.fork('fhir 2')),
    sendReceipts(world, adtStream(seed, { prefix: `K${seed}R`, patients: PATIENTS }), random.fork('receipts')),
    sendFolder(world, adtStream(seed, { prefix: `K${seed}F`, patients: PATIENTS }), random.fork('folder')),
  ];
  // Told at the end; until then the sender's silence is what is noticed.
  const all = Promise.all(senders);
  all.catch((error: unknown) => world.journal.problems.push(`a sender broke: ${String(error)}`));
  return {
    ...world,
    end: async () => {
      over = true;
      gate.open();
      await all;
    },
  };
}

/** Deals one stream to two readers by patient, so that each patient's messages keep their order on one connection. */
function dealt(stream: Iterator<StreamedAdt>): readonly [Iterator<StreamedAdt>, Iterator<StreamedAdt>] {
  const hands: [StreamedAdt[], StreamedAdt[]] = [[], []];
  const hand = function* (own: 0 | 1): Generator<StreamedAdt, never> {
    for (;;) {
      const kept = hands[own].shift();
      if (kept !== undefined) yield kept;
      else {
        const dealtNow = stream.next().value as StreamedAdt;
        hands[dealtNow.patient % 2 === 0 ? 0 : 1].push(dealtNow);
      }
    }
  };
  return [hand(0), hand(1)];
}
