// The CapabilityStatement: generated from what is there, so that it cannot promise more.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RESOURCE_TYPES } from '../fhir/index.ts';
import { knownParameters, parameterOf } from '../search/index.ts';
import type { HttpContext } from './context.ts';

const INTERACTIONS = ['read', 'vread', 'update', 'history-instance', 'create', 'search-type'];

export async function capabilities(
  context: HttpContext,
  _request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const statement = {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: context.clock.now(),
    kind: 'instance',
    software: { name: 'Vouch' },
    implementation: { description: 'Vouch health-data backend' },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json'],
    rest: [
      {
        mode: 'server',
        interaction: [{ code: 'transaction' }, { code: 'batch' }],
        resource: RESOURCE_TYPES.map(resourceOf),
      },
    ],
  };
  return reply.type('application/fhir+json; charset=utf-8').send(JSON.stringify(statement));
}

function resourceOf(type: string) {
  return {
    type,
    interaction: INTERACTIONS.map((code) => ({ code })),
    versioning: 'versioned',
    readHistory: true,
    updateCreate: true,
    searchParam: knownParameters(type).map((name) => ({ name, type: parameterOf(type, name)?.kind ?? 'special' })),
  };
}
