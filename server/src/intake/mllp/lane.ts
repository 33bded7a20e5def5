// Answers leave in the order their messages came, however they become ready.

type Slot = { bytes: Uint8Array | undefined; ready: boolean; written: (() => void) | undefined };
export type Lane = {
  /** Takes a place in the order. The place is left by filling it, with bytes or with nothing. */
  place(): { fill(bytes: Uint8Array | undefined): void; readonly written: Promise<void> };
  readonly size: number;
};

export function createLane(write: (bytes: Uint8Array) => void): Lane {
  const slots: Slot[] = [];
  const flush = () => {
    while (slots[0]?.ready === true) {
      const slot = slots.shift();
      if (slot?.bytes !== undefined) write(slot.bytes);
      slot?.written?.();
    }
  };
  return {
    get size() {
      return slots.length;
    },
    place: () => {
      const slot: Slot = { bytes: undefined, ready: false, written: undefined };
      const written = new Promise<void>((resolve) => {
        slot.written = resolve;
      });
      slots.push(slot);
      const fill = (bytes: Uint8Array | undefined) => {
        slot.bytes = bytes;
        slot.ready = true;
        flush();
      };
      return { fill, written };
    },
  };
}
