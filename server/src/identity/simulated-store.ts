// For tests: an in-memory stand-in for the shell around identity. Keeps subjects and links, finds candidates by their keys
// until nothing new turns up, appends what identify decides.
import type { Instant, LinkId, ReceiptId, SourceKey, StatementId, SubjectId } from '../base/ids.ts';
import type { Json, JsonObject } from '../base/json.ts';
import type { View } from '../truth/types.ts';
import { components } from './components.ts';
import { pair } from './evidence.ts';
import { identify, type SenderMerge } from './identify.ts';
import { identityOf } from './identity-of.ts';
import { lookupKeys } from './lookup-keys.ts';
import type { Link, LinkDecision, NearMiss, SubjectIdentity } from './types.ts';

/** A patient in shorthand; `ids` are `system|value`, `mrn` means the system `https://fhir.rxx.example/Id/mrn`. */
export type Shorthand = {
  readonly nhs?: string;
  /** Trace status code. Absent: the sender gives none. */
  readonly status?: string;
  readonly statusSystem?: string;
  readonly mrn?: string;
  readonly ids?: readonly string[];
  readonly oldIds?: readonly string[];
  readonly born?: string;
  /** `Given Family`. */
  readonly name?: string;
  readonly sex?: string;
  readonly postcode?: string;
  readonly pseudo?: boolean;
};
export type Step =
  | { readonly say: string; readonly patient: Shorthand; readonly addressed?: string }
  | { readonly merge: readonly [surviving: string, retired: string] }
  | { readonly unmerge: readonly [surviving: string, retired: string] }
  | { readonly rule: readonly [string, string, 'same' | 'not-same'] };

export type SimulatedStore = ReturnType<typeof simulatedStore>;

export function simulatedStore() {
  const subjects = new Map<SubjectId, SubjectIdentity>();
  const links: Link[] = [];
  const nearMisses: NearMiss[] = [];

  function append(decision: LinkDecision): void {
    links.push({ ...decision, id: links.length as LinkId, receipt: links.length as ReceiptId });
  }

  function settle(identity: SubjectIdentity, extra: { addressed?: SubjectId; merges?: readonly SenderMerge[] }): void {
    const before = subjects.get(identity.id);
    subjects.set(identity.id, identity);
    const named = (extra.merges ?? []).flatMap((merge) => [merge.surviving, merge.retired]);
    const start = [identity.id, ...named, ...(extra.addressed === undefined ? [] : [extra.addressed])];
    const found = closure(start, before === undefined ? [] : lookupKeys(before));
    const touching = links.filter((link) => found.has(link.a) || found.has(link.b));
    const candidates = [...found].map((id) => subjects.get(id)).filter((one) => one !== undefined);
    const result = identify({ subject: identity, candidates, links: touching, ...extra });
    for (const decision of result.decisions) append(decision);
    nearMisses.push(...result.nearMisses);
  }

  function closure(start: readonly SubjectId[], keysBefore: readonly string[]): ReadonlySet<SubjectId> {
    const found = new Set(start);
    const keys = new Set(keysBefore);
    for (let size = -1; size !== found.size + keys.size; ) {
      size = found.size + keys.size;
      for (const [id, identity] of subjects) {
        const own = lookupKeys(identity);
        if (own.some((key) => keys.has(key))) found.add(id);
        if (found.has(id)) for (const key of own) keys.add(key);
      }
      for (const link of links) if (found.has(link.a) || found.has(link.b)) found.add(link.a).add(link.b);
    }
    return found;
  }

  function known(name: string): SubjectIdentity {
    const identity = subjects.get(name as SubjectId);
    return identity ?? identityFrom(name, {}, subjects.size);
  }

  function play(step: Step): void {
    if ('say' in step) {
      const { firstSeen } = known(step.say);
      const addressed = step.addressed === undefined ? {} : { addressed: step.addressed as SubjectId };
      settle(identityFrom(step.say, step.patient, firstSeen), addressed);
    } else if ('rule' in step) {
      const [one, other, kind] = step.rule;
      const decided = { ...pair(one as SubjectId, other as SubjectId), kind, rule: 'ruling' as const };
      append({ ...decided, retired: undefined, because: [] });
      settle(known(one), {});
    } else {
      const kind = 'merge' in step ? 'merge' : 'unmerge';
      const [surviving, retired] = 'merge' in step ? step.merge : step.unmerge;
      for (const name of [surviving, retired]) subjects.set(name as SubjectId, known(name));
      settle(known(surviving), {
        merges: [{ kind, surviving: surviving as SubjectId, retired: retired as SubjectId }],
      });
    }
  }

  return {
    subjects,
    links,
    nearMisses,
    play,
    /** Each person as sorted subject names, sorted: comparable whatever the order of arrival. */
    partition: () =>
      components([...subjects.values()], links)
        .map((person) => [...person.subjects].sort())
        .sort((left, right) => ((left[0] ?? '') < (right[0] ?? '') ? -1 : 1)),
  };
}

export function identityFrom(name: string, patient: Shorthand, firstSeen: number): SubjectIdentity {
  const source = (name.split('/')[0] ?? name) as SourceKey;
  return identityOf(viewOf(patientFrom(patient)), { id: name as SubjectId, source, firstSeen });
}

/** A view as if one statement had said the whole resource. */
export function viewOf(patient: JsonObject): View {
  const saidAt = '2026-01-01T00:00:00.000Z' as Instant;
  const from = { statement: 0 as StatementId, source: 'test' as SourceKey, saidAt };
  const elements = Object.entries(patient).map(([element, value]) => [element, { value, cleared: false, ...from }]);
  return {
    resourceType: 'Patient',
    elements: Object.fromEntries(elements) as View['elements'],
    lastSaidAt: saidAt,
    lastStatement: 0 as StatementId,
    wholeText: undefined,
  };
}

function patientFrom(said: Shorthand): JsonObject {
  const [given, family] = said.name?.split(' ') ?? [];
  const ids = [...(said.ids ?? []), ...(said.mrn === undefined ? [] : [`https://fhir.rxx.example/Id/mrn|${said.mrn}`])];
  const identifier = [
    ...(said.nhs === undefined ? [] : [nhsIdentifier(said.nhs, said)]),
    ...ids.map((id) => identifierFrom(id, {})),
    ...(said.oldIds ?? []).map((id) => identifierFrom(id, { use: 'old' })),
  ];
  return {
    identifier,
    ...(family === undefined || given === undefined ? {} : { name: [{ family, given: [given] }] }),
    ...(said.born === undefined ? {} : { birthDate: said.born }),
    ...(said.sex === undefined ? {} : { gender: said.sex }),
    ...(said.postcode === undefined ? {} : { address: [{ postalCode: said.postcode }] }),
    ...(said.pseudo === true
      ? { extension: [{ url: 'https://vouch.dev/fhir/StructureDefinition/pseudo-person', valueBoolean: true }] }
      : {}),
  };
}

function identifierFrom(text: string, extra: JsonObject): JsonObject {
  const bar = text.indexOf('|');
  const system = text.slice(0, Math.max(bar, 0));
  return { ...extra, ...(system === '' ? {} : { system }), value: text.slice(bar + 1) };
}

function nhsIdentifier(value: string, { status, statusSystem }: Shorthand): Json {
  const base = { system: 'https://fhir.nhs.uk/Id/nhs-number', value };
  if (status === undefined) return base;
  const system = statusSystem ?? 'https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland';
  const url = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus';
  return { ...base, extension: [{ url, valueCodeableConcept: { coding: [{ system, code: status }] } }] };
}
