// $validate: a resource that was sent, or one that is stored, against its type and profiles. Nothing is written.
// https://hl7.org/fhir/R4/resource-operation-validate.html
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type JsonObject, objectIn, objectsIn, parseFaithful } from '../base/json.ts';
import { baseLibrary, type Library, libraryWith } from '../fhir/library.ts';
import type { FhirPackage } from '../fhir/package.ts';
import { readSearch, search } from '../search/index.ts';
import { type ValidateRequest, validateOperation } from '../validation/index.ts';
import type { HttpContext } from './context.ts';
import { knownVersion } from './current.ts';
import { baseOf, FHIR_JSON } from './fhir-bundle.ts';
import { ownQuery } from './fhir-parameters.ts';
import { one, onlyKnown } from './query.ts';
import { searchWorld } from './search-world.ts';

const CANONICAL = /"(?:value(?:Uri|Canonical|String)|profile)":(\[[^\]]*\]|"[^"]*")/g;
const PROFILES_MAX = 50;

/** What says that nothing was validated, because nothing was asked that could be. */
const UNASKED: ReadonlySet<string> = new Set(['mode-unknown', 'mode-without-profile', 'resource-missing']);
const OK = 200;
const BAD_REQUEST = 400;

export async function validate(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { type, id } = request.params as { type: string; id?: string };
  const query = ownQuery(request);
  onlyKnown(query, ['profile', 'mode']);
  const [profile, mode] = [one(query, 'profile'), one(query, 'mode')];
  const text = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
  const stored = id === undefined ? undefined : await storedAt(context, { type, id });
  const named = [
    profile ?? '',
    ...[...`${text}${JSON.stringify(stored ?? {})}`.matchAll(CANONICAL)].map(([, url = '']) => url),
  ];
  const asked: ValidateRequest = {
    text,
    type,
    ...(id === undefined ? {} : { id }),
    ...(profile === undefined ? {} : { profile }),
    ...(mode === undefined ? {} : { mode }),
    ...(stored === undefined ? {} : { stored }),
    library: await libraryFor(context, request, named),
  };
  const outcome = validateOperation(asked);
  const [first] = objectsIn(outcome['issue']);
  const reason = objectsIn(objectIn(first?.['details'])?.['coding'])[0]?.['code'];
  const status = UNASKED.has(String(reason)) ? BAD_REQUEST : OK;
  return reply.code(status).type(FHIR_JSON).send(JSON.stringify(outcome));
}

async function storedAt(
  context: HttpContext,
  { type, id }: { type: string; id: string },
): Promise<JsonObject | undefined> {
  const found = await knownVersion(context, { type, id });
  return found.deleted ? undefined : objectIn(parseFaithful(found.text));
}

/** R4's definitions, and those of the profiles named that are stored here. */
async function libraryFor(context: HttpContext, request: FastifyRequest, named: readonly string[]): Promise<Library> {
  const base = baseLibrary();
  const urls = new Set(named.flatMap((one) => one.split(/["[\],|\s]+/)).filter((one) => /^(https?|urn):/.test(one)));
  const wanted = [...urls].filter((url) => base.structure(url) === undefined).slice(0, PROFILES_MAX);
  if (wanted.length === 0) return base;
  const query = [
    ['url', wanted.map((url) => url.replaceAll(/[,$|\\]/g, '\\$&')).join(',')],
    ['_count', String(PROFILES_MAX)],
  ] as const;
  const world = searchWorld(context.clock, baseOf(request));
  const page = await search(context.db, readSearch({ type: 'StructureDefinition', query }, world));
  const definitions = page.matches.map(({ text }) => JSON.parse(text) as FhirPackage['definitions'][number]);
  return definitions.length === 0
    ? base
    : libraryWith([{ name: 'stored', version: '1', definitions, examples: [] }], base);
}
