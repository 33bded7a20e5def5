// Bad news as answers: what the caller can do about, and what is ours.
import assert from 'node:assert/strict';
import test from 'node:test';
import Fastify from 'fastify';
import { errorHandler } from './problem.ts';

async function answerTo(error: Error, path = '/fhir/R4/Patient/1/_history') {
  const broken: unknown[] = [];
  const app = Fastify();
  app.setErrorHandler(errorHandler((one) => broken.push(one)));
  app.get('*', () => {
    throw error;
  });
  const { statusCode, json } = await app.inject(path);
  const body: unknown = json();
  await app.close();
  return { statusCode, body: JSON.stringify(body), broken: broken.length };
}

test('a statement that the limit of time ended is told as too costly, and is no fault of ours', async () => {
  const ended = Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' });
  const told = await answerTo(ended);
  assert.equal(told.statusCode, 422);
  assert.match(told.body, /"code":"too-costly".*Ask for less/);
  assert.equal(told.broken, 0);
  assert.match((await answerTo(ended, '/api/v1/receipts')).body, /"title":"too-costly"/);
  assert.deepEqual((await answerTo(new Error('anything'))).broken, 1);
});
