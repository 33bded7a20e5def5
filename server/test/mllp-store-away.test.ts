// What the MLLP door does when it cannot promise anything: a store that is away, and a listener that closes.
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { DEFAULT_ACK_POLICY } from '../src/intake/mllp/index.ts';
import { adt, framed, type Opened, openDoor } from './mllp-door.ts';

let door: Opened | undefined;
async function open(config: Parameters<typeof openDoor>[0] = {}): Promise<Opened> {
  door = await openDoor(config);
  return door;
}
afterEach(async () => {
  await door?.close();
  door = undefined;
});

describe('a store that is away', () => {
  test('is answered AE, and AA again when it is back', async () => {
    const { intake, kinds, client } = await open();
    intake.down = true;
    const sender = await client();
    sender.send(framed(adt('C1')));
    const [answer] = await sender.answers(1);
    assert.equal(answer?.code, 'AE');
    assert.ok(kinds().includes('not-stored'));
    intake.down = false;
    sender.send(framed(adt('C1')));
    assert.equal((await sender.answers(2))[1]?.code, 'AA');
  });
  test('is answered by hanging up where the partner prefers that', async () => {
    const { intake, client } = await open({ whenStoreUnavailable: 'close' });
    intake.down = true;
    const sender = await client();
    sender.send(framed(adt('C1')));
    await sender.closed();
    await sender.answers(0);
  });
  test('can never be answered AA: such a policy is refused', async () => {
    const codes = { ...DEFAULT_ACK_POLICY.codes, 'store-unavailable': 'AA' as const };
    await assert.rejects(
      open({ ack: { ...DEFAULT_ACK_POLICY, codes } }),
      /must not answer "store-unavailable" with AA/,
    );
  });
});

test('closing the listener answers what is under way, then hangs up', async () => {
  const { intake, client, shutdown } = await open();
  intake.commitMs = 80;
  const sender = await client();
  sender.send(framed(adt('C1')));
  await new Promise((resolve) => setTimeout(resolve, 30));
  const closing = shutdown();
  assert.equal((await sender.answers(1))[0]?.code, 'AA');
  await sender.closed();
  await closing;
});
