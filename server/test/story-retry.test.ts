// A receipt that is planned later than its turn: what was said at the same time by receipts after it does not stand in its way.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, withHouse } from './harness.ts';
import { adt, mrnKey, type Said, visit } from './messages.ts';

const TOM: Said = { mrn: 'RX1', family: 'Brook', given: 'Tom', born: '19510203', sex: '1' };
const ADA: Said = { mrn: 'RX2', family: 'Lark', given: 'Ada', born: '19600607', sex: '2' };
const BEN: Said = { mrn: 'RX3', family: 'Reed', given: 'Ben', born: '19700809', sex: '1' };
const MINUTE = '202603020701';

test('a retried message is applied beside later ones that named the same ward in the same minute', async () => {
  await withHouse(async (house) => {
    await house.hl7('pas', adt({ trigger: 'A01', id: 'P1', at: MINUTE, who: TOM, more: [visit('V1', 'W1')] }));
    // The same control id with other content is quarantined.
    await house.hl7('pas', adt({ trigger: 'A01', id: 'P1', at: MINUTE, who: ADA, more: [visit('V2', 'W9')] }));
    await house.idle();
    const conflict = await house.newest();
    assert.equal((await house.receipt(conflict)).state, 'quarantined');
    await house.hl7('pas', adt({ trigger: 'A01', id: 'P3', at: MINUTE, who: BEN, more: [visit('V3', 'W9')] }));
    await house.idle();

    await house.rule({ kind: 'retry', receipt: conflict, reason: 'the control id was used twice', by: 'ops' });
    await house.idle();
    const retried = await house.receipt(conflict);
    assert.deepEqual([retried.state, retried.reasons], ['applied', []]);
    const found = await house.fhir('GET', `/Patient?identifier=${encodeURIComponent(mrnKey('RX2'))}`);
    assert.equal(at(found.json, 'entry.0.resource.name.0.family'), 'Lark');
  });
});
