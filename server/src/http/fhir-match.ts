// Patient/$match: who a patient may be, by scored matching, with the score of each and how sure it is.
// https://hl7.org/fhir/R4/patient-operation-match.html
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import { type JsonObject, objectIn, objectsIn } from '../base/json.ts';
import type { Scored } from '../matching/index.ts';
import { recordOfResource } from '../matching/index.ts';
import type { HttpContext } from './context.ts';
import { baseOf, bundleText, entryText, FHIR_JSON, selfOf } from './fhir-bundle.ts';
import { sentResource } from './fhir-parameters.ts';

const GRADE = 'http://hl7.org/fhir/StructureDefinition/match-grade';
const COUNT_DEFAULT = 10;
const COUNT_MAX = 100;
/** Grades by thousandths of a bit above the threshold for linking. */
const CERTAIN_ABOVE_LINK = 10_000;
const SCORE_DIGITS = 6;

type Asked = { readonly resource: JsonObject; readonly count: number; readonly onlyCertain: boolean };

export async function match(context: HttpContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { resource, count, onlyCertain } = readAsked(sentResource(request));
  const { decision } = context.matching.model;
  const least = onlyCertain ? decision.link : decision.review;
  const found = perPerson(await context.matching.match(recordOfResource(resource), least));
  // Two that are nearly as likely: neither is certain.
  const certain = onlyCertain && isRivalled(found, decision.margin) ? [] : found;
  const base = baseOf(request);
  const entries: string[] = [];
  for (const one of certain.slice(0, onlyCertain ? 1 : count)) {
    const current = await context.readCurrent({ type: 'Patient', id: one.person });
    if (current === undefined || current.deleted) continue;
    const search = {
      extension: [{ url: GRADE, valueCode: gradeOf(one, decision) }],
      mode: 'match',
      score: probability(one.waterfall.score),
    };
    entries.push(entryText(base, current, `,"search":${JSON.stringify(search)}`));
  }
  const parts = { type: 'searchset', self: selfOf(request), next: undefined, total: entries.length, entries } as const;
  return reply.type(FHIR_JSON).send(bundleText(parts));
}

function readAsked(sent: JsonObject | undefined): Asked {
  if (sent?.['resourceType'] === 'Patient') return { resource: sent, count: COUNT_DEFAULT, onlyCertain: false };
  if (sent?.['resourceType'] !== 'Parameters')
    throw new Refused(
      'operation-parameters',
      '$match takes Parameters with "resource", the Patient to find.',
      'Parameters',
    );
  const parameters = objectsIn(sent['parameter']);
  const named = (name: string) => parameters.find((one) => one['name'] === name);
  for (const { name } of parameters)
    if (name !== 'resource' && name !== 'count' && name !== 'onlyCertainMatches')
      throw new Refused(
        'operation-parameters',
        '$match takes "resource", "count" and "onlyCertainMatches".',
        String(name),
      );
  const resource = objectIn(named('resource')?.['resource']);
  if (resource?.['resourceType'] !== 'Patient')
    throw new Refused('operation-parameters', 'Give the parameter "resource" with the Patient to find.', 'resource');
  const count = named('count')?.['valueInteger'] ?? COUNT_DEFAULT;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > COUNT_MAX)
    throw new Refused('operation-parameters', `"count" is a valueInteger from 1 to ${COUNT_MAX}.`, 'count');
  return { resource, count, onlyCertain: named('onlyCertainMatches')?.['valueBoolean'] === true };
}

/** The best of each person, in order. */
function perPerson(found: readonly Scored[]): readonly Scored[] {
  const best = new Map<string, Scored>();
  for (const one of found) if (one.waterfall.vetoes.length === 0 && !best.has(one.person)) best.set(one.person, one);
  return [...best.values()];
}

function isRivalled([first, second]: readonly Scored[], margin: number): boolean {
  return first !== undefined && second !== undefined && first.waterfall.score - second.waterfall.score < margin;
}

function gradeOf({ waterfall: { score } }: Scored, { link }: { readonly link: number }): string {
  if (score >= link + CERTAIN_ABOVE_LINK) return 'certain';
  return score >= link ? 'probable' : 'possible';
}

/** From thousandths of a bit of the odds. */
function probability(score: number): number {
  return Number((1 / (1 + 2 ** (-score / 1_000))).toFixed(SCORE_DIGITS));
}
