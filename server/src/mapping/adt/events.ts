// The ADT events that are understood, as data: what each says about the visit, and whether it speaks of one at all.

export type EncounterSaid = {
  /** Encounter.status; undefined where the event does not say (A08 may come before, during and after a visit). */
  readonly status: 'planned' | 'arrived' | 'in-progress' | 'finished' | 'cancelled' | undefined;
  /** A13: the discharge did not happen, so its time must go. */
  readonly takesBackDischarge?: boolean;
};
export type AdtEvent =
  | { readonly kind: 'visit'; readonly name: string; readonly encounter: EncounterSaid }
  | { readonly kind: 'person'; readonly name: string }
  | { readonly kind: 'merge'; readonly name: string }
  | { readonly kind: 'unlink'; readonly name: string };

/** HL7 v2 chapter 3. Cancels are statements like others: the one said last counts, in whatever order they arrive. */
export const ADT_EVENTS: { readonly [trigger: string]: AdtEvent } = {
  A01: { kind: 'visit', name: 'Admit', encounter: { status: 'in-progress' } },
  A02: { kind: 'visit', name: 'Transfer', encounter: { status: 'in-progress' } },
  A03: { kind: 'visit', name: 'Discharge', encounter: { status: 'finished' } },
  A04: { kind: 'visit', name: 'Register', encounter: { status: 'arrived' } },
  A05: { kind: 'visit', name: 'Pre-admit', encounter: { status: 'planned' } },
  A08: { kind: 'visit', name: 'Update', encounter: { status: undefined } },
  A11: { kind: 'visit', name: 'Cancel admit', encounter: { status: 'cancelled' } },
  A12: { kind: 'visit', name: 'Cancel transfer', encounter: { status: 'in-progress' } },
  A13: { kind: 'visit', name: 'Cancel discharge', encounter: { status: 'in-progress', takesBackDischarge: true } },
  A28: { kind: 'person', name: 'Add person' },
  A31: { kind: 'person', name: 'Update person' },
  A34: { kind: 'merge', name: 'Merge patient (ids only)' },
  A37: { kind: 'unlink', name: 'Unlink patients' },
  A40: { kind: 'merge', name: 'Merge patient' },
};
