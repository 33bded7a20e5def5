// The CapabilityStatement: generated from what is there, so that it cannot promise more.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RESOURCE_TYPES } from '../fhir/index.ts';
import { searchParameters } from '../record/search-type.ts';
import type { HttpContext } from './context.ts';

const INTERACTIONS = ['read', 'vread', 'update', 'history-instance', 'create', 'search-type'];
const PARAMETER_TYPES: { readonly [name: string]: string } = {
  _lastUpdated: 'date',
  date: 'date',
  birthdate: 'date',
  patient: 'reference',
  subject: 'reference',
  name: 'string',
  family: 'string',
  given: 'string',
  _count: 'number',
};

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
    searchParam: searchParameters(type).map((name) => ({ name, type: PARAMETER_TYPES[name] ?? 'token' })),
  };
}
