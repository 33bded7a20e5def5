// A sender of HL7 v2 over MLLP, as the stories need one.
import type { Socket } from 'node:net';

const START_BLOCK = Buffer.of(0x0b);
const END_BLOCK = Buffer.of(0x1c, 0x0d);
const ANSWER_WAIT_MS = 20_000;

export type Line = { exchange(message: Uint8Array): Promise<string>; close(): void };

/** One message after the other: the next is sent when the answer to the one before has come. */
export function openLine(socket: Socket): Line {
  let received = Buffer.alloc(0);
  let deliver: (answer: string) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  socket.on('error', (error) => fail(error));
  socket.on('close', () => fail(new Error('the connection closed before the answer came')));
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    const end = received.indexOf(END_BLOCK);
    if (end < 0) return;
    const answer = received.subarray(1, end).toString('utf8');
    received = received.subarray(end + END_BLOCK.length);
    deliver(answer);
  });
  return {
    exchange: (message) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('no answer came')), ANSWER_WAIT_MS);
        deliver = (answer) => {
          clearTimeout(timer);
          resolve(answer);
        };
        fail = (error) => {
          clearTimeout(timer);
          reject(error);
        };
        socket.write(Buffer.concat([START_BLOCK, message, END_BLOCK]));
      }),
    close: () => {
      fail = () => undefined;
      socket.destroy();
    },
  };
}
