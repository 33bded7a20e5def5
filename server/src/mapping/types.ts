// What mapping yields: statements with origin, and an account of every populated field of the receipt.
import type { Instant, SourceKey } from '../base/ids.ts';
import type { Json, JsonObject } from '../base/json.ts';
import type { Span } from '../hl7v2/types.ts';
import type { Issue } from '../validation/types.ts';

/** `fhir-xml` is read as the JSON that says the same (pipeline/read-xml.ts); mapping itself meets JSON alone. */
export type Format = 'hl7v2' | 'fhir-json' | 'fhir-xml' | 'fhir-ndjson' | 'csv' | 'ruling';

/**
 * What a present field does to what the source said before.
 * `snapshot`: replaces the whole element. `merge-by-type`: replaces only entries of the same type or use, keeps the others.
 * `owner-only`: taken only when the source owns the element (`Source.owns`). `ignore`: recorded in the loss account, not said.
 */
export type UpdateMode = 'snapshot' | 'merge-by-type' | 'owner-only' | 'ignore';

/** Element of a resource type, such as `Patient.address`, to its update mode. `*` is the default for the rest. */
export type UpdatePolicy = { readonly [element: string]: UpdateMode };

/** A source as mapping, identity and truth see it. */
export type Source = {
  readonly key: SourceKey;
  readonly name: string;
  readonly kind: 'pas' | 'lab' | 'gp' | 'app' | 'legacy' | 'person' | 'unknown';
  /** 0 (unknown sender) … 100. Higher wins where policy ranks by trust. */
  readonly trust: number;
  /** HD.1 or CX-4 namespace to identifier system URI, such as `{ "RXX": "https://fhir.rxx.example/Id/mrn" }`. */
  readonly authorities: { readonly [namespace: string]: string };
  readonly updatePolicy: UpdatePolicy;
  /** Elements this source owns, such as `Patient.generalPractitioner`; gives `owner-only` its meaning. */
  readonly owns: readonly string[];
  /** IANA zone for local times without offset. */
  readonly timeZone: string;
  /** Column map of this source's CSV layout. */
  readonly csvMap: CsvMap | undefined;
  /** Set while checks of what it says fail and the policy lowers its trust for that: `trust` is what is left. */
  readonly lowered?: Lowered;
};
/** Why a source is trusted less than it was declared to be. Nothing that it said is taken away. */
export type Lowered = {
  /** The declared trust. */
  readonly from: number;
  readonly policy: string;
  readonly because: readonly { readonly check: string; readonly by: number; readonly sentence: string }[];
};

/** Where a mapped element came from. */
export type Origin = {
  /** Path inside the statement's resource: `name[0].family`, `birthDate`. */
  readonly path: string;
  /** Position in the sender's own language: `PID-5.1`, `PID-3[2].1`, `row 7 column dob`, `Bundle.entry[3].resource.birthDate`. */
  readonly position: string;
  readonly span: Span;
};

/** What one statement says of one top-level element. */
export type ElementSaid = {
  /**
   * Top-level element without choice suffix stripped: `name`, `birthDate`, `deceasedDateTime`, `valueQuantity`. `*` cleared, alone:
   * the source takes the whole resource away.
   */
  readonly element: string;
  /** `set`: the resource carries the value. `clear`: the source says there is none (`""`, or removed from a full resource). */
  readonly action: 'set' | 'clear';
  readonly update: 'snapshot' | 'merge-by-type';
};

/**
 * A statement before it has ids. References between resources of the receipt, and to the source's earlier ones, are written as
 * `{ "reference": "key:Type|<key>" }`; the plan turns them into `Type/id`.
 */
export type StatementDraft = {
  readonly resourceType: string;
  /** The source's own stable key for this resource, such as `https://fhir.rxx.example/Id/mrn|123`; equal keys speak of the same thing. */
  readonly key: string;
  /** Patient key (a `key` of resourceType Patient) whom this is about; undefined for organisations and the like. */
  readonly subjectKey: string | undefined;
  /** When the source says it said so (EVN-2, MSH-7, meta.lastUpdated); the receipt's time if it does not say. */
  readonly saidAt: Instant;
  /** True when elements not present are thereby dropped (a FHIR PUT); false when absence means nothing (HL7 v2). */
  readonly replaces: boolean;
  /** The resource as JSON text, digits of decimals kept; without `id` and `meta` that the server owns (a FHIR write keeps its text). */
  readonly text: string;
  /** Same content parsed. */
  readonly resource: JsonObject;
  readonly said: readonly ElementSaid[];
  readonly origins: readonly Origin[];
};

/** A link that the sender asserts: A40 and A34 (`merge`), A37 (`unmerge`). Keys are Patient keys of this source. */
export type LinkDraft = {
  readonly kind: 'merge' | 'unmerge';
  readonly survivingKey: string;
  readonly retiredKey: string;
  /** `PID-3[1]` and `MRG-1[1]`: which pair was coupled. */
  readonly position: string;
  readonly span: Span;
};

export type LossDisposition = 'mapped' | 'ignored' | 'unmapped';
/** One populated position: the smallest populated unit (a component, or a sub-component where populated apart). */
export type LossEntry = {
  /** `PID-5[1].2`, `ZPD-3`, `row 4 column notes`, `Patient.birthDate`. Segment repeats as `OBX[3]-5`. */
  readonly position: string;
  readonly disposition: LossDisposition;
  /** For `ignored`: the rule's name. For `mapped`: the target, such as `Patient.name[0].family`. */
  readonly by: string | undefined;
  readonly span: Span;
};
/** populated = mapped + ignored + unmapped, always. `entries` lists all unmapped and ignored; mapped only when asked. */
export type LossAccount = {
  readonly populated: number;
  readonly mapped: number;
  readonly ignored: number;
  readonly unmapped: number;
  readonly entries: readonly LossEntry[];
};

/** Column map of one CSV layout, declared per source. */
export type CsvMap = {
  readonly name: string;
  readonly delimiter: string;
  /** Column header to target, such as `{ "dob": { "to": "Patient.birthDate", "format": "DD/MM/YYYY" } }`. See mapping/csv. */
  readonly columns: { readonly [column: string]: CsvColumn };
};
export type CsvColumn = {
  /** `Patient.birthDate`, `Patient.name.family`, `AllergyIntolerance.code.text`, … or `ignore`. */
  readonly to: string;
  readonly format?: string;
  readonly system?: string;
  readonly codes?: { readonly [value: string]: string };
};

export type MappingInput = {
  readonly source: Source;
  readonly format: Exclude<Format, 'fhir-xml'>;
  readonly bytes: Uint8Array;
  readonly receivedAt: Instant;
  /** FHIR door only: the interaction, and the id in the URL for an update. */
  readonly interaction: FhirInteraction | undefined;
  /** What came of the patches that an earlier mapping of this receipt asked for, by their positions. */
  readonly patched?: ReadonlyMap<string, Patched>;
  /** List mapped positions in the loss account too. The pipeline does not ask: it would cost more than the mapping. */
  readonly listMapped?: boolean;
};
export type FhirInteraction = {
  readonly kind: 'create' | 'update' | 'patch' | 'delete' | 'transaction' | 'batch';
  readonly type: string | undefined;
  readonly id: string | undefined;
  /** Search parameters in place of an id: If-None-Exist of a create, the query of a conditional update or delete. */
  readonly query?: string;
  /** If-Match: the version that must be the current one; 0 for If-None-Match `*`, which asks that there is none. */
  readonly ifMatch?: number;
  /** Of a patch: how its body is to be read. */
  readonly patch?: PatchLanguage;
  /** Of a transaction: a letter an entry, for histories: C (POST), U (PUT), P (PATCH), D (DELETE), R (GET, HEAD, and POST of what only reads), ? for what is none. */
  readonly entries?: string;
};

export type PatchLanguage = 'json-patch' | 'fhirpath-patch';
/** A change to what is held now. It is applied to that, and the receipt is mapped again with what came of it. */
export type PatchAsked = {
  /** `Type/id`, or the search `Type?…` that finds one. */
  readonly target: string;
  readonly language: PatchLanguage;
  readonly text: string;
  /** The version that must be the current one. */
  readonly ifMatch: number | undefined;
  /** `Patient`, or `Bundle.entry[3]`. */
  readonly position: string;
  /** What other entries of its Bundle write to point at it. */
  readonly fullUrl?: string | undefined;
};
/** A resource with its patch applied, and the version that it was applied to. */
export type Patched = {
  readonly type: string;
  readonly id: string;
  /** The id that it was asked for by, which may lead to another: that of a patient whose record is one of a person's. */
  readonly askedId: string;
  readonly version: number;
  readonly text: string;
};

/**
 * A search whose answer decides what a draft is about. Until it is known, the draft's key is `find:Patient?identifier=…`, and so is
 * a reference to it. `otherwise`: the key when nothing matches; undefined: then the receipt is refused, or for a delete nothing done.
 */
export type Condition = {
  readonly purpose: 'create' | 'update' | 'delete' | 'reference';
  /** `Patient?identifier=…` */
  readonly query: string;
  readonly otherwise: string | undefined;
  /** Id in the body of a conditional update, which must be that of the match. */
  readonly bodyId?: string | undefined;
  readonly position: string;
};
/** A version that must be current, or the receipt is refused: `Patient/123`; version 0 asks that there is none. */
export type Expectation = { readonly name: string; readonly version: number; readonly position: string };

/**
 * `mapped`: statements to plan (an empty list is legal: a message that only acknowledges, explained by `note`).
 * `ignored`: understood, and a named rule says nothing is to be done with it; the receipt ends `applied` with no effect and that rule as reason.
 * `refused`: cannot be mapped without repair; the receipt is quarantined with these issues.
 */
export type MappingResult =
  | {
      readonly outcome: 'mapped';
      readonly statements: readonly StatementDraft[];
      readonly links: readonly LinkDraft[];
      readonly conditions?: readonly Condition[];
      readonly expectations?: readonly Expectation[];
      /** Then nothing else is said yet. */
      readonly patches?: readonly PatchAsked[];
      readonly issues: readonly Issue[];
      readonly loss: LossAccount;
    }
  | {
      readonly outcome: 'ignored';
      readonly rule: string;
      readonly issues: readonly Issue[];
      readonly loss: LossAccount;
    }
  | { readonly outcome: 'refused'; readonly issues: readonly Issue[]; readonly loss: LossAccount };

export type { Json, JsonObject };
