// What the senders know: every delivery that was acknowledged, by what the server must still know it by.

/** One acknowledged delivery. It is found again by its delivery key or by the receipt that the answer named. */
export type Acknowledged = {
  readonly door: 'mllp' | 'fhir' | 'receipts' | 'folder';
  readonly source: string;
  readonly key: string | undefined;
  readonly receipt: number | undefined;
  /** SHA-256 of the bytes that were sent, in hexadecimal; undefined where the door cut them out of a larger file. */
  readonly hash: string | undefined;
  /** True when it had been sent before under no key: then the first may have done what this one would have. */
  readonly again: boolean;
};

// A class because it grows while the senders send.
export class Journal {
  readonly acknowledged: Acknowledged[] = [];
  /** Answers that no sender should get: another message's, a refusal of what is well-formed. */
  readonly problems: string[] = [];
  /** Deliveries that had to be sent again because no answer came, or one that asked for it. */
  resent = 0;

  add(one: Acknowledged): void {
    this.acknowledged.push(one);
  }
}

// A class because senders wait at it: state with a lifetime.
/** Where senders wait between two deliveries, so that all can be held with nothing under way. */
export class Gate {
  private readonly under: Set<string>;
  private readonly waiting: (() => void)[] = [];
  private isOpen = true;
  private allWait: (() => void) | undefined;

  constructor(senders: readonly string[]) {
    this.under = new Set(senders);
  }

  /** Senders that do not wait: each has a delivery without an answer. */
  get busy(): readonly string[] {
    return [...this.under];
  }

  /** Resolves at once while the gate is open, otherwise when it opens. */
  async pass(sender: string): Promise<void> {
    if (this.isOpen) return;
    this.under.delete(sender);
    const opened = new Promise<void>((resolve) => this.waiting.push(resolve));
    if (this.under.size === 0) this.allWait?.();
    await opened;
    this.under.add(sender);
  }

  /** Resolves when every sender has had its answer and waits. */
  close(): Promise<void> {
    this.isOpen = false;
    return new Promise((resolve) => {
      this.allWait = resolve;
    });
  }

  open(): void {
    this.isOpen = true;
    this.allWait = undefined;
    for (const go of this.waiting.splice(0)) go();
  }
}
