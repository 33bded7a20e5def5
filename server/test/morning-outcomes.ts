// Holds a played morning against what it said would come of it: each delivery's expectation, each story's outcomes.
import { createHash } from 'node:crypto';
import { readSubjects } from '../src/pipeline/reader.ts';
import type { Morning, MorningDelivery, Outcome, SubjectRef } from '../src/testkit/morning/index.ts';
import { at, type House, listAt } from './harness.ts';

type ReceiptRow = {
  readonly id: number;
  readonly source: string;
  readonly hash: string;
  readonly note: string | null;
  readonly state: string;
};

/** One line for each expectation that does not hold; empty when the morning went as written. */
export async function unmet(house: House, morning: Morning): Promise<readonly string[]> {
  const lines = await unmetDeliveries(house, morning);
  for (const story of morning.stories) {
    for (const outcome of story.outcomes) {
      const trouble = await unmetOutcome(house, outcome);
      if (trouble !== undefined) lines.push(`${story.tag}: ${outcome.kind}: ${trouble}`);
    }
  }
  return lines;
}

async function unmetDeliveries(house: House, morning: Morning): Promise<string[]> {
  const { rows } = await house.running.db.query<ReceiptRow>(
    `select receipt.id, receipt.source, encode(content_hash, 'hex') as hash, note, state
     from receipt join receipt_state on receipt.id = receipt_state.receipt order by receipt.id`,
  );
  const byContent = Map.groupBy(rows, (row) => `${row.source} ${row.hash}`);
  const lines: string[] = [];
  for (const delivery of morning.deliveries) {
    const wanted = delivery.expect?.states;
    const got = statesOf(delivery, rows, byContent);
    const name = `${delivery.story ?? 'routine'} at ${delivery.at.slice(11, 16)} (${delivery.label})`;
    if (got.length === 0) lines.push(`${name}: no receipt`);
    else if (wanted !== undefined && !got.every((state) => (wanted as readonly string[]).includes(state)))
      lines.push(`${name}: ${got.join(', ')}, not ${wanted.join(' or ')}`);
    else if (
      delivery.story === undefined &&
      wanted === undefined &&
      got.some((state) => state !== 'applied' && state !== 'duplicate')
    )
      lines.push(`${name}: ${got.join(', ')}`);
  }
  return lines;
}

function statesOf(
  delivery: MorningDelivery,
  rows: readonly ReceiptRow[],
  byContent: Map<string, ReceiptRow[]>,
): readonly string[] {
  const source = delivery.via === 'ruling' ? 'people' : delivery.source;
  const hash = createHash('sha256').update(delivery.payload).digest('hex');
  const next = byContent.get(`${source} ${hash}`)?.shift();
  if (next !== undefined) return [next.state];
  if (delivery.via !== 'folder') return [];
  return rows.filter((row) => row.note?.includes(delivery.fileName) === true).map((row) => row.state);
}

async function subjectOf(
  house: House,
  { source, system, value }: SubjectRef,
): Promise<{ id: string; person: string } | undefined> {
  const [row] = await readSubjects(
    house.running.db,
    [`${source} ${system}|${value}`, `${source} Patient/${value}`],
    [],
  );
  return row;
}

async function unmetOutcome(house: House, outcome: Outcome): Promise<string | undefined> {
  switch (outcome.kind) {
    case 'same-person':
    case 'different-persons': {
      const [a, b] = [await subjectOf(house, outcome.a), await subjectOf(house, outcome.b)];
      if (a === undefined || b === undefined) return `${a === undefined ? 'a' : 'b'} is not known`;
      return (a.person === b.person) === (outcome.kind === 'same-person')
        ? undefined
        : `they are ${a.person === b.person ? 'one' : 'two'}`;
    }
    case 'verdict':
      return unmetVerdict(house, outcome);
    case 'resource-status':
      return unmetStatus(house, outcome);
    case 'case':
      return unmetCase(house, outcome);
    case 'silent': {
      const line = (await house.books()).sources.find((one) => one.source === outcome.source);
      return line?.silent === true ? undefined : 'the books do not say so';
    }
  }
}

async function unmetVerdict(house: House, outcome: Outcome & { kind: 'verdict' }): Promise<string | undefined> {
  const subject = await subjectOf(house, outcome.subject);
  if (subject === undefined) return 'the subject is not known';
  const { json } = await house.fhir('GET', `/Patient/${subject.id}/$explain?path=${outcome.element}`);
  const state = String(at(json, 'state'));
  const served = JSON.stringify(at((await house.fhir('GET', `/Patient/${subject.id}`)).json, outcome.element) ?? null);
  if (!(outcome.states as readonly string[]).includes(state))
    return `${outcome.element} is ${state}, not ${outcome.states.join(' or ')}; served ${served}`;
  if (outcome.value !== undefined && !served.includes(outcome.value))
    return `${outcome.element} is served without the value expected`;
  if (outcome.not !== undefined && served.includes(outcome.not))
    return `${outcome.element} is served with a value that must not be`;
  return undefined;
}

async function unmetStatus(house: House, outcome: Outcome & { kind: 'resource-status' }): Promise<string | undefined> {
  const subject = await subjectOf(house, outcome.subject);
  if (subject === undefined) return 'the subject is not known';
  const by = outcome.resourceType === 'Encounter' ? 'identifier' : 'code';
  const { json, text } = await house.fhir(
    'GET',
    `/${outcome.resourceType}?patient=${subject.id}&${by}=${encodeURIComponent(outcome.code)}&_count=100`,
  );
  const statuses = listAt(json, 'entry').map((entry) => statusOf(at(entry, 'resource')));
  if (statuses.length === 0) return `no ${outcome.resourceType} ${outcome.code} of the patient: ${text.slice(0, 200)}`;
  return statuses.some((status) => outcome.status.includes(status))
    ? undefined
    : `${outcome.resourceType} is ${statuses.join(', ')}, not ${outcome.status.join(' or ')}`;
}

function statusOf(resource: unknown): string {
  const ways = ['status', 'clinicalStatus.coding.0.code', 'verificationStatus.coding.0.code'];
  return String(ways.map((way) => at(resource, way)).find((value) => value !== undefined));
}

async function unmetCase(house: House, outcome: Outcome & { kind: 'case' }): Promise<string | undefined> {
  const subject = await subjectOf(house, outcome.subject);
  if (subject === undefined) return 'the subject is not known';
  const all = [...(await house.cases('open')), ...(await house.cases('closed'))];
  const about = all.filter((one) =>
    one.persons.some((person) => person.endsWith(`/${subject.id}`) || person.endsWith(`/${subject.person}`)),
  );
  return about.some((one) => outcome.caseKinds.includes(one.kind))
    ? undefined
    : `no case of ${outcome.caseKinds.join(' or ')}; there are ${about.map((one) => one.kind).join(', ') || 'none'}`;
}
