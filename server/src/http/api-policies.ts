// Policies over HTTP: what there is, what one would change, and its steps until it is in force.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import { readPolicyText, type Who } from '../policies/index.ts';
import { json } from './api-answer.ts';
import type { HttpContext } from './context.ts';
import { onlyKnown, queryOf } from './query.ts';

type Handler = (context: HttpContext, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

export const getPolicies: Handler = async ({ policyLife }, request, reply) => {
  onlyKnown(queryOf(request), []);
  const policies = await policyLife.list();
  return json(reply, { active: policies.find((one) => one.state === 'active')?.name, policies });
};

/** `{ body }`: whether it can be used; every problem with its line and column where not. */
export const checkPolicy: Handler = async (_context, request, reply) =>
  json(reply, { name: readPolicyText(textOf(fieldsOf(request), 'body')).id });

export const proposePolicy: Handler = async ({ policyLife }, request, reply) => {
  const fields = fieldsOf(request);
  return json(reply.code(201), { name: await policyLife.propose(textOf(fields, 'body'), whoOf(fields)) });
};

export const diffPolicy: Handler = async ({ policyLife }, request, reply) =>
  json(reply, await policyLife.diff(nameOf(request)));

export const approvePolicy: Handler = async ({ policyLife }, request, reply) => {
  const name = nameOf(request);
  await policyLife.approve(name, whoOf(fieldsOf(request)));
  return json(reply, { name, state: 'approved' });
};

export const activatePolicy: Handler = async ({ policyLife }, request, reply) => {
  const name = nameOf(request);
  return json(reply, { name, state: 'active', persons: await policyLife.activate(name, whoOf(fieldsOf(request))) });
};

export const rollBackPolicy: Handler = async ({ policyLife }, request, reply) =>
  json(reply, { ...(await policyLife.rollBack(whoOf(fieldsOf(request)))), state: 'active' });

function nameOf(request: FastifyRequest): string {
  return (request.params as { name: string }).name;
}

type Fields = { readonly [name: string]: unknown };

function fieldsOf({ body }: FastifyRequest): Fields {
  let given: unknown;
  try {
    given = Buffer.isBuffer(body) && body.length > 0 ? JSON.parse(body.toString('utf8')) : {};
  } catch {
    throw new Refused('json-malformed', 'The body is not JSON.');
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new Refused('json-malformed', 'The body is no JSON object.');
  return given as Fields;
}

function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string' || value.trim() === '') throw new Refused('body-empty', `Give "${name}".`, name);
  return value;
}

function whoOf(fields: Fields): Who {
  return { by: textOf(fields, 'by'), reason: textOf(fields, 'reason') };
}
