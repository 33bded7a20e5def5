// Deliveries as they come on a bad day: twice, under a used name, too late; and what waits, for whom, and what lets it go.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { at, type House, listAt, withHouse } from './harness.ts';
import { adt, mrnKey, type Said, visit } from './messages.ts';

const TOM: Said = { mrn: 'RX1', family: 'Brook', given: 'Tom', born: '19510203', sex: '1' };
const ADA: Said = { mrn: 'RX2', family: 'Lark', given: 'Ada', born: '19600607', sex: '2' };

const code = (answer: string): string => /\rMSA\|([A-Z]{2})/.exec(answer)?.[1] ?? 'none';

async function patientOf(house: House, mrn: string): Promise<unknown> {
  return at(
    (await house.fhir('GET', `/Patient?identifier=${encodeURIComponent(mrnKey(mrn))}`)).json,
    'entry.0.resource',
  );
}

const familyOf = async (house: House, mrn: string) => at(await patientOf(house, mrn), 'name.0.family');

suite('the same message again', () => {
  test('gets the identical answer, counts as a duplicate, and changes nothing', async () => {
    await withHouse(async (house) => {
      const message = adt({ trigger: 'A01', id: 'P1', at: '202603020701', who: TOM, more: [visit('V1', 'W1')] });
      const first = await house.hl7('pas', message);
      await house.idle();
      const before = await everything(house);
      house.clock.set('2026-03-02T11:00:00Z');
      assert.equal(await house.hl7('pas', message), first);
      await house.idle();
      assert.equal(code(first), 'AA');
      assert.deepEqual(await everything(house), before);
      const { total } = await house.books();
      assert.deepEqual([total.received, total.states.applied, total.states.duplicate, total.residual], [2, 1, 1, 0]);
      const again = await house.receipt(await house.newest());
      assert.equal(again.state, 'duplicate');
      assert.match(again.reasons[0]?.message ?? '', /The same bytes came before/);
    });
  });

  test('posted with its Idempotency-Key gets the stored answer, and other content under the key a 422', async () => {
    await withHouse(async (house) => {
      const post = (message: string) =>
        house.http('POST', '/api/v1/receipts', {
          source: 'pas',
          type: 'application/hl7-v2',
          headers: { 'idempotency-key': 'k1' },
          body: message,
        });
      const message = adt({ trigger: 'A31', id: 'P1', at: '202603020701', who: TOM });
      const first = await post(message);
      assert.equal(first.status, 202);
      house.clock.set('2026-03-02T11:00:00Z');
      const again = await post(message);
      assert.deepEqual([again.status, again.text], [first.status, first.text]);
      const other = await post(adt({ trigger: 'A31', id: 'P2', at: '202603020701', who: ADA }));
      assert.equal(other.status, 422);
      assert.equal(at(other.json, 'title'), 'delivery-conflict');
      await house.idle();
      assert.deepEqual((await house.books()).total.states, {
        received: 0,
        waiting: 0,
        quarantined: 1,
        held: 0,
        applied: 1,
        duplicate: 1,
        superseded: 0,
        rejected: 0,
      });
    });
  });
});

/** The whole record and all cases, to the byte. */
async function everything(house: House): Promise<unknown> {
  const { rows } = await house.running.db.query(
    'select type, id, version, index, text from version order by type, id, version',
  );
  return { rows, cases: await house.cases() };
}

/** A second message under the first's control id, with other content; and one more of each patient after it. */
async function conflict(house: House): Promise<{ conflicting: number; waiting: number }> {
  await house.hl7('pas', adt({ trigger: 'A31', id: 'P1', at: '202603020701', who: TOM }));
  const answer = await house.hl7(
    'pas',
    adt({ trigger: 'A31', id: 'P1', at: '202603020702', who: { ...TOM, family: 'Brooke' } }),
  );
  assert.equal(code(answer), 'AR');
  assert.match(answer, /MSH-10 was used before with other content/);
  const conflicting = await house.newest();
  await house.hl7(
    'pas',
    adt({ trigger: 'A31', id: 'P3', at: '202603020703', who: { ...TOM, address: '1 High St^^Borchester^^ZZ99 1AA' } }),
  );
  const waiting = await house.newest();
  await house.hl7('pas', adt({ trigger: 'A31', id: 'P4', at: '202603020704', who: ADA }));
  await house.idle();
  return { conflicting, waiting };
}

suite('a control id used for something else', () => {
  test('is quarantined; what follows of that patient waits, says for what, and others flow on', async () => {
    await withHouse(async (house) => {
      const { conflicting, waiting } = await conflict(house);
      assert.equal((await house.receipt(conflicting)).state, 'quarantined');
      const behind = await house.receipt(waiting);
      assert.deepEqual([behind.state, behind.waitingFor], ['waiting', conflicting]);
      assert.match(
        behind.reasons[0]?.message ?? '',
        new RegExp(`Receipt ${conflicting} about the same patient came first`),
      );
      assert.equal(await familyOf(house, 'RX2'), 'Lark');
      assert.equal(await familyOf(house, 'RX1'), 'Brook');
      assert.deepEqual(
        (await house.cases()).map((one) => [one.kind, one.receipt]),
        [['quarantined', conflicting]],
      );
      const { total } = await house.books();
      assert.deepEqual(
        [total.oldest.quarantined?.receipt, total.oldest.waiting?.receipt, total.residual],
        [conflicting, waiting, 0],
      );
    });
  });

  test('is let in by a ruling to retry, before what waited for it', async () => {
    await withHouse(async (house) => {
      const { conflicting, waiting } = await conflict(house);
      const ruled = await house.rule({
        kind: 'retry',
        receipt: conflicting,
        reason: 'The PAS restarted its numbering.',
        by: 'ops',
      });
      assert.equal(ruled.status, 201, ruled.text);
      await house.idle();
      assert.deepEqual(
        [(await house.receipt(conflicting)).state, (await house.receipt(waiting)).state],
        ['applied', 'applied'],
      );
      const tom = await patientOf(house, 'RX1');
      const history = await house.fhir('GET', `/Patient/${String(at(tom, 'id'))}/_history`);
      const told = listAt(history.json, 'entry').map((entry) => [
        at(entry, 'resource.name.0.family'),
        at(entry, 'resource.address.0.postalCode'),
      ]);
      assert.deepEqual(told, [
        ['Brook', 'ZZ99 1AA'],
        ['Brooke', undefined],
        ['Brook', undefined],
      ]);
      assert.deepEqual(await house.cases(), []);
    });
  });

  test('is thrown away by a ruling to reject, and what waited for it goes on', async () => {
    await withHouse(async (house) => {
      const { conflicting, waiting } = await conflict(house);
      assert.equal(
        (await house.rule({ kind: 'reject', receipt: conflicting, reason: 'Test message.', by: 'ops' })).status,
        201,
      );
      await house.idle();
      const rejected = await house.receipt(conflicting);
      assert.equal(rejected.state, 'rejected');
      assert.match(rejected.reasons[0]?.message ?? '', /ops: Test message/);
      assert.equal((await house.receipt(waiting)).state, 'applied');
      assert.equal(at(await patientOf(house, 'RX1'), 'address.0.postalCode'), 'ZZ99 1AA');
      assert.deepEqual(await house.cases(), []);
      const again = await house.rule({ kind: 'retry', receipt: conflicting, reason: 'Changed my mind.', by: 'ops' });
      assert.deepEqual([again.status, at(again.json, 'title')], [409, 'ruling-receipt-state']);
    });
  });
});

suite('a message that comes late', () => {
  test('takes its place by when it was said: the newer value stands, and the history of the fold is as if in order', async () => {
    const moved = { ...TOM, address: '2 New Rd^^Borchester^^ZZ99 2BB^GBR^H' };
    const old = { ...TOM, address: '1 High St^^Borchester^^ZZ99 1AA^GBR^H' };
    const messages = [
      adt({ trigger: 'A01', id: 'P1', at: '202603020701', who: TOM, more: [visit('V1', 'W1')] }),
      adt({ trigger: 'A08', id: 'P2', at: '202603020710', who: old, more: [visit('V1', 'W2')] }),
      adt({ trigger: 'A08', id: 'P3', at: '202603020720', who: moved, more: [visit('V1', 'W3')] }),
    ];
    const play = (order: readonly number[]) =>
      withHouse(async (house) => {
        for (const place of order) await house.hl7('pas', messages[place] ?? '');
        await house.idle();
        const tom = await patientOf(house, 'RX1');
        const [stay] = listAt((await house.fhir('GET', `/Encounter?patient=${String(at(tom, 'id'))}`)).json, 'entry');
        return {
          postcode: at(tom, 'address.0.postalCode'),
          ward: at(stay, 'resource.location'),
          status: at(stay, 'resource.status'),
        };
      });
    const inOrder = await play([0, 1, 2]);
    assert.equal(inOrder.postcode, 'ZZ99 2BB');
    assert.deepEqual(await play([0, 2, 1]), inOrder);
    assert.deepEqual(await play([2, 1, 0]), inOrder);
  });
});
