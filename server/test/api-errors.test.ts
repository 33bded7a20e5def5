// Every refusal that a caller of the API can meet: its status, its media type, and a sentence that says what, where and what to do.
import assert from 'node:assert/strict';
import { request as rawRequest } from 'node:http';
import { after, before, suite, test } from 'node:test';
import { SECRET } from './api-case.ts';
import { FHIR_CASES } from './api-cases-fhir.ts';
import { OPERATIONS_CASES } from './api-cases-operations.ts';
import { type Answer, at, type House, withHouse } from './harness.ts';
import { adt, merged, patient, type Said } from './messages.ts';

const ADA: Said = { mrn: 'RX1', nhs: '9990000018', family: 'Lark', given: 'Ada', born: '19600607', sex: '2' };
const TOM: Said = { mrn: 'RX2', nhs: '9990000026', family: 'Brook', given: 'Tom', born: '19511101', sex: '1' };
const API = '/api/v1';

/** Once for all cases: they read, or are refused. */
function opened() {
  const { promise: done, resolve: close } = Promise.withResolvers<void>();
  const { promise: ready, resolve: open } = Promise.withResolvers<House>();
  const running = withHouse(async (house) => {
    for (const [index, who] of [ADA, TOM].entries())
      await house.hl7('pas', adt({ trigger: 'A28', id: `P${index}`, at: '202603020701', who }));
    await house.hl7('pas', adt({ trigger: 'A40', id: 'P9', at: '202603020702', who: ADA, more: [merged('RX2')] }));
    await house.fhir('PUT', '/Patient/p1', { source: 'gp', body: patient('p1', { family: SECRET }) });
    await house.idle();
    open(house);
    await done;
  });
  const stopped = running.then(() => assert.fail('the server stopped'));
  const stop = (): Promise<void> => {
    close();
    return running;
  };
  return { ready: Promise.race([ready, stopped]), stop };
}

function refusalOf(answer: Answer, path: string): { code: unknown; message: unknown; where: unknown } {
  if (path.startsWith('/fhir/')) {
    assert.equal(answer.headers.get('content-type'), 'application/fhir+json; charset=utf-8');
    assert.equal(at(answer.json, 'resourceType'), 'OperationOutcome');
    const issue = 'issue.0';
    assert.ok(['error', 'fatal'].includes(String(at(answer.json, `${issue}.severity`))));
    return {
      code: at(answer.json, `${issue}.details.coding.0.code`),
      message: at(answer.json, `${issue}.details.text`),
      where: at(answer.json, `${issue}.expression.0`) ?? at(answer.json, `${issue}.location.0`),
    };
  }
  assert.equal(answer.headers.get('content-type'), 'application/problem+json; charset=utf-8');
  assert.equal(at(answer.json, 'status'), answer.status);
  return { code: at(answer.json, 'title'), message: at(answer.json, 'detail'), where: at(answer.json, 'where') };
}

suite('the API refuses', () => {
  const server = opened();
  let house: House;
  before(async () => {
    house = await server.ready;
  });
  after(() => server.stop());

  for (const { what, method, path, options, status, code, where, says } of [...FHIR_CASES, ...OPERATIONS_CASES]) {
    test(what, async () => {
      const answer = await house.http(method, path, options);
      assert.equal(answer.status, status, answer.text);
      const refusal = refusalOf(answer, path);
      assert.equal(refusal.code, code);
      if (where !== undefined) assert.equal(refusal.where, where);
      const message = String(refusal.message);
      assert.match(message, /^["A-Z].*[.?]$/s, 'a sentence');
      if (says !== undefined) assert.match(message, says);
      assert.ok(!answer.text.replaceAll(`/${SECRET}`, '').includes(SECRET), 'nothing of a patient');
      assert.doesNotMatch(answer.text, /node:|\.ts\b|\bat [A-Za-z.]+ \(|select |pg_/, 'nothing of our insides');
    });
  }

  test('other content under an Idempotency-Key, and names both receipts', async () => {
    const post = (content: string) =>
      house.http('POST', `${API}/receipts`, {
        source: 'pas',
        type: 'text/csv',
        headers: { 'idempotency-key': 'k' },
        body: content,
      });
    await post('a');
    const answer = await post('b');
    assert.deepEqual([answer.status, refusalOf(answer, API).code], [422, 'delivery-conflict']);
    assert.match(answer.text, /as receipt \d+\. Yours is kept as receipt \d+/);
  });

  test('a body larger than it takes, before reading it', async () => {
    const { hostname, port } = new URL(house.running.addresses.http);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = rawRequest({
        hostname,
        port,
        method: 'POST',
        path: `${API}/receipts`,
        headers: { 'content-type': 'text/csv', 'content-length': 70 * 1024 * 1024 },
      });
      request.on('response', (response) => {
        resolve(response.statusCode);
        request.destroy();
      });
      request.on('error', reject);
      request.flushHeaders();
    });
    assert.equal(status, 413);
  });
});
