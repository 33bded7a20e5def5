// The answer to a FHIR write: the resource as it is held now, or what stands in the way of it.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ReceiptId } from '../base/ids.ts';
import { operationOutcome } from '../fhir/index.ts';
import type { FhirInteraction } from '../mapping/types.ts';
import type { Plan, PlannedVersion } from '../pipeline/types.ts';
import * as record from '../record/reader.ts';
import { BASE_FHIR, type HttpContext } from './context.ts';
import { versionHeaders } from './fhir-read.ts';
import { notAdopted } from './not-adopted.ts';
import { outcome, statusOf } from './problem.ts';

export type Written = {
  readonly status: number;
  readonly text: string;
  readonly headers: { readonly [name: string]: string };
  /** For `Prefer: return=OperationOutcome`, and for the entry of a transaction; undefined: nothing to remark. */
  readonly remarks: string | undefined;
  /** True for the answer to a transaction. */
  readonly isBundle?: boolean;
};
type Named = { readonly type: string; readonly id: PlannedVersion['id'] };
type Current = Named & {
  readonly version: number;
  readonly at: Plan['at'];
  readonly text: string;
  /** True when this write made this version. */
  readonly made: boolean;
};

const FHIR_JSON = 'application/fhir+json; charset=utf-8';
const ENTRY_POSITION = /^Bundle\.entry\[(\d+)\]/;
const PREFER = /(?:^|[,;\s])return\s*=\s*"?(minimal|representation|OperationOutcome)"?/;
const OK = 200;
const CREATED = 201;
const ACCEPTED = 202;
const NO_CONTENT = 204;
const BAD_REQUEST = 400;
const REFUSED = 422;

/** Stored, but the pipeline has not come to it in time. */
export function accepted(receipt: ReceiptId): Written {
  const message = `Stored as receipt ${receipt}, not applied yet. See /api/v1/receipts/${receipt}.`;
  const text = outcome(ACCEPTED, [{ code: 'accepted', message }]);
  return { status: ACCEPTED, text, headers: { 'vouch-receipt': String(receipt) }, remarks: undefined };
}

export type Preference = 'minimal' | 'representation' | 'OperationOutcome';

/** What the caller wants back of a write: https://hl7.org/fhir/R4/http.html#ops */
export function preferenceOf(request: FastifyRequest): Preference | undefined {
  return PREFER.exec(String(request.headers['prefer'] ?? ''))?.[1] as Preference | undefined;
}

export async function answer(
  context: HttpContext,
  plan: Plan,
  { interaction, prefer }: { interaction: FhirInteraction; prefer: Preference | undefined },
): Promise<Written> {
  const headers = { 'vouch-receipt': String(plan.receipt) };
  const plain = (status: number, text: string): Written => ({ status, text, headers, remarks: undefined });
  if (plan.state === 'rejected') {
    const status = refusedStatus(plan);
    return plain(status, refusal(plan, status));
  }
  if (plan.state !== 'applied') return plain(ACCEPTED, outcome(ACCEPTED, plan.reasons));
  if (interaction.kind === 'transaction') {
    const text = await transactionResponse(context, plan, { asked: interaction.entries ?? '', prefer });
    return { ...plain(OK, text), isBundle: true };
  }
  if (interaction.kind === 'delete')
    return { ...plain(NO_CONTENT, ''), headers: { ...headers, ...removedHeaders(plan) } };
  const [told] = await toldOf(context, plan);
  if (told?.current === undefined) {
    const message = 'Stored. It says nothing that can be served.';
    return plain(OK, outcome(OK, [{ code: 'no-effect', message }]));
  }
  const { current, reasons } = told;
  // A new record of a patient who is known already makes no new person, and is a create all the same.
  const created =
    (interaction.kind === 'create' && plan.statements.length > 0) || (current.made && current.version === 1);
  const location = created
    ? { location: `${BASE_FHIR}/${current.type}/${current.id}/_history/${current.version}` }
    : {};
  return {
    status: created ? CREATED : OK,
    text: current.text,
    headers: { ...headers, ...versionHeaders(current), ...location, ...notAdoptedHeader(reasons) },
    remarks: reasons.length === 0 ? undefined : outcome(OK, reasons),
  };
}

/** What stands in the way of a write besides its content: preconditions that do not hold, and what is not there. */
const STATED: ReadonlySet<number> = new Set([404, 409, 410, 412, 413]);
/** What is wrong with the request, not with what the resource says: https://hl7.org/fhir/R4/http.html#create and #update. */
const UNREADABLE = /^(?:json-|not-utf-8|xml-|resource-type-|id-mismatch|entry-|search-|condition-)/;

function refusedStatus({ reasons, issues }: Plan): number {
  const code = reasons[0]?.code ?? '';
  const status = statusOf(code);
  if (code.startsWith('patch-')) return status;
  if (UNREADABLE.test(code)) return BAD_REQUEST;
  const isBroken = issues.some(({ severity }) => severity === 'error' || severity === 'fatal');
  return STATED.has(status) && !isBroken ? status : REFUSED;
}

function removedHeaders({ versions }: Plan): Readonly<Record<string, string>> {
  const [removed] = versions.filter((version) => version.deleted);
  return removed === undefined ? {} : { etag: `W/"${removed.version}"` };
}

/** All findings where validation or mapping made any, with FHIR's own issue types; else the reasons. */
function refusal(plan: Plan, status: number): string {
  const serious = plan.issues.some(({ severity }) => severity === 'error' || severity === 'fatal');
  return serious ? JSON.stringify(operationOutcome(plan.issues)) : outcome(status, plan.reasons);
}

function notAdoptedHeader(reasons: Plan['reasons']): Readonly<Record<string, string>> {
  const elements = reasons.flatMap(({ position }) => position?.replace(/^Patient\./, '') ?? []);
  return elements.length === 0 ? {} : { 'vouch-not-adopted': elements.join(', ') };
}

type Told = {
  readonly entry: number | undefined;
  readonly current: Current | undefined;
  readonly reasons: Plan['reasons'];
};

/** What became of each resource that the receipt spoke of, those included of which it said nothing new. */
async function toldOf(context: HttpContext, plan: Plan): Promise<readonly Told[]> {
  const stated = plan.statements.map(async (statement): Promise<Told> => {
    const { resourceType: type, resourceId: id, position } = statement;
    const current = await currentOf(context, plan, { type, id });
    const reasons = await notAdopted(context, plan, statement);
    return { entry: entryAt(position), current, reasons };
  });
  const unchanged = plan.effects
    .filter((effect) => effect.kind === 'unchanged')
    .map(async ({ target, position }): Promise<Told> => {
      const [type = '', id = ''] = target.split('/');
      const current = await currentOf(context, plan, { type, id: id as PlannedVersion['id'] });
      return { entry: entryAt(position), current, reasons: [] };
    });
  return Promise.all([...stated, ...unchanged]);
}

function entryAt(position: string | undefined): number | undefined {
  const index = ENTRY_POSITION.exec(position ?? '')?.[1];
  return index === undefined ? undefined : Number(index);
}

async function currentOf(context: HttpContext, plan: Plan, { type, id: written }: Named): Promise<Current | undefined> {
  const person = plan.subjects.find((subject) => subject.id === (written as string))?.person;
  const id = type === 'Patient' && person !== undefined ? (person as string as PlannedVersion['id']) : written;
  const made = plan.versions.find(
    (version) => version.type === type && version.id === id && version.text !== undefined,
  );
  if (made?.text !== undefined) return { type, id, version: made.version, at: plan.at, text: made.text, made: true };
  const stored = await record.readVersionAt(context.db, { type, id });
  return stored === undefined ? undefined : { ...stored, text: stored.deleted ? '' : stored.text, made: false };
}

/** One entry for each of the transaction's, in its order. */
async function transactionResponse(
  context: HttpContext,
  plan: Plan,
  { asked, prefer }: { asked: string; prefer: Preference | undefined },
): Promise<string> {
  const told = await toldOf(context, plan);
  const placed = new Map(told.flatMap((one) => (one.entry === undefined ? [] : [[one.entry, one] as const])));
  // An entry that says nothing at all has no place of its own: it takes one that is left.
  for (const one of told.filter(({ entry }) => entry === undefined)) {
    let free = 0;
    while (placed.has(free) || asked[free] === 'R') free += 1;
    placed.set(free, one);
  }
  // A deletion by a condition that nothing meets is stated nowhere, and answered like any other.
  const entries = [...asked].flatMap((letter, index) => {
    if (letter === 'R') return [];
    return [letter === 'D' ? REMOVED_ENTRY : responseEntry(placed.get(index) ?? NOTHING_TOLD, prefer)];
  });
  return `{"resourceType":"Bundle","type":"transaction-response","entry":[${entries.join(',')}]}`;
}

const NOTHING_TOLD: Told = { entry: undefined, current: undefined, reasons: [] };
const REMOVED_ENTRY = '{"response":{"status":"204 No Content"}}';

function responseEntry({ current, reasons }: Told, prefer: Preference | undefined): string {
  if (current?.text === '') return REMOVED_ENTRY;
  if (current === undefined) return '{"response":{"status":"200 OK"}}';
  const { type, id, version, at, made } = current;
  const status = made && version === 1 ? '201 Created' : '200 OK';
  const response = { status, location: `${type}/${id}/_history/${version}`, etag: `W/"${version}"`, lastModified: at };
  const isWanted = reasons.length > 0 || prefer === 'OperationOutcome';
  const remarks = isWanted ? `,"outcome":${remarksOf(reasons)}` : '';
  const resource = prefer === 'representation' ? `"resource":${current.text},` : '';
  return `{${resource}"response":${JSON.stringify(response).slice(0, -1)}${remarks}}}`;
}

function remarksOf(reasons: Plan['reasons']): string {
  return reasons.length === 0 ? JSON.stringify(operationOutcome([])) : outcome(OK, reasons);
}

/** Sends it in the form that the caller prefers: the resource unless told otherwise. What became of a transaction is always told. */
export function sendWritten(request: FastifyRequest, reply: FastifyReply, written: Written): FastifyReply {
  const prefer = preferenceOf(request);
  const fine = written.status === OK || written.status === CREATED;
  reply.code(written.status).headers(written.headers);
  const { location } = written.headers;
  if (location !== undefined) reply.header('location', `${request.protocol}://${request.host}${location}`);
  if (written.status === NO_CONTENT) return reply.send();
  if (fine && !written.isBundle) {
    if (prefer === 'minimal') return reply.send();
    if (prefer === 'OperationOutcome') return reply.type(FHIR_JSON).send(written.remarks ?? remarksOf([]));
  }
  return reply.type(FHIR_JSON).send(written.text);
}
