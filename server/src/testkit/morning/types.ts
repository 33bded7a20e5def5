// A messy hospital morning as data: who sends, what arrives when and by which door, what was scripted, and what should come of it.
import type { Instant, SourceKey } from '../../base/ids.ts';
import type { AckPolicy, ReceiptState } from '../../intake/types.ts';
import type { Source } from '../../mapping/types.ts';
import type { VerdictState } from '../../truth/types.ts';

/** A source with what its doors need to know about it. */
export type SourceSetup = {
  readonly source: Source;
  /** MSH-3 and MSH-4 as this source sends them; empty when it sends no HL7 v2. */
  readonly senders: readonly { readonly application: string; readonly facility: string }[];
  /** How its MLLP connection acknowledges; undefined when it sends no HL7 v2. */
  readonly ackPolicy: AckPolicy | undefined;
  /** Folder its files are dropped into, below the watched directory. */
  readonly folder: string | undefined;
  /** Quiet for longer than this is silence. */
  readonly silentAfterMinutes: number;
};

export type Via = MorningDelivery['via'];

type Common = {
  /** Position in the morning, from 0. */
  readonly index: number;
  /** Simulated time of arrival. */
  readonly at: Instant;
  readonly source: SourceKey;
  readonly payload: Uint8Array;
  /** What this is, in a few words without patient data: `ADT^A01`, `PUT Patient`. */
  readonly label: string;
  /** Tag of the story this belongs to; undefined for ordinary traffic. */
  readonly story: string | undefined;
  readonly expect: Expect | undefined;
};

export type MorningDelivery = Common &
  (
    | { readonly via: 'mllp' }
    | {
        readonly via: 'fhir';
        readonly method: 'POST' | 'PUT';
        /** Below `/fhir/R4`: `/Patient/mlg-1`, or `` for a Bundle. */
        readonly path: string;
        readonly headers: Headers;
      }
    | { readonly via: 'receipts' | 'csv'; readonly headers: Headers }
    | { readonly via: 'folder'; readonly fileName: string }
    | { readonly via: 'ruling'; readonly ruling: MorningRuling }
  );

export type Headers = { readonly [name: string]: string };

/** Patient as one source knows them: its identifier system and value. */
export type SubjectRef = { readonly source: SourceKey; readonly system: string; readonly value: string };

/** What `POST /api/v1/rulings` is asked; the payload is the same as JSON. */
export type MorningRuling = {
  readonly kind: 'not-same';
  /** Source subjects: `key` is `system|value`. */
  readonly a: { readonly source: SourceKey; readonly key: string };
  readonly b: { readonly source: SourceKey; readonly key: string };
  readonly reason: string;
  readonly by: string;
};

/** What must come of one delivery: one of these states, and this answer where the door gives one. */
export type Expect = {
  readonly states?: readonly ReceiptState[];
  /** MSA-1 of the answer. */
  readonly ack?: readonly ('AA' | 'AE' | 'AR')[];
  readonly http?: readonly number[];
};

/** What must hold when everything has been played. */
export type Outcome =
  | { readonly kind: 'same-person' | 'different-persons'; readonly a: SubjectRef; readonly b: SubjectRef }
  | {
      readonly kind: 'verdict';
      readonly subject: SubjectRef;
      readonly element: string;
      readonly states: readonly VerdictState[];
      /** The value that must be served (a JSON value, or a part of one); undefined when only the state matters. */
      readonly value?: string;
      /** A value that must not be served. */
      readonly not?: string;
    }
  | {
      readonly kind: 'resource-status';
      readonly resourceType: 'Observation' | 'AllergyIntolerance' | 'Encounter' | 'DiagnosticReport';
      readonly subject: SubjectRef;
      /** Code of the resource, or the visit number of an Encounter. */
      readonly code: string;
      readonly status: readonly string[];
    }
  | { readonly kind: 'case'; readonly subject: SubjectRef; readonly caseKinds: readonly string[] }
  | { readonly kind: 'silent'; readonly source: SourceKey };

export type Story = {
  readonly tag: string;
  /** What went wrong, in a sentence. */
  readonly title: string;
  /** What Vouch should make of it. */
  readonly expectation: string;
  readonly outcomes: readonly Outcome[];
};

export type WorthOpening = {
  /** How the demo names them: `Margaret O'Brien (RX100001)`. */
  readonly who: string;
  readonly subject: SubjectRef;
  readonly why: string;
};

export type Summary = {
  readonly people: number;
  readonly deliveries: number;
  readonly bySource: { readonly [source: string]: number };
  readonly byVia: { readonly [via: string]: number };
  readonly byStory: { readonly [tag: string]: number };
  readonly worthOpening: readonly WorthOpening[];
};

export type Morning = {
  readonly seed: number;
  readonly date: string;
  /** Simulated instants between which everything arrives. */
  readonly start: Instant;
  readonly end: Instant;
  readonly sources: readonly SourceSetup[];
  /** In order of arrival. */
  readonly deliveries: readonly MorningDelivery[];
  readonly stories: readonly Story[];
  readonly summary: Summary;
};
