// The operations of the FHIR API: one table, from which the routes are made and the CapabilityStatement tells.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import { BASE_FHIR, type HttpContext } from './context.ts';
import { changes } from './fhir-changes.ts';
import { everythingOf } from './fhir-everything.ts';
import { exportOf } from './fhir-export.ts';
import { graphql } from './fhir-graphql.ts';
import { importFile } from './fhir-import.ts';
import { lastn } from './fhir-lastn.ts';
import { match } from './fhir-match.ts';
import { meta, metaAdd, metaDelete } from './fhir-meta.ts';
import { explain, statements } from './fhir-read.ts';
import { searchParameterStatus } from './fhir-search-parameter.ts';
import * as terminology from './fhir-terminology.ts';
import { validate } from './fhir-validate.ts';

type Handler = (context: HttpContext, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;
export type Method = 'GET' | 'POST';
export type Operation = {
  readonly name: string;
  /** Undefined: every type; null: the server itself. */
  readonly type: string | undefined | null;
  readonly levels: readonly ('system' | 'type' | 'instance')[];
  readonly methods: readonly Method[];
  readonly definition: string;
  readonly handler: Handler;
};

const HL7 = 'http://hl7.org/fhir/OperationDefinition/';
const BULK = 'http://hl7.org/fhir/uv/bulkdata/OperationDefinition/';
const OWN = 'https://vouch.dev/fhir/OperationDefinition/';
const BOTH = ['GET', 'POST'] as const;
const ANY = undefined;

const row = (
  [type, name]: readonly [type: Operation['type'], name: string],
  [definition, handler]: readonly [definition: string, handler: Handler],
  { on, by = BOTH }: { on: Operation['levels']; by?: readonly Method[] },
): Operation => ({ type, name, levels: on, methods: by, definition, handler });

export const OPERATIONS: readonly Operation[] = [
  row([null, 'export'], [`${BULK}export`, exportOf('system')], { on: ['system'] }),
  row(['Patient', 'export'], [`${BULK}patient-export`, exportOf('patient')], { on: ['type'] }),
  row(['Group', 'export'], [`${BULK}group-export`, exportOf('group')], { on: ['instance'] }),
  row([null, 'import'], [`${OWN}import`, importFile], { on: ['system'], by: ['POST'] }),
  row([null, 'graphql'], [`${HL7}Resource-graphql`, graphql], { on: ['system'] }),
  row([ANY, 'graphql'], [`${HL7}Resource-graphql`, graphql], { on: ['instance'] }),
  row([ANY, 'validate'], [`${HL7}Resource-validate`, validate], { on: ['type'], by: ['POST'] }),
  row([ANY, 'validate'], [`${HL7}Resource-validate`, validate], { on: ['instance'] }),
  row([ANY, 'meta'], [`${HL7}Resource-meta`, meta], { on: ['instance'], by: ['GET'] }),
  row([ANY, 'meta-add'], [`${HL7}Resource-meta-add`, metaAdd], { on: ['instance'], by: ['POST'] }),
  row([ANY, 'meta-delete'], [`${HL7}Resource-meta-delete`, metaDelete], { on: ['instance'], by: ['POST'] }),
  row(['Patient', 'match'], [`${HL7}Patient-match`, match], { on: ['type'], by: ['POST'] }),
  row(['Patient', 'everything'], [`${HL7}Patient-everything`, everythingOf('Patient')], { on: ['instance'] }),
  row(['Encounter', 'everything'], [`${HL7}Encounter-everything`, everythingOf('Encounter')], { on: ['instance'] }),
  row(['Observation', 'lastn'], [`${HL7}Observation-lastn`, lastn], { on: ['type'] }),
  row(['ValueSet', 'expand'], [`${HL7}ValueSet-expand`, terminology.expand], { on: ['type', 'instance'] }),
  row(['ValueSet', 'validate-code'], [`${HL7}ValueSet-validate-code`, terminology.validateCodeInSet], {
    on: ['type', 'instance'],
  }),
  row(['CodeSystem', 'validate-code'], [`${HL7}CodeSystem-validate-code`, terminology.validateCodeInSystem], {
    on: ['type', 'instance'],
  }),
  row(['CodeSystem', 'lookup'], [`${HL7}CodeSystem-lookup`, terminology.lookup], { on: ['type'] }),
  row(['CodeSystem', 'subsumes'], [`${HL7}CodeSystem-subsumes`, terminology.subsumes], { on: ['type', 'instance'] }),
  row(['ConceptMap', 'translate'], [`${HL7}ConceptMap-translate`, terminology.translate], { on: ['type', 'instance'] }),
  row(['SearchParameter', 'status'], [`${OWN}SearchParameter-status`, searchParameterStatus], {
    on: ['instance'],
    by: ['GET'],
  }),
  row(['Patient', 'explain'], [`${OWN}Patient-explain`, explain], { on: ['instance'], by: ['GET'] }),
  row(['Patient', 'changes'], [`${OWN}Patient-changes`, changes], { on: ['instance'], by: ['GET'] }),
  row([ANY, 'statements'], [`${OWN}Resource-statements`, statements], { on: ['instance'], by: ['GET'] }),
];

/** Says where an operation is asked that was asked at another place, or that there is none of the name. Undefined: no operation was meant. */
export function misplacedOperation(request: FastifyRequest): Refused | undefined {
  const { type = '', id = '', inner = '' } = request.params as Partial<Record<'type' | 'id' | 'inner', string>>;
  const name = [type, id, inner].find((part) => part.startsWith('$'))?.slice(1);
  if (name === undefined) return undefined;
  const known = OPERATIONS.filter((one) => one.name === name);
  const own = known.filter((one) => one.type === undefined || one.type === type);
  const places = (own.length === 0 ? known : own).flatMap((one) =>
    one.levels.map((level) =>
      pathOf(one, level)
        .slice(BASE_FHIR.length + 1)
        .replace(':type', '[type]')
        .replace(':id', '[id]'),
    ),
  );
  const where =
    places.length === 0
      ? '/metadata lists those that are there.'
      : `It is asked at ${[...new Set(places)].join(' or ')}.`;
  return new Refused('not-found', `There is no operation $${name.slice(0, 40)} at this address. ${where}`);
}

type Route = readonly [method: Method, path: string, handler: Handler];

export const OPERATION_ROUTES: readonly Route[] = OPERATIONS.flatMap((operation) =>
  operation.levels.flatMap((level) =>
    operation.methods.map((method): Route => [method, pathOf(operation, level), operation.handler]),
  ),
);

function pathOf({ type, name }: Operation, level: Operation['levels'][number]): string {
  const of = type ?? ':type';
  switch (level) {
    case 'system':
      return `${BASE_FHIR}/$${name}`;
    case 'type':
      return `${BASE_FHIR}/${of}/$${name}`;
    case 'instance':
      return `${BASE_FHIR}/${of}/:id/$${name}`;
  }
}
