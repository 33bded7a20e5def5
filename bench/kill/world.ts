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
  /** Waits for this sender's next turn. False when the world has ended. */
  next(): Promise<boolean>;
  isOver(): boolean;
};
export type Senders = Omit<World, 'next'> & {
  /** Ends the world and resolves when every sender has noticed. Rejects when one broke. */
  end(): Promise<void>;
};

const PAUSE_MAX_MS = 250;
const PATIENTS = 2_000;

/** Four doors, six senders: two MLLP connections, two FHIR writers, one for receipts, one for files. */
export function startSenders(operator: Operator, seed: number): Senders {
  const patients = { patients: PATIENTS };
  const [even, odd] = dealt(adtStream(seed, { prefix: `K${seed}M`, ...patients }));
  const direct = adtStream(seed, { prefix: `K${seed}R`, ...patients });
  const filed = adtStream(seed, { prefix: `K${seed}F`, ...patients });
  const work: { readonly [sender: string]: (world: World, random: Random) => Promise<void> } = {
    'mllp-stored': (world, random) => sendMllp(world, { promise: 'stored', stream: even }, random),
    'mllp-processed': (world, random) => sendMllp(world, { promise: 'processed', stream: odd }, random),
    'fhir-first': (world, random) => sendFhir(world, 'first', random),
    'fhir-second': (world, random) => sendFhir(world, 'second', random),
    receipts: (world, random) => sendReceipts(world, direct, random),
    folder: (world, random) => sendFolder(world, filed, random),
  };
  let over = false;
  const isOver = () => over;
  const gate = new Gate(Object.keys(work));
  const shared = { operator, journal: new Journal(), gate, isOver };
  const senders = Object.entries(work).map(([name, send]) => {
    const random = seededRandom(seed).fork(name);
    const next = async () => {
      await sleep(random.below(PAUSE_MAX_MS));
      await gate.pass(name);
      return !over;
    };
    return send({ ...shared, next }, random);
  });
  // Told at the end; until then the sender's silence is what is noticed.
  const all = Promise.all(senders);
  all.catch((error: unknown) => shared.journal.problems.push(`a sender broke: ${String(error)}`));
  return {
    ...shared,
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
