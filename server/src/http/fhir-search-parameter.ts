// SearchParameter/{id}/$status: what of a custom search parameter is indexed, by each of its base types.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ParameterRow, readParametersOf } from '../search/index.ts';
import type { HttpContext } from './context.ts';
import { knownVersion } from './current.ts';
import { FHIR_JSON } from './fhir-bundle.ts';
import { ownQuery } from './fhir-parameters.ts';
import { onlyKnown } from './query.ts';

const WHOLE = 100;
const NOT_INDEXED =
  'This SearchParameter defines nothing here: it is not active, it was deleted, or it is one of FHIR R4, which are all there.';

/** Parameters: `state`, and a `type` for each base type with its counts. Searches use it where the state is `complete`. */
export async function searchParameterStatus(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  onlyKnown(ownQuery(request), []);
  const { id } = request.params as { id: string };
  await knownVersion(context, { type: 'SearchParameter', id });
  const rows = await readParametersOf(context.db, id);
  const current = rows.filter(({ state }) => state !== 'dropping');
  const state = current.length === 0 ? 'not-indexed' : current.every(isComplete) ? 'complete' : 'building';
  if (state === 'building') reply.header('retry-after', '1').header('x-progress', progressOf(current));
  const parameter = [
    { name: 'state', valueCode: state },
    ...(state === 'not-indexed' ? [{ name: 'reason', valueString: NOT_INDEXED }] : []),
    ...rows.map((row) => ({ name: 'type', part: partsOf(row) })),
  ];
  return reply.type(FHIR_JSON).send(JSON.stringify({ resourceType: 'Parameters', parameter }));
}

function isComplete({ state }: ParameterRow): boolean {
  return state === 'complete';
}

function progressOf(rows: readonly ParameterRow[]): string {
  const sum = (of: (row: ParameterRow) => number) => rows.reduce((before, row) => before + of(row), 0);
  return `${sum((row) => row.indexed)} of ${sum((row) => row.total)} resources, ${rows.filter(isComplete).length} of ${rows.length} types`;
}

function partsOf(row: ParameterRow): readonly object[] {
  const { type, code, state, indexed, total, failed, restarts, since, completedAt } = row;
  // All walked is not all counted: a hundred is said of what is complete.
  const percent = isComplete(row) ? WHOLE : Math.min(WHOLE - 1, Math.floor((indexed * WHOLE) / Math.max(1, total)));
  return [
    { name: 'type', valueCode: type },
    { name: 'code', valueCode: code },
    { name: 'state', valueCode: state },
    { name: 'indexed', valueUnsignedInt: indexed },
    { name: 'total', valueUnsignedInt: total },
    { name: 'percent', valueUnsignedInt: percent },
    { name: 'failed', valueUnsignedInt: failed },
    { name: 'restarts', valueUnsignedInt: restarts },
    { name: 'since', valueInstant: since },
    ...(completedAt === null ? [] : [{ name: 'completed', valueInstant: completedAt }]),
  ];
}
