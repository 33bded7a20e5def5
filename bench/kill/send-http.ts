// The two HTTP senders: FHIR creates and updates, and raw receipts with an Idempotency-Key. One request at a time each.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StreamedAdt } from '../../server/src/testkit/morning/adt-stream.ts';
import type { Random } from '../../server/src/testkit/people/random.ts';
import type { World } from './world.ts';

const TIMEOUT_MS = 30_000;
const RETRY_MS = 50;
const UPDATES_OF_ONE = 5;

type Request = {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly headers: { readonly [name: string]: string };
};
type Answered = { readonly receipt: number; readonly location: string; readonly again: boolean };

/** Creates patients and observations and updates each a few times; every body is another, so that each is a version of its own. */
export async function sendFhir(world: World, name: string, random: Random): Promise<void> {
  let count = 0;
  while (await world.next()) {
    count += 1;
    const local = `${name}-${count}`;
    const patient = await write(world, 'POST Patient', patientBody(local, 0));
    if (patient === undefined) continue;
    await write(world, `PUT Patient/${patient}`, patientBody(local, 1, patient));
    const observation = await write(world, 'POST Observation', observationBody(local, 0, { patient }));
    for (let n = 1; observation !== undefined && n <= random.below(UPDATES_OF_ONE) && (await world.next()); n += 1)
      await write(world, `PUT Observation/${observation}`, observationBody(local, n, { patient, id: observation }));
  }
}

function patientBody(local: string, n: number, id?: string): object {
  return {
    resourceType: 'Patient',
    ...(id === undefined ? {} : { id }),
    identifier: [{ system: 'https://practice.example/number', value: local }],
    name: [{ use: 'official', family: `Marsh${n}`, given: [`Ada${local.replace(/\D/g, '')}`] }],
    birthDate: '1981-04-17',
    gender: 'female',
  };
}

function observationBody(local: string, n: number, of: { patient: string; id?: string }): object {
  return {
    resourceType: 'Observation',
    ...(of.id === undefined ? {} : { id: of.id }),
    identifier: [{ system: 'https://practice.example/observation', value: local }],
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4', display: 'Heart rate' }] },
    subject: { reference: `Patient/${of.patient}` },
    effectiveDateTime: '2026-03-02T09:00:00Z',
    valueQuantity: { value: 60 + n, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
    note: [{ text: `${local} said ${n}` }],
  };
}

/** Writes until acknowledged, and returns the id that the server gave. */
async function write(world: World, what: string, body: object): Promise<string | undefined> {
  const [method = '', path = ''] = what.split(' ');
  const text = JSON.stringify(body);
  const headers = { 'content-type': 'application/fhir+json', 'vouch-source': 'gp' };
  const answered = await untilAnswered(world, { method, path: `/fhir/R4/${path}`, body: text, headers });
  if (answered === undefined) return undefined;
  world.journal.add({
    door: 'fhir',
    source: 'gp',
    key: undefined,
    receipt: answered.receipt,
    hash: sha256(text),
    again: answered.again,
  });
  return /\/fhir\/R4\/\w+\/([^/]+)/.exec(answered.location)?.[1];
}

/** Raw HL7 v2 and NDJSON in turn, each under a key of its own that stays the same however often it is sent. */
export async function sendReceipts(world: World, stream: Iterator<StreamedAdt>, random: Random): Promise<void> {
  while (await world.next()) {
    const message = stream.next().value as StreamedAdt;
    const ndjson = random.chance(0.3);
    const body = ndjson ? lines(message.controlId) : message.text;
    const answered = await untilAnswered(world, {
      method: 'POST',
      path: '/api/v1/receipts',
      body,
      headers: {
        'content-type': ndjson ? 'application/x-ndjson' : 'application/hl7-v2',
        'vouch-source': 'edge',
        'idempotency-key': message.controlId,
      },
    });
    if (answered === undefined) continue;
    const { receipt } = answered;
    const key = `key ${message.controlId}`;
    world.journal.add({ door: 'receipts', source: 'edge', key, receipt, hash: sha256(body), again: false });
  }
}

function lines(name: string): string {
  const one = (n: number) => JSON.stringify({ ...patientBody(`${name}-${n}`, 0), id: `${name.toLowerCase()}-${n}` });
  return `${one(1)}\n${one(2)}\n`;
}

/** Sends the same again until an answer says that it is stored; undefined when the world ended before. */
async function untilAnswered(world: World, request: Request): Promise<Answered | undefined> {
  for (let sent = 0; !world.isOver(); await sleep(RETRY_MS)) {
    const at = world.operator.addresses;
    if (at === undefined) continue;
    sent += 1;
    if (sent > 1) world.journal.resent += 1;
    const answer = await once(at.http, request);
    if (answer !== undefined && answer.status < 300) return { ...(await readAnswer(answer)), again: sent > 1 };
    // 503: the store was away, and nothing was promised.
    if (answer !== undefined && answer.status !== 503) {
      world.journal.problems.push(
        `${request.method} ${request.path}: ${answer.status} ${(await answer.text()).slice(0, 300)}`,
      );
      return undefined;
    }
  }
  return undefined;
}

async function once(http: string, { method, path, body, headers }: Request): Promise<Response | undefined> {
  try {
    const answer = await fetch(`${http}${path}`, { method, body, headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    // The body too must arrive: an answer cut short acknowledges nothing.
    const text = await answer.text();
    return new Response(text, { status: answer.status, headers: answer.headers });
  } catch {
    // The connection broke, or there was none: the sender cannot know, and sends again.
    return undefined;
  }
}

async function readAnswer(answer: Response): Promise<Omit<Answered, 'again'>> {
  const named = answer.headers.get('vouch-receipt');
  const receipt = named === null ? ((await answer.json()) as { readonly receipt: number }).receipt : Number(named);
  return { receipt, location: answer.headers.get('location') ?? '' };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
