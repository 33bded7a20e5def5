// How the operations API answers.
import type { FastifyReply } from 'fastify';

export function json(reply: FastifyReply, body: unknown): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
}
