// Content that is well-formed enough to come in and odd enough to break something: each ends in a state, and nothing of ours breaks.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { at, type House, withHouse } from './harness.ts';
import { adt, type Said } from './messages.ts';

const ADA: Said = { mrn: 'RX1', family: 'Lark', given: 'Ada', born: '19600607', sex: '2' };

const BODIES: readonly (readonly [what: string, body: string])[] = [
  ['a null character in a name', '{"resourceType":"Patient","id":"h","name":[{"family":"La\\u0000rk"}]}'],
  ['half a character', '{"resourceType":"Patient","id":"h","name":[{"family":"La\\ud800rk"}]}'],
  ['a null character in a member', '{"resourceType":"Patient","id":"h","na\\u0000me":1}'],
  ['a member called __proto__', '{"resourceType":"Patient","id":"h","__proto__":{"family":"x"},"gender":"male"}'],
  ['a member called constructor', '{"resourceType":"Patient","id":"h","constructor":{"name":"x"}}'],
  [
    'a deep nest',
    `{"resourceType":"Patient","id":"h","extension":${'[{"extension":'.repeat(400)}[]${'}]'.repeat(400)}}`,
  ],
  [
    'a number without end',
    `{"resourceType":"Observation","id":"h","status":"final","code":{"text":"x"},"valueQuantity":{"value":1${'0'.repeat(400)}}}`,
  ],
  ['a very long text', `{"resourceType":"Patient","id":"h","name":[{"family":"${'x'.repeat(300_000)}"}]}`],
  [
    'a very long number',
    `{"resourceType":"Patient","id":"h","identifier":[{"system":"urn:x","value":"${'9'.repeat(100_000)}"}]}`,
  ],
  ['nulls in lists', '{"resourceType":"Patient","id":"h","name":[null,{"family":"x"}]}'],
  ['nothing but its type', '{"resourceType":"Patient","id":"h"}'],
  ['text for a number', '{"resourceType":"Patient","id":"h","multipleBirthInteger":"two"}'],
  ['a text of controls', '{"resourceType":"Patient","id":"h","name":[{"family":"\\u0001\\u0008\\u001f"}]}'],
  [
    'a year beyond time',
    '{"resourceType":"Patient","id":"h","birthDate":"9999-12-31","deceasedDateTime":"9999-12-31T23:59:59+14:00"}',
  ],
  [
    'a time before time',
    '{"resourceType":"Observation","id":"h","status":"final","code":{"text":"x"},"effectiveDateTime":"0001-01-01T00:00:00Z"}',
  ],
  [
    'a period the wrong way round',
    '{"resourceType":"Encounter","id":"h","status":"finished","class":{"code":"IMP"},"period":{"start":"2026-03-02","end":"2020-01-01"}}',
  ],
  [
    'itself as its patient',
    '{"resourceType":"Patient","id":"h","link":[{"other":{"reference":"Patient/h"},"type":"replaced-by"}]}',
  ],
];

const MESSAGES: readonly (readonly [what: string, message: string | Uint8Array])[] = [
  ['a null byte in a name', adt({ trigger: 'A31', id: 'M1', at: '202603020701', who: { ...ADA, family: 'La\0rk' } })],
  ['a null byte in the number', adt({ trigger: 'A31', id: 'M2', at: '202603020701', who: { ...ADA, mrn: 'R\0X' } })],
  ['a null byte in the control id', adt({ trigger: 'A31', id: 'M\x003', at: '202603020701', who: ADA })],
  [
    'a null byte by escape',
    adt({ trigger: 'A31', id: 'M4', at: '202603020701', who: { ...ADA, family: 'La\\X00\\rk' } }),
  ],
  [
    'half a character by bytes',
    Buffer.from(adt({ trigger: 'A31', id: 'M5', at: '202603020701', who: { ...ADA, family: 'La\u00e9rk' } }), 'latin1'),
  ],
  ['a message of the year 9999', adt({ trigger: 'A31', id: 'M6', at: '999912312359', who: ADA })],
  ['a message of the year 0000', adt({ trigger: 'A31', id: 'M7', at: '000001010000', who: ADA })],
  [
    'a very long number',
    adt({ trigger: 'A31', id: 'M10', at: '202603020701', who: { ...ADA, mrn: '9'.repeat(5_000) } }),
  ],
  [
    'a very long name',
    adt({ trigger: 'A31', id: 'M11', at: '202603020701', who: { ...ADA, family: 'x'.repeat(100_000) } }),
  ],
  [
    'a thousand identifiers',
    adt({
      trigger: 'A31',
      id: 'M8',
      at: '202603020701',
      who: { ...ADA, mrn: Array.from({ length: 1_000 }, (_, n) => `Q${n}^^^RXX^MR`).join('~') },
    }),
  ],
  [
    'a thousand names',
    adt({
      trigger: 'A31',
      id: 'M9',
      at: '202603020701',
      who: { ...ADA, family: Array.from({ length: 1_000 }, (_, n) => `F${n}^G`).join('~') },
    }),
  ],
];

async function settledAndBalanced(house: House, receipt: number): Promise<void> {
  await house.idle();
  const journey = await house.receipt(receipt);
  assert.notEqual(journey.state, 'received');
  if (journey.state !== 'applied') assert.ok((journey.reasons[0]?.message ?? '').length > 20, 'it says why');
  assert.ok(
    !journey.reasons.some(({ code }) => code.startsWith('broken')),
    `our own fault: ${journey.reasons[0]?.code}`,
  );
  assert.equal((await house.books()).total.residual, 0);
}

suite('odd content', () => {
  test('over FHIR is taken or refused, and what is taken is served as it was written', async () => {
    await withHouse(async (house) => {
      for (const [what, body] of BODIES) {
        const type = /"resourceType":"(\w+)"/.exec(body)?.[1];
        const answer = await house.fhir('PUT', `/${type}/h`, { source: 'gp', body });
        assert.ok([200, 201, 422].includes(answer.status), `${what}: ${answer.status} ${answer.text.slice(0, 300)}`);
        await settledAndBalanced(house, await house.newest());
        if (answer.status === 422) continue;
        const read = await house.fhir('GET', `/${type}/h`);
        assert.equal(read.status, 200, `${what}: ${read.text.slice(0, 200)}`);
        assert.equal(at(read.json, 'id'), 'h');
      }
    });
  });

  test('over MLLP is taken or set aside, and the next message is none the worse', async () => {
    await withHouse(async (house) => {
      for (const [what, message] of MESSAGES) {
        const answer = await house.hl7('pas', message);
        assert.match(answer, /\rMSA\|A[AER]/, what);
        await settledAndBalanced(house, await house.newest());
      }
      await house.hl7('pas', adt({ trigger: 'A31', id: 'LAST', at: '202603020900', who: { ...ADA, mrn: 'RX9' } }));
      await house.idle();
      assert.equal((await house.receipt(await house.newest())).state, 'applied');
    });
  });

  test('in a ruling, an Idempotency-Key and a CSV file is refused or kept, never broken', async () => {
    await withHouse(async (house) => {
      const reason = { kind: 'retry', receipt: 1, reason: 'be\0cause \ud800', by: 'o\0ps' };
      const ruled = await house.rule(reason);
      assert.ok([400, 404].includes(ruled.status), ruled.text);
      for (const [key, body] of [
        ['k1', 'no,mrn,surname,forename,dob\r\n1,R\0X,"La\0rk",Ada,07/06/1960\r\n'],
        ['k2', '"no","mrn'],
        ['k3', 'no,mrn,surname,forename,dob'],
        ['k\u00e9', '\ufeffno,mrn,surname,forename,dob\n\n\n'],
      ] as const) {
        const answer = await house.http('POST', '/api/v1/receipts', {
          source: 'clinic',
          type: 'text/csv',
          headers: { 'idempotency-key': key },
          body,
        });
        assert.equal(answer.status, 202, answer.text);
        await settledAndBalanced(house, Number(at(answer.json, 'receipt')));
      }
    });
  });
});
