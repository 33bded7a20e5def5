// Operations on code systems, value sets and concept maps: those that ship with the server and those of the record.
// https://hl7.org/fhir/R4/terminology-service.html
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import { type JsonObject, objectIn, objectsIn, parseFaithful } from '../base/json.ts';
import * as terminology from '../terminology/index.ts';
import type { HttpContext } from './context.ts';
import { heldVersion } from './current.ts';
import { FHIR_JSON } from './fhir-bundle.ts';
import { ownQuery, sentResource } from './fhir-parameters.ts';

type Asked = {
  readonly loaded: terminology.Terminology;
  readonly parameters: JsonObject;
  readonly on: { readonly on?: JsonObject };
  readonly now: string;
};
type Answers = (asked: Asked) => JsonObject;
type Handler = (context: HttpContext, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

export const expand = operation('expand', ({ loaded, parameters, on, now }) =>
  terminology.expand(loaded, parameters, { ...on, now }),
);
export const validateCodeInSet = operation('validate-code-value-set', ({ loaded, parameters, on }) =>
  terminology.validateCodeInValueSet(loaded, parameters, on),
);
export const validateCodeInSystem = operation('validate-code-code-system', ({ loaded, parameters, on }) =>
  terminology.validateCodeInCodeSystem(loaded, parameters, on),
);
export const lookup = operation('lookup', ({ loaded, parameters }) => terminology.lookup(loaded, parameters));
export const subsumes = operation('subsumes', ({ loaded, parameters, on }) =>
  terminology.subsumes(loaded, parameters, on),
);
export const translate = operation('translate', ({ loaded, parameters, on }) =>
  terminology.translate(loaded, parameters, on),
);

function operation(name: terminology.Operation, answers: Answers): Handler {
  return async (context, request, reply) => {
    const parameters = parametersOf(request, name);
    const on = await instanceOf(context, request);
    const loaded = await context.terminology.current();
    const answer = placed(parameters, () => answers({ loaded, parameters, on, now: context.clock.now() }));
    return reply.type(FHIR_JSON).send(JSON.stringify(answer));
  };
}

/** Terminology says which code system or value set stands in the way; the caller wants to know which parameter named it. */
function placed<T>(parameters: JsonObject, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Refused) || error.where === undefined) throw error;
    const given = objectsIn(parameters['parameter']);
    const { code, message, where } = error;
    if (/^\w+$/.test(where)) throw error;
    const naming = given.find((parameter) => JSON.stringify(parameter).includes(JSON.stringify(where).slice(1, -1)));
    const asking = naming ?? given.find(({ name }) => name === 'url' || name === 'valueSet' || name === 'system');
    throw new Refused(code, message, asking === undefined ? undefined : String(asking['name']));
  }
}

/** What stands in the address and what stands in the body count alike. */
function parametersOf(request: FastifyRequest, name: terminology.Operation): JsonObject {
  const asked = terminology.parametersFromQuery(name, ownQuery(request));
  const sent = sentResource(request);
  if (sent === undefined) return asked;
  if (sent['resourceType'] !== 'Parameters') return sent;
  return { ...sent, parameter: [...objectsIn(asked['parameter']), ...objectsIn(sent['parameter'])] };
}

async function instanceOf(context: HttpContext, request: FastifyRequest): Promise<{ on?: JsonObject }> {
  const { id } = request.params as { id?: string };
  if (id === undefined) return {};
  const [, type = ''] = /\/(CodeSystem|ValueSet|ConceptMap)\//.exec(request.url) ?? [];
  const found = await heldVersion(context, { type, id });
  const on = objectIn(parseFaithful(found.text));
  return on === undefined ? {} : { on };
}
