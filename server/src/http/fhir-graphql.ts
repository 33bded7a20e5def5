// $graphql: reads of the record in the form that the caller draws, over everything or from one resource on. Nothing is written.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import { isObject, type JsonObject, objectIn, parseFaithful } from '../base/json.ts';
import { isResourceType } from '../fhir/index.ts';
import { search, understand } from '../search/index.ts';
import type { HttpContext } from './context.ts';
import { baseOf } from './fhir-bundle.ts';
import { ownQuery, sentResource } from './fhir-parameters.ts';
import type { GraphSource } from './graphql-schema.ts';
import { one, onlyKnown } from './query.ts';
import { searchWorld } from './search-world.ts';

/** Reads and searches of one query. */
const READS_MAX = 1_000;
const TOKENS_MAX = 5_000;
const DEPTH_MAX = 24;
const BAD_REQUEST = 400;
const LOCAL = /^([A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/\d+)?$/;

type Asked = { readonly query: string; readonly variables: JsonObject; readonly operationName: string | undefined };

export async function graphql(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { type, id } = request.params as { type?: string; id?: string };
  const asked = askedIn(request);
  const source = sourceOf(context, request);
  const rootValue = type === undefined || id === undefined ? undefined : await source.read(type, id);
  if (id !== undefined && rootValue === undefined)
    throw new Refused('not-found', `There is no ${type} with this id.`, `${type}.id`);
  // The library, and the schema of some 1,500 types, are for those who use them.
  const [{ execute, parse, validate, GraphQLError }, { schemaOf }] = await Promise.all([
    import('graphql'),
    import('./graphql-schema.ts'),
  ]);
  const schema = schemaOf(type);
  try {
    refuseDepth(asked.query);
    const document = parse(asked.query, { maxTokens: TOKENS_MAX });
    const errors = validate(schema, document);
    if (errors.length > 0) return sendJson(reply.code(BAD_REQUEST), { errors });
    const { variables: variableValues, operationName } = asked;
    const named = operationName === undefined ? {} : { operationName };
    const result = await execute({ schema, document, rootValue, contextValue: source, variableValues, ...named });
    // What is wrong with the question is told beside the data; what is wrong with us is not data.
    const ours = result.errors
      ?.map(({ originalError }) => originalError)
      .find((error) => !isAskers(error, GraphQLError));
    if (ours !== undefined) throw ours;
    return sendJson(reply, result);
  } catch (error) {
    if (error instanceof GraphQLError) return sendJson(reply.code(BAD_REQUEST), { errors: [error] });
    throw error;
  }
}

function isAskers(error: unknown, own: new (message: string) => Error): boolean {
  return error === undefined || error instanceof Refused || error instanceof own;
}

function sendJson(reply: FastifyReply, answer: object): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer));
}

function askedIn(request: FastifyRequest): Asked {
  const sent = sentResource(request);
  const query = ownQuery(request);
  onlyKnown(query, ['query', 'variables', 'operationName']);
  const given = sent ?? { query: one(query, 'query'), operationName: one(query, 'operationName') };
  const variables = sent === undefined ? variablesIn(one(query, 'variables')) : objectIn(sent['variables']);
  if (typeof given['query'] !== 'string')
    throw new Refused('operation-parameters', 'Send the query: $graphql?query=… or {"query":"…"}.', 'query');
  const name = given['operationName'];
  return {
    query: given['query'],
    variables: variables ?? {},
    operationName: typeof name === 'string' ? name : undefined,
  };
}

function variablesIn(text: string | undefined): JsonObject | undefined {
  try {
    return text === undefined ? undefined : objectIn(parseFaithful(text));
  } catch {
    throw new Refused('operation-parameters', 'The variables are a JSON object.', 'variables');
  }
}

function refuseDepth(query: string): void {
  let depth = 0;
  for (const character of query) {
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    if (depth > DEPTH_MAX) throw new Refused('search-cost', `A query may be ${DEPTH_MAX} levels deep.`, 'query');
  }
}

function sourceOf(context: HttpContext, request: FastifyRequest): GraphSource {
  let reads = 0;
  const count = () => {
    reads += 1;
    if (reads > READS_MAX)
      throw new Refused('search-cost', `A query may read ${READS_MAX} resources. Ask for less at once.`, 'query');
  };
  const read: GraphSource['read'] = async (type, id) => {
    count();
    const found = await context.readCurrent({ type, id });
    return found === undefined || found.deleted ? undefined : objectIn(parseFaithful(found.text));
  };
  return {
    read,
    follow: async (reference) => {
      const [, type = '', id = ''] = LOCAL.exec(reference) ?? [];
      return isResourceType(type) ? read(type, id) : undefined;
    },
    search: async (type, query) => {
      count();
      const world = searchWorld(context.clock, baseOf(request));
      const page = await search(context.db, await understand(context.db, { type, query }, world));
      return page.matches.map(({ text }) => parseFaithful(text)).filter(isObject);
    },
  };
}
